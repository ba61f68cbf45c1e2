import type { Finding } from "../finding.ts";
import { foldersAbove } from "../folders-above.ts";
import type { Collection, Registry, Tag } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";

/** What a pull request touches: a tag's record, say. */
export interface ChangedTag {
  readonly collection: Collection;
  readonly tag: Tag;
}

/** The tags whose record, or an image of it that the registry keeps, is among the changed paths; or all that have one. */
export function* changedRecords(
  { collections }: Registry,
  changed?: ReadonlySet<string>,
): Iterable<ChangedTag> {
  for (const collection of collections) {
    for (const tag of collection.tags) {
      if (tag.record && (!changed || isTouched(tag, changed))) yield { collection, tag };
    }
  }
}

function isTouched({ folder, record }: Tag, changed: ReadonlySet<string>): boolean {
  return changed.has(`${folder}/README.md`) || (record?.layers.some(({ url }) => changed.has(url)) ?? false);
}

/**
 * What a pull request must not do, by the paths that it touches (relative to registry.yml): bring records of one
 * collection and touch anything else, for whoever may build one collection must not reach another; change a frozen tag.
 */
export function checkPullRequest(
  registry: Registry,
  paths: readonly string[],
  wasFrozen: (folder: string) => boolean,
): Finding[] {
  return [...scopeFindings(registry, new Set(paths)), ...frozenFindings(registry, paths, wasFrozen)];
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
  for (const folder of foldersAbove(path)) {
    const name = folders.get(folder);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Freezing a tag is no change of it; unfreezing it is one that comes alone. A tag that is gone has changed, too. */
function* frozenFindings(
  { collections }: Registry,
  paths: readonly string[],
  wasFrozen: (folder: string) => boolean,
): Iterable<Finding> {
  const touched = new Set(
    paths.filter((path) => !path.endsWith("/.frozen")).map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  const names = new Map(
    collections.flatMap(({ name, tags }) =>
      tags.map((tag) => [tag.folder, formatReference({ collection: name, tag: tag.name })]),
    ),
  );
  for (const folder of touched) {
    if (!wasFrozen(folder)) continue;
    yield {
      code: "frozen-changed",
      file: `${folder}/.frozen`,
      args: { reference: names.get(folder) ?? folder },
    };
  }
}
