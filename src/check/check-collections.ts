import type { Finding } from "../finding.ts";
import type { Collection, Registry } from "../registry/model.ts";
import type { ReadSource } from "./sources.ts";

/** What is missing from collections: a description, and a tag for those who name none. */
export function* checkCollections({ collections }: Registry, readSource: ReadSource): Iterable<Finding> {
  for (const collection of collections) {
    if (collection.description === undefined) yield noDescription(collection, readSource);
    if (!tellsWhatToPull(collection)) yield noLatest(collection);
  }
}

/** At the folder where there is no README.md, so that a pull request hears of it that brings a tag alone. */
function noDescription({ name, folder }: Collection, readSource: ReadSource): Finding {
  const file = `${folder}/README.md`;
  const place = readSource(file) === undefined ? { file: folder } : { file, line: 1 };
  return { code: "no-description", ...place, args: { collection: name } };
}

function noLatest({ name, folder }: Collection): Finding {
  return { code: "no-latest", file: folder, args: { collection: name } };
}

/** Whatever may be a tag in running text: a full stop at its end is the sentence's. */
const WORD = /[A-Za-z0-9_][A-Za-z0-9._+-]*/g;

/** Whether there is a tag `latest`, the README.md names another, or there is nothing to pull at all. */
function tellsWhatToPull({ tags, readme }: Collection): boolean {
  const names = new Set<string>();
  for (const { name, record, isFrozen } of tags) if (record || !isFrozen) names.add(name);
  if (names.size === 0 || names.has("latest")) return true;
  for (const [word] of readme.matchAll(WORD)) {
    if (names.has(word) || names.has(word.replace(/\.$/, ""))) return true;
  }
  return false;
}
