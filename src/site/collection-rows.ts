import { collectionPath } from "../endpoints/paths.ts";
import { formatBytes, formatDay } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, ImageRecord } from "../registry/model.ts";
import { naturalTags, preferredTag } from "../registry/preferred-tag.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { href } from "./links.ts";

export { preferredTag };

/** How many tags a listing of collections shows of each. */
const TAGS_IN_A_ROW = 4;

/** Collections as a listing shows them. */
export function collectionRows(collections: readonly Collection[], site: Site): object[] {
  return collections.map((collection) => {
    const { updated } = collection;
    const tags = naturalTags(collection);
    const record = preferredTag(collection)?.record;
    return {
      name: collection.name,
      namespace: namespaceOf(collection.name),
      shortName: shortNameOf(collection.name),
      href: href(site, collectionPath(collection.name)),
      description: collection.description,
      tags: tags.slice(0, TAGS_IN_A_ROW).map(({ name }) => name),
      moreTags: Math.max(tags.length - TAGS_IN_A_ROW, 0),
      size: record && sizeText(record),
      updated: updated && formatDay(updated),
    };
  });
}

/** Of a record of 2019 nobody knows the unit. */
export function sizeText({ schema, size }: ImageRecord): string | undefined {
  return schema === 2 ? formatBytes(size) : undefined;
}
