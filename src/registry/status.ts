import { type Digest, sha256Digest } from "./digest.ts";
import type { Definition, Tag, TagStatus } from "./model.ts";

/**
 * `frozen` wins over all; `stale`: the definition file is not the one the record was built from (only records of
 * schema 2 tell); no record: to build.
 */
export function statusOf(tag: Omit<Tag, "status">): TagStatus {
  if (tag.isFrozen) return "frozen";
  if (!tag.record) return "to build";
  const { recipe } = tag.record;
  const isStale =
    recipe !== undefined && tag.definition !== undefined && recipe !== recipeDigest(tag.definition);
  return isStale ? "stale" : "built";
}

/** sha256 of a definition file, as records carry it. */
export function recipeDigest({ text, bytes }: Definition): Digest {
  return sha256Digest(bytes ?? text);
}
