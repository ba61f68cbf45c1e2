import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import type { Reference } from "../registry/reference.ts";
import { type Image, imageOf } from "./image.ts";
import type { Site } from "./site.ts";

/** A tag whose image exists, as a protocol sees it. */
export interface PullTarget {
  readonly reference: Reference;
  readonly collection: Collection;
  readonly tag: Tag;
  readonly record: ImageRecord;
  readonly image: Image;
  readonly site: Site;
}

/** What can be pulled of a collection: its built tags, as far as their images are there. */
export function* targetsOf(collection: Collection, site: Site): Iterable<PullTarget> {
  for (const tag of collection.tags) {
    const target = targetOf(collection, tag, site);
    if (target) yield target;
  }
}

/** Undefined where nothing is built, or the image is gone. */
export function targetOf(collection: Collection, tag: Tag, site: Site): PullTarget | undefined {
  const { record } = tag;
  const image = record && imageOf(record, site.images, site);
  if (!record || !image) return undefined;
  const reference = { collection: collection.name, tag: tag.name };
  return { reference, collection, tag, record, image, site };
}

/** What can be pulled of several collections. */
export function everyTarget(collections: readonly Collection[], site: Site): PullTarget[] {
  return collections.flatMap((collection) => [...targetsOf(collection, site)]);
}
