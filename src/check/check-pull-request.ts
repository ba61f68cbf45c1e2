import type { Finding } from "../finding.ts";
import type { Collection, Registry, Tag } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";

/** What a pull request touches: a tag's record, say. */
export interface ChangedTag {
  readonly collection: Collection;
  readonly tag: Tag;
}

/** The tags whose record is among the changed paths, or all that have one, in the order of the registry. */
export function* changedRecords(
  { collections }: Registry,
  changed?: ReadonlySet<string>,
): Iterable<ChangedTag> {
  for (const collection of collections) {
    for (const tag of collection.tags) {
      if (tag.record && (!changed || changed.has(`${tag.folder}/README.md`))) yield { collection, tag };
    }
  }
}

/**
 * What a pull request must not do, by the paths that it touches (relative to registry.yml): bring records of one
 * collection and touch anything else, for whoever may build one collection must not reach another; change a frozen tag.
 */
export function checkPullRequest(registry: Registry, paths: readonly string[]): Finding[] {
  const changed = new Set(paths);
  return [...scopeFindings(registry, changed), ...frozenFindings(registry, paths, changed)];
}

/** Storage kind `directory` keeps images there; a record names them by their content. */
const IMAGES = /^images\/sha256\/[0-9a-f]{64}\.sif$/;

function* scopeFindings(registry: Registry, changed: ReadonlySet<string>): Iterable<Finding> {
  const folders = new Map(registry.collections.map((collection) => [collection.folder, collection.name]));
  const [first] = changedRecords(registry, changed);
  if (!first) return;
  const { collection, tag } = first;
  for (const path of changed) {
    if (IMAGES.test(path) || collectionOf(path, folders) === collection.name) continue;
    const file = `${tag.folder}/README.md`;
    yield { code: "record-scope", file, args: { collection: collection.name, path } };
    return;
  }
}

/** The collection that a path lies in: the innermost, for collections may hold others. */
function collectionOf(path: string, folders: ReadonlyMap<string, string>): string | undefined {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const name = folders.get(path.slice(0, end));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Freezing a tag is no change of it; unfreezing it is one that comes alone. */
function* frozenFindings(
  { collections }: Registry,
  paths: readonly string[],
  changed: ReadonlySet<string>,
): Iterable<Finding> {
  const touched = new Set(
    paths.filter((path) => !path.endsWith("/.frozen")).map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  for (const { name, tags } of collections) {
    for (const tag of tags) {
      const isSwitched = changed.has(`${tag.folder}/.frozen`);
      if (tag.isFrozen === isSwitched || !touched.has(tag.folder)) continue;
      const reference = formatReference({ collection: name, tag: tag.name });
      yield { code: "frozen-changed", file: `${tag.folder}/.frozen`, args: { reference } };
    }
  }
}
