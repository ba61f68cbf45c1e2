import type { Registry, Tag } from "./model.ts";
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

/** When the newest image of some tags was made (RFC 3339), as far as their records say. */
export function updatedOf(tags: readonly Tag[]): string | undefined {
  let newest: string | undefined;
  for (const { record } of tags) {
    const created = record?.created;
    if (created === undefined) continue;
    if (newest === undefined || Date.parse(created) > Date.parse(newest)) newest = created;
  }
  return newest;
}
