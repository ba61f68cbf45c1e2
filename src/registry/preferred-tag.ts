import { compareNatural } from "../format.ts";
import type { Collection, Tag } from "./model.ts";

/** The tags of a collection as people read them: 1.9 before 1.10. */
export function naturalTags({ tags }: Collection): Tag[] {
  return [...tags].sort((a, b) => compareNatural(a.name, b.name));
}

/** The tag whose pull line a collection shows first: `latest` where it is built, else the last built in natural order. */
export function preferredTag(collection: Collection): Tag | undefined {
  const built = collection.tags.filter(({ record }) => record);
  const latest = built.find(({ name }) => name === "latest");
  if (latest) return latest;
  return built.reduce<Tag | undefined>(
    (last, tag) => (last && compareNatural(last.name, tag.name) > 0 ? last : tag),
    undefined,
  );
}
