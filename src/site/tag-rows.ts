import { tagPath } from "../endpoints/paths.ts";
import { compareNatural, formatBytes, formatDay, shortDigest } from "../format.ts";
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

/** The tags of a collection as its page lists them. */
export function tagRows(collection: Collection, dated: readonly DatedTag[], site: Site): object[] {
  const differences = differencesOf(dated);
  const largest = collection.tags.reduce((most, { record }) => Math.max(most, bytesOf(record)), 0);
  return naturalTags(collection).map(({ name, status, record }) => ({
    name,
    href: href(site, tagPath(collection.name, name)),
    status,
    ...(record && {
      size: sizeText(record),
      share: shareOf(bytesOf(record), largest),
      difference: differences.get(name),
      digest: record.digest,
      shortDigest: shortDigest(record.digest),
      created: record.created && formatDay(record.created),
      architecture: record.architecture,
      failure: failureOf(record, site),
    }),
  }));
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
