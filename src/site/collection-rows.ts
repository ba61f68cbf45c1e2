import { collectionPath } from "../endpoints/paths.ts";
import { compareNatural, formatBytes, formatDay } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { href } from "./links.ts";

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

/** The tags of a collection as people read them: 1.9 before 1.10. */
export function naturalTags({ tags }: Collection): Tag[] {
  return [...tags].sort((a, b) => compareNatural(a.name, b.name));
}

/** The tag whose pull line a collection shows first: `latest` where it is built, else the last built in natural order. */
export function preferredTag(collection: Collection): Tag | undefined {
  const built = naturalTags(collection).filter(({ record }) => record);
  return built.find(({ name }) => name === "latest") ?? built.at(-1);
}

/** Of a record of 2019 nobody knows the unit. */
export function sizeText({ schema, size }: ImageRecord): string | undefined {
  return schema === 2 ? formatBytes(size) : undefined;
}
