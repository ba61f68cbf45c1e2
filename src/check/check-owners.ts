import type { Finding } from "../finding.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { type ReadSource, placeOfKey } from "./sources.ts";

/** Owners that are neither a team of registry.yml nor in one, where it has teams; and whatever is listed twice. */
export function* checkOwners({ config, collections }: Registry, readSource: ReadSource): Iterable<Finding> {
  const known =
    config.teams && new Set([...Object.keys(config.teams), ...Object.values(config.teams).flat()]);
  for (const collection of collections) {
    const file = `${collection.folder}/README.md`;
    for (const [index, owner] of known ? collection.owners.entries() : []) {
      if (known?.has(owner)) continue;
      const place = placeOfKey(file, ["owners", String(index)], readSource);
      yield { code: "unknown-owner", ...place, args: { owner } };
    }
    yield* findRepeated(collection, "owners", readSource);
    yield* findRepeated(collection, "topics", readSource);
  }
}

/** The first of each list that is there already, by case alone or not: the filter of the site takes them for one. */
function* findRepeated(
  collection: Collection,
  key: "owners" | "topics",
  readSource: ReadSource,
): Iterable<Finding> {
  const seen = new Map<string, string>();
  for (const [index, word] of collection[key].entries()) {
    const first = seen.get(word.toLowerCase());
    if (first === undefined) {
      seen.set(word.toLowerCase(), word);
      continue;
    }
    const place = placeOfKey(`${collection.folder}/README.md`, [key, String(index)], readSource);
    const expected = `the list has ${first} already`;
    yield { code: "dead-key", ...place, args: { key: `${word} in ${key}`, expected } };
    return;
  }
}
