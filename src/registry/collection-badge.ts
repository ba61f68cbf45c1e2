import type { Badge } from "../badge.ts";
import { formatBytes } from "../format.ts";
import type { Collection } from "./model.ts";
import { preferredTag } from "./preferred-tag.ts";

/** What the badge of a collection says: its name, its default tag, and the size of that image where it is known. */
export function collectionBadge(collection: Collection): Badge {
  const { name: label } = collection;
  const tag = preferredTag(collection);
  if (!tag?.record) return { label, message: "no image yet", state: "unknown" };
  const { schema, size } = tag.record;
  return { label, message: schema === 2 ? `${tag.name} · ${formatBytes(size)}` : tag.name, state: "plain" };
}
