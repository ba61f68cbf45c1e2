import { tagPath } from "../endpoints/paths.ts";
import { compareNatural, formatBytes, formatDay, shortDigest } from "../format.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { naturalTags } from "../registry/preferred-tag.ts";
import { sizeText } from "./collection-rows.ts";
import { failureOf } from "./health-view.ts";
import { href } from "./links.ts";

/** A tag of which is known how many bytes its image has, and when it was made. */
export interface DatedTag {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  /** Milliseconds. */
  readonly time: number;
  /** `2026-11-20` */
  readonly day: string;
}

/** The tags of a collection whose records tell a time and a size in bytes, oldest first. */
export function datedTags(tags: readonly Tag[]): DatedTag[] {
  const dated = tags.flatMap(({ name, record }) => {
    if (record?.created === undefined || record.schema !== 2) return [];
    const time = Date.parse(record.created);
    const { size, digest, created } = record;
    return Number.isNaN(time) ? [] : [{ name, size, digest, time, day: formatDay(created) }];
  });
  return dated.sort((a, b) => a.time - b.time || compareNatural(a.name, b.name));
}

/**
 * The tags of a collection as the rows of a table. Written here, for a loop in a template is slow (see pull-view.ts). All
 * that names can hold is harmless in HTML.
 */
export function tagRowsHtml(collection: Collection, dated: readonly DatedTag[], site: Site): string {
  const differences = differencesOf(dated);
  const largest = collection.tags.reduce((most, { record }) => Math.max(most, bytesOf(record)), 0);
  const rows = naturalTags(collection).map(({ name, status, record }) => {
    const path = href(site, tagPath(collection.name, name));
    const cells = record ? recordCells(record, largest, differences.get(name)) : NO_CELLS;
    const failure = record && failureOf(record, site);
    return `<tr>
<th scope="row"><a href="${escapeHtml(path)}">${name}</a></th>
<td>${statusHtml(status, status)}${failure === undefined ? "" : ` ${statusHtml("failing", failure)}`}</td>
${cells}
</tr>
`;
  });
  return rows.join("");
}

function statusHtml(status: string, text: string): string {
  return `<span class="status" data-status="${status}">${text}</span>`;
}

const NO_CELLS = '<td class="number"></td>\n<td></td>\n<td></td>\n<td></td>\n<td></td>';

function recordCells(record: ImageRecord, largest: number, difference: Difference | undefined): string {
  const { created, architecture = "", digest } = record;
  const day = created === undefined ? "" : formatDay(created);
  return `<td class="number">${sizeHtml(record, largest)}</td>
<td>${difference ? `${difference.text} <span class="quiet">${difference.than}</span>` : ""}</td>
<td>${day === "" ? "" : `<time datetime="${day}">${day}</time>`}</td>
<td>${architecture}</td>
<td><code title="${digest}">${shortDigest(digest)}</code></td>`;
}

/** A size, and its share of the largest in the table as a bar. */
function sizeHtml(record: ImageRecord, largest: number): string {
  const size = sizeText(record);
  if (size === undefined) return "";
  const share = shareOf(bytesOf(record), largest);
  return `${size}<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><path class="all" d="M0 0h100v4H0z"/><path d="M0 0h${share}v4H0z"/></svg>`;
}

function bytesOf(record: ImageRecord | undefined): number {
  return record?.schema === 2 ? record.size : 0;
}

/** Of the largest, in hundredths: one at least where there is anything, so that it can be seen. */
function shareOf(size: number, largest: number): number {
  return size === 0 ? 0 : Math.max(1, Math.round((size / largest) * 100));
}

interface Difference {
  /** `+1.2 MiB` */
  readonly text: string;
  /** `since 1.0`, the tag that was made before. */
  readonly than: string;
}

/** How each image differs in size from the one that was made before it. */
function differencesOf(dated: readonly DatedTag[]): Map<string, Difference> {
  const differences = new Map<string, Difference>();
  for (const [index, { name, size, digest }] of dated.entries()) {
    const before = dated[index - 1];
    if (!before) continue;
    differences.set(name, changeOf(size - before.size, digest === before.digest, before.name));
  }
  return differences;
}

function changeOf(bytes: number, isSame: boolean, before: string): Difference {
  if (isSame) return { text: "the same image", than: `as ${before}` };
  if (bytes === 0) return { text: "as large", than: `as ${before}` };
  const sign = bytes > 0 ? "+" : "\u2212";
  return { text: sign + formatBytes(Math.abs(bytes)), than: `since ${before}` };
}
