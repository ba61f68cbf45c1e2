import type { Digest } from "../registry/digest.ts";
import type { Collection, Tag } from "../registry/model.ts";

/** A tag and whose it is. */
export interface RegistryTag {
  readonly collection: Collection;
  readonly tag: Tag;
}

/** Every tag of some collections. */
export function* tagsOf(collections: readonly Collection[]): Iterable<RegistryTag> {
  for (const collection of collections) for (const tag of collection.tags) yield { collection, tag };
}

/** The tags whose images were made last, newest first; without those of which no record says when. */
export function newestTags(tags: Iterable<RegistryTag>, count: number): RegistryTag[] {
  const newest: (RegistryTag & { readonly time: number })[] = [];
  for (const { collection, tag } of tags) {
    if (tag.record?.created === undefined) continue;
    const time = Date.parse(tag.record.created);
    if (newest.length === count && time <= newest[count - 1]!.time) continue;
    newest.push({ collection, tag, time });
    newest.sort((a, b) => b.time - a.time);
    newest.length = Math.min(newest.length, count);
  }
  return newest;
}

/** What all images take together, in bytes, one that several tags have counted once. Of records of 2019 nobody knows the unit. */
export function storedBytes(tags: Iterable<RegistryTag>): number {
  const sizes = new Map<Digest, number>();
  for (const { tag } of tags) {
    if (tag.record?.schema === 2) sizes.set(tag.record.digest, tag.record.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
