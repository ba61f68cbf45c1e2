import type { Collection, ImageRecord, Registry } from "./model.ts";
import { namespaceOf } from "./reference.ts";

/** How much a registry holds. */
export interface Counts {
  readonly namespaces: number;
  readonly collections: number;
  readonly tags: number;
  readonly built: number;
}

export function countRegistry({ collections }: Registry): Counts {
  const tags = collections.flatMap((collection) => collection.tags);
  return {
    namespaces: new Set(collections.map(({ name }) => namespaceOf(name))).size,
    collections: collections.length,
    tags: tags.length,
    built: tags.filter(({ record }) => record).length,
  };
}

/** When the newest image of a collection was made (RFC 3339), as far as its records say. */
export function updatedOf({ tags }: Collection): string | undefined {
  return newestRecord(tags.flatMap(({ record }) => (record?.created === undefined ? [] : [record])))?.created;
}

/** The record with the latest `created`; the first of equals. */
function newestRecord(records: readonly ImageRecord[]): ImageRecord | undefined {
  let newest: ImageRecord | undefined;
  for (const record of records) {
    if (!newest || Date.parse(record.created ?? "") > Date.parse(newest.created ?? "")) newest = record;
  }
  return newest;
}
