import { type CollectionName, type TagName, tagProblem } from "../registry/reference.ts";

/** A file of the tree that history is made of. */
export interface Place {
  readonly collection: CollectionName;
  /** Absent: the collection's own README.md. */
  readonly tag?: TagName;
  readonly name: FileName;
}

type FileName = "README.md" | "Singularity" | "Apptainer";

const TAG_FILE = /^(.+)\/manifests\/([^/]+)\/(README\.md|Singularity|Apptainer)$/;
const COLLECTION_FILE = /^(.+)\/README\.md$/;

/**
 * What a path below the tree is, if it belongs to one of some collections: those that are served now. So nothing of a
 * collection that is private, withheld or gone is read at all, and no name that a registry could not have gets in.
 */
export function placeOf(path: string, collections: ReadonlySet<string>): Place | undefined {
  const [, owner, tag, file] = TAG_FILE.exec(path) ?? [];
  if (owner !== undefined && collections.has(owner)) {
    if (tag === undefined || tagProblem(tag)) return undefined;
    return { collection: owner as CollectionName, tag: tag as TagName, name: file as FileName };
  }
  const [, name] = COLLECTION_FILE.exec(path) ?? [];
  if (name === undefined || !collections.has(name)) return undefined;
  return { collection: name as CollectionName, name: "README.md" };
}
