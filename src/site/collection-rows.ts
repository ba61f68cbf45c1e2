import { collectionPath, tagPath } from "../endpoints/paths.ts";
import { formatBytes, formatDay, formatNumber } from "../format.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import { tagHealth } from "../registry/health-report.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { preferredTag } from "../registry/preferred-tag.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { href } from "./links.ts";

/** A collection as listings show it. */
export interface CollectionRow {
  readonly name: string;
  readonly namespace: string;
  readonly shortName: string;
  readonly href: string;
  readonly description?: string;
  readonly isDeprecated: boolean;
  readonly tagCount: number;
  /** The tag whose image was made last, or whose pull line is shown first where no record says when. */
  readonly newest?: { readonly name: string; readonly href: string };
  /** Of the image of the newest tag, in bytes and for people. */
  readonly bytes?: number;
  readonly size?: string;
  /** When the newest image was made: all of it, and the day for people. */
  readonly time?: string;
  readonly updated?: string;
  readonly architectures: readonly string[];
  /** Absent where nobody has checked. */
  readonly health?: { readonly text: string; readonly isFailing: boolean };
  /** The row of a table. Written here: a template's loop over all its cells takes several times as long. */
  readonly rowHtml: string;
}

/** What was made for a site: a collection stands in several listings. */
const made = new WeakMap<Site, Map<Collection, CollectionRow>>();

/** Collections as a listing shows them. */
export function collectionRows(collections: readonly Collection[], site: Site): CollectionRow[] {
  const rows = made.get(site) ?? new Map<Collection, CollectionRow>();
  made.set(site, rows);
  return collections.map((collection) => {
    const row = rows.get(collection) ?? collectionRow(collection, site);
    rows.set(collection, row);
    return row;
  });
}

function collectionRow(collection: Collection, site: Site): CollectionRow {
  const { name, description, deprecated, tags, updated } = collection;
  const newest = newestTag(collection);
  const record = newest?.record;
  const row = {
    name,
    namespace: namespaceOf(name),
    shortName: shortNameOf(name),
    href: href(site, collectionPath(name)),
    ...(description !== undefined && { description }),
    isDeprecated: Boolean(deprecated),
    tagCount: tags.length,
    ...(newest && { newest: { name: newest.name, href: href(site, tagPath(name, newest.name)) } }),
    ...(record?.schema === 2 && { bytes: record.size, size: formatBytes(record.size) }),
    ...(updated !== undefined && { time: updated, updated: formatDay(updated) }),
    architectures: architecturesOf(tags),
    ...(site.health && { health: healthCell(tags, site) }),
  };
  return { ...row, rowHtml: rowHtml(row) };
}

/** Of several that were made at once, the one that is pulled first. */
function newestTag(collection: Collection): Tag | undefined {
  const { updated, tags } = collection;
  const preferred = preferredTag(collection);
  if (updated === undefined || preferred?.record?.created === updated) return preferred;
  return tags.find(({ record }) => record?.created === updated);
}

function architecturesOf(tags: readonly Tag[]): string[] {
  return [...new Set(tags.flatMap(({ record }) => record?.architecture ?? []))].sort();
}

/** How many tags fail; else that all images answered, or that nobody has asked for some. */
function healthCell(tags: readonly Tag[], { health }: Site): CollectionRow["health"] & object {
  const built = tags.flatMap(({ record }) => (record && health ? [tagHealth(health, record)] : []));
  const failing = built.filter((known) => known?.problem).length;
  if (failing > 0) return { text: `${formatNumber(failing)} failing`, isFailing: true };
  const isKnown = built.length > 0 && built.every((known) => known !== undefined);
  return { text: isKnown ? "there" : built.length > 0 ? "not all asked for" : "", isFailing: false };
}

/** The identifier holds a slash, as no other of a page does: a letter of the A–Z list leads to it. */
function rowHtml(row: Omit<CollectionRow, "rowHtml">): string {
  const { newest, health } = row;
  return [
    `<tr id="${escapeHtml(row.name)}"><th scope="row"><a href="${escapeHtml(row.href)}">`,
    `<span class="quiet">${escapeHtml(row.namespace)}/</span>${escapeHtml(row.shortName)}</a>`,
    row.isDeprecated ? ' <span class="status" data-status="stale">deprecated</span>' : "",
    row.description === undefined ? "" : `<p>${escapeHtml(row.description)}</p>`,
    `</th><td class="number">${formatNumber(row.tagCount)}<span class="narrow"> tag${row.tagCount === 1 ? "" : "s"}</span></td><td>`,
    newest ? `<a href="${escapeHtml(newest.href)}">${escapeHtml(newest.name)}</a>` : "",
    row.size === undefined
      ? '</td><td class="number">'
      : `</td><td class="number" data-sort="${row.bytes}">${row.size}`,
    `</td><td>${row.updated === undefined ? "" : `<time>${row.updated}</time>`}`,
    `</td><td>${escapeHtml(row.architectures.join(", "))}`,
    health
      ? `</td><td>${health.isFailing ? `<span class="status" data-status="failing">${health.text}</span>` : health.text}`
      : "",
    "</td></tr>",
  ].join("");
}

/** Of a record of 2019 nobody knows the unit. */
export function sizeText({ schema, size }: ImageRecord): string | undefined {
  return schema === 2 ? formatBytes(size) : undefined;
}
