import type { Collection, Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";

/**
 * Some clients ask for everything in lower case. For each spelling in lower case that is nobody's own, the reference
 * that answers to it: the first in the registry's order.
 */
export function lowerCaseAliases({ collections }: Registry): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  let exact: Set<string> | undefined;
  for (const reference of builtReferences(collections)) {
    const alias = reference.toLowerCase();
    if (alias === reference || aliases.has(alias)) continue;
    exact ??= new Set(builtReferences(collections));
    if (!exact.has(alias)) aliases.set(alias, reference);
  }
  return aliases;
}

function* builtReferences(collections: readonly Collection[]): Iterable<string> {
  for (const { name, tags } of collections) {
    for (const tag of tags) if (tag.record) yield formatReference({ collection: name, tag: tag.name });
  }
}
