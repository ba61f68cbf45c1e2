import {
  CHANGES_FEED_PATH,
  CHANGES_JSON_FEED_PATH,
  CHANGES_PATH,
  collectionPath,
  olderChangesPath,
  tagHistoryPath,
} from "../endpoints/paths.ts";
import { formatDay, plural } from "../format.ts";
import type { Change } from "../history/history.ts";
import { groupBy } from "../group-by.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import { commitHtml, digestHtml, extentNote, linkHtml } from "./history-html.ts";
import { href } from "./links.ts";

/** How many changes are on one page. */
const CHANGES_ON_A_PAGE = 200;

/** One page of what is new, by day; the first has the newest. */
export function changesView(page: number, site: Site, repository: string | undefined): object {
  const { changes, extent } = site.history;
  const shown = changes.slice((page - 1) * CHANGES_ON_A_PAGE, page * CHANGES_ON_A_PAGE);
  const last = pageCount(site);
  const path = pathOf(page);
  return {
    title: page === 1 ? "Changes" : `Changes, page ${page}`,
    path,
    shortName: page === 1 ? "Changes" : `Page ${page}`,
    crumbs: page === 1 ? [] : [{ text: "Changes", href: href(site, CHANGES_PATH) }],
    note: extentNote(extent),
    count: plural(changes.length, "change"),
    daysHtml: daysHtml(shown, site, repository),
    newerHref: page > 1 ? href(site, pathOf(page - 1)) : undefined,
    olderHref: page < last ? href(site, pathOf(page + 1)) : undefined,
    page,
    last,
    feedHref: href(site, CHANGES_FEED_PATH),
    jsonFeedHref: href(site, CHANGES_JSON_FEED_PATH),
  };
}

/** There is a first page, even if there is nothing to tell. */
export function pageCount({ history }: Site): number {
  return Math.max(1, Math.ceil(history.changes.length / CHANGES_ON_A_PAGE));
}

function pathOf(page: number): string {
  return page === 1 ? CHANGES_PATH : olderChangesPath(page);
}

function daysHtml(changes: readonly Change[], site: Site, repository: string | undefined): string {
  const days = groupBy(changes, ({ moment }) => [formatDay(moment.time)]);
  return [...days]
    .map(([day, members]) => {
      const items = members.map((change) => itemHtml(change, site, repository)).join("");
      return `<section aria-labelledby="day-${day}">
<h2 id="day-${day}"><time datetime="${day}">${day}</time></h2>
<ul class="timeline">
${items}</ul>
</section>
`;
    })
    .join("");
}

function itemHtml(change: Change, site: Site, repository: string | undefined): string {
  const { kind, note, moment } = change;
  const parts = [
    `<span class="status" data-status="${kind}">${kind}</span>`,
    nameHtml(change, site),
    imageHtml(change, site),
    commitHtml(moment, repository),
    note === undefined ? "" : `<span class="quiet">${escapeHtml(note)}</span>`,
  ];
  return `<li>${parts.filter((part) => part !== "").join(" ")}</li>\n`;
}

/** Leads to the tag's past, for the tag itself may be gone. */
function nameHtml({ collection, tag }: Change, site: Site): string {
  const path = tag === undefined ? collectionPath(collection) : tagHistoryPath(collection, tag);
  return linkHtml(escapeHtml(tag === undefined ? collection : `${collection}:${tag}`), href(site, path));
}

function imageHtml({ collection, digest }: Change, site: Site): string {
  const history = site.history.collections.get(collection);
  return digest === undefined || !history ? "" : digestHtml(digest, history, site);
}
