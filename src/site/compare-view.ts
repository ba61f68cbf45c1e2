import { COMPARE_PATH, digestPath } from "../endpoints/paths.ts";
import { formatDay, shortDigest } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { href } from "./links.ts";

/** How many comparisons that are pages already are offered. */
const MOST_PREPARED = 20;

/** Any two images, side by side: a script does it in the browser, and what is prepared needs none. */
export function compareView(site: Site): object {
  return {
    title: "Compare",
    path: COMPARE_PATH,
    shortName: "Compare",
    href: href(site, COMPARE_PATH),
    prepared: preparedLinks(site),
  };
}

function preparedLinks(site: Site): object[] {
  const { changes, collections } = site.history;
  const links: object[] = [];
  for (const { kind, collection, tag, digest, moment } of changes) {
    if (links.length === MOST_PREPARED) break;
    if (kind !== "rebuilt" || digest === undefined || !collections.get(collection)?.paged.has(digest))
      continue;
    links.push({
      name: `${collection}:${tag}`,
      shortDigest: shortDigest(digest),
      day: formatDay(moment.time),
      href: `${href(site, digestPath(collection, digest))}#difference`,
    });
  }
  return links;
}
