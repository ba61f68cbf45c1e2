import type { SiteAddress } from "../address.ts";
import { utcMoment, uuidOf } from "../feed.ts";
import type { Config } from "../registry/config.ts";
import { type FailingImage, type HealthReport, isFailing, problemWords } from "../registry/health-report.ts";
import { layerUrl } from "../registry/local-images.ts";
import { formatReference } from "../registry/reference.ts";
import { escapeXml } from "../xml.ts";
import type { Endpoint } from "./endpoint.ts";
import { HEALTH_FEED_PATH, HEALTH_PATH, tagPath } from "./paths.ts";

/**
 * `/health/feed.xml` (Atom, RFC 4287): an entry for each image that fails, until it does no more. Identifiers are made
 * of what an entry is about, so that they stay the same wherever the site moves; an image that fails once more is news.
 */
export function healthFeedEndpoint(report: HealthReport, { title }: Config, site: SiteAddress): Endpoint {
  const failing = report.images.filter(isFailing);
  const body = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>${escapeXml(`${title}: images that fail`)}</title>
<id>${uuidOf("feed", site.url ?? title)}</id>
<updated>${utcMoment(report.checked)}</updated>
<author><name>${escapeXml(title)}</name></author>
<link rel="self" type="application/atom+xml" href="${escapeXml(site.to(HEALTH_FEED_PATH))}"/>
<link rel="alternate" type="text/html" href="${escapeXml(site.to(HEALTH_PATH))}"/>
${failing.map((image) => entryXml(image, site)).join("")}</feed>
`;
  return { path: HEALTH_FEED_PATH, mediaType: "application/atom+xml", body };
}

function entryXml({ url, digest, references, health }: FailingImage, site: SiteAddress): string {
  const { code, reason, since } = health.problem;
  const names = references.map(formatReference);
  const [first] = references;
  const page = first ? tagPath(first.collection, first.tag) : HEALTH_PATH;
  const lines = [reason, layerUrl({ url }, site), digest, `Images: ${names.join(", ")}`];
  return `<entry>
<title>${escapeXml(`${titleOf(names)}: ${problemWords(health.problem)}`)}</title>
<id>${uuidOf("image", url, digest, code, since)}</id>
<updated>${utcMoment(since)}</updated>
<link rel="alternate" type="text/html" href="${escapeXml(site.to(page))}"/>
<content type="text">${escapeXml(lines.join("\n"))}</content>
</entry>
`;
}

function titleOf([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
