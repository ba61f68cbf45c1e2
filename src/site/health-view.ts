import { badgeWidth } from "../badge.ts";
import { healthBadge } from "../endpoints/health-badge.ts";
import {
  API_HEALTH_PATH,
  HEALTH_BADGE_PATH,
  HEALTH_FEED_PATH,
  HEALTH_PATH,
  tagPath,
} from "../endpoints/paths.ts";
import { formatDay, formatNumber } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { HealthProblem } from "../registry/health.ts";
import {
  type FailingImage,
  type HealthReport,
  type ReportedImage,
  countHealth,
  earliest,
  healthLine,
  isFailing,
  problemWords,
  tagHealth,
} from "../registry/health-report.ts";
import { layerUrl } from "../registry/local-images.ts";
import type { ImageRecord } from "../registry/model.ts";
import { type Reference, formatReference } from "../registry/reference.ts";

/*
 * What pages say of images that may be gone. "There" means that an image answered, "verified" that all its bytes were
 * read and had its digest; neither is said without the day of that.
 */

/** A moment: the day for people, all of it for scripts. */
interface Moment {
  readonly time: string;
  readonly day: string;
}

/** How many images without an answer the page names; the API has all. */
const MOST_UNASKED = 100;

/** The page that tells of all images. */
export function healthView(report: HealthReport, site: Site): object {
  const counts = countHealth(report);
  const unasked = report.images.filter(({ health }) => !health).flatMap(({ references }) => references);
  const badgeUrl = site.to(HEALTH_BADGE_PATH);
  return {
    title: "Health",
    path: HEALTH_PATH,
    shortName: "Health",
    checked: momentOf(report.checked),
    line: healthLine(report),
    counts: [
      `${formatNumber(counts.well)} there`,
      `${formatNumber(counts.failing)} failing`,
      ...(counts.unknown > 0 ? [`${formatNumber(counts.unknown)} not asked for yet`] : []),
    ],
    failing: report.images.filter(isFailing).map((image) => failingRow(image, site)),
    ...verifiedView(report),
    unasked: unasked.slice(0, MOST_UNASKED).map((reference) => linkTo(reference, site)),
    moreUnasked: Math.max(unasked.length - MOST_UNASKED, 0),
    badgeHref: site.basePath + HEALTH_BADGE_PATH,
    badgeWidth: badgeWidth(healthBadge(report)),
    badgeMarkdown: `[![health](${badgeUrl})](${site.to(HEALTH_PATH)})`,
    apiHref: site.basePath + API_HEALTH_PATH,
    feedHref: site.basePath + HEALTH_FEED_PATH,
  };
}

function failingRow({ url, digest, references, health }: FailingImage, site: Site): object {
  const { verified } = health;
  return {
    references: references.map((reference) => linkTo(reference, site)),
    ...problemView(health.problem),
    checked: momentOf(health.checked),
    ...(verified !== undefined && { verified: momentOf(verified) }),
    address: layerUrl({ url }, site),
    digest,
  };
}

/** How many images that are there were verified, and when the one was for which it is longest ago. */
function verifiedView(report: HealthReport): object {
  const times = report.images.flatMap((image) => (isFailing(image) ? [] : verifiedOf(image)));
  if (times.length === 0) return {};
  const { well, verified } = countHealth(report);
  return {
    verified: `${formatNumber(verified)} of ${formatNumber(well)}`,
    oldest: momentOf(earliest(times)),
  };
}

function verifiedOf({ health }: ReportedImage): string[] {
  return health?.verified === undefined ? [] : [health.verified];
}

/** What the page of a tag says of its image; undefined where nobody has checked. */
export function tagHealthView(record: ImageRecord, site: Site): object | undefined {
  if (!site.health) return undefined;
  const health = tagHealth(site.health, record);
  if (!health) return {};
  const { checked, verified, problem } = health;
  return {
    checked: momentOf(checked),
    ...(verified !== undefined && { verified: momentOf(verified) }),
    ...(problem && { problem: problemView(problem) }),
  };
}

/** What is wrong with the image of a record, in two or three words; undefined where nothing is known to be. */
export function failureOf(record: ImageRecord, { health }: Site): string | undefined {
  const problem = health && tagHealth(health, record)?.problem;
  return problem && problemWords(problem);
}

/** A sentence for the first page, where something fails. */
export function failureNotice({ health }: Site): string | undefined {
  return health?.images.some(isFailing) ? `${healthLine(health)}.` : undefined;
}

function problemView(problem: HealthProblem): object {
  return { what: problemWords(problem), reason: problem.reason, since: momentOf(problem.since) };
}

function linkTo({ collection, tag }: Reference, site: Site): object {
  return { name: formatReference({ collection, tag }), href: site.basePath + tagPath(collection, tag) };
}

function momentOf(time: string): Moment {
  return { time, day: formatDay(time) };
}
