import { collectionPath, apiHistoryPath, tagHistoryPath, tagPath } from "../endpoints/paths.ts";
import { formatBytes, formatNumber } from "../format.ts";
import { differsIn, sizeOf } from "../history/difference.ts";
import type { CollectionHistory, Entry, EntryKind, TagHistory, Version } from "../history/history.ts";
import { saidOf } from "../history/said.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { commitHtml, digestHtml, extentNote, rowHtml, signedBytes, timeHtml } from "./history-html.ts";
import { crumbsOf, href } from "./links.ts";

/** How many entries the page of a tag tells, the newest; the API has more. */
const MOST_ROWS = 200;

/** What one tag pointed to, and when. */
export function historyView(
  collection: CollectionHistory,
  { name: tag, isBuilt, entries }: TagHistory,
  site: Site,
  repository: string | undefined,
): object {
  const { name } = collection;
  const shown = entries.slice(-MOST_ROWS).toReversed();
  const tagLink = { text: tag, href: href(site, tagPath(name, tag)) };
  return {
    title: `History of ${name}:${tag}`,
    path: tagHistoryPath(name, tag),
    crumbs: [
      ...crumbsOf(namespaceOf(name), site),
      { text: shortNameOf(name), href: href(site, collectionPath(name)) },
      ...(isBuilt ? [tagLink] : []),
    ],
    shortName: isBuilt ? "History" : `${tag} (history)`,
    isBuilt,
    note: extentNote(site.history.extent),
    rowsHtml: shown.map((entry) => rowOf(entry, collection, site, repository)).join(""),
    more: entries.length > MOST_ROWS ? formatNumber(entries.length - MOST_ROWS) : undefined,
    apiHref: href(site, apiHistoryPath(name)),
  };
}

const WORDS: Readonly<Record<EntryKind, string>> = {
  published: "published",
  rebuilt: "rebuilt",
  edited: "record edited",
  withdrawn: "rebuild asked for",
  removed: "removed",
};

function rowOf(
  { kind, version, previous, moment }: Entry,
  collection: CollectionHistory,
  site: Site,
  repository: string | undefined,
): string {
  return rowHtml([
    `${timeHtml(moment)} ${WORDS[kind]}`,
    version ? digestHtml(version.digest, collection, site) : "",
    version ? sizeHtml(version, previous) : "",
    version ? escapeHtml(saidOf(version).base ?? "") : "",
    version && previous && kind !== "edited" ? changedHtml(previous, version) : "",
    commitHtml(moment, repository),
  ]);
}

function sizeHtml(version: Version, previous: Version | undefined): string {
  const size = sizeOf(version);
  const before = previous && sizeOf(previous);
  if (size === undefined) return "";
  if (before === undefined || size === before) return formatBytes(size);
  return `${formatBytes(size)} <span class="quiet">${signedBytes(size - before)}</span>`;
}

function changedHtml(previous: Version, version: Version): string {
  const names = differsIn(previous, version);
  return names.length === 0 ? '<span class="quiet">the image alone</span>' : names.join(", ");
}
