import { isUtf8 } from "node:buffer";
import { realpathSync } from "node:fs";
import { StowageError, systemCode } from "../errors.ts";
import { BlobStore } from "../git/blob-store.ts";
import { type Commit, type FileChange, commitsBelow, historyState } from "../git/file-history.ts";
import { withoutByteOrderMark } from "../read-file.ts";
import type { Definition, Registry } from "../registry/model.ts";
import type { CollectionName } from "../registry/reference.ts";
import { type ScanOptions, treeFolder } from "../registry/scan.ts";
import { LARGEST_TEXT } from "../registry/tree-reader.ts";
import { collectHistory, presentHistory } from "./collect.ts";
import { type Blobs, CollectionLine, utcTime } from "./collection-line.ts";
import type { Extent, History, Moment } from "./history.ts";
import { type Place, placeOf } from "./place.ts";

/** A history whose old definition files can be read until it is closed. */
export interface OpenHistory extends History {
  readonly close: () => void;
}

/**
 * Reads from git what the tags of the collections of a registry pointed to, and when: one `git log` over the tree's
 * folder, one `git cat-file` over the records and definition files that it names. Where there is no git or no
 * history, the records of the tree have to do; nothing of that is an error.
 */
export async function readHistory(options: ScanOptions, registry: Registry): Promise<OpenHistory> {
  try {
    return await readRepository(realpathSync(treeFolder(options, registry.config)), registry);
  } catch (error) {
    if (!(error instanceof StowageError) || error.code !== "git") throw error;
    return withoutPast(registry, systemCode(error.cause) === "ENOENT" ? "no-git" : "unreadable");
  }
}

/** What the records of the tree tell. */
export function withoutPast(registry: Registry, extent: Extent): OpenHistory {
  return { ...presentHistory(registry, extent), close: () => {} };
}

async function readRepository(tree: string, registry: Registry): Promise<OpenHistory> {
  const state = await historyState(tree);
  if (state === "no-repository" || state === "no-commit") return withoutPast(registry, state);
  const names = new Set<string>(registry.collections.map(({ name }) => name));
  const commits: Commit[] = [];
  for await (const commit of commitsBelow(tree, (path) => placeOf(path, names) !== undefined))
    commits.push(commit);
  const store = await BlobStore.read(tree, blobsOf(commits), LARGEST_TEXT);
  const lines = replay(commits, { names, isCut: state === "cut", blobs: readable(store) });
  return { ...collectHistory(registry, state, lines), close: () => store.close() };
}

function blobsOf(commits: readonly Commit[]): Set<string> {
  return new Set(commits.flatMap(({ files }) => files.flatMap(({ blob }) => blob ?? [])));
}

function readable(store: BlobStore): Blobs {
  return {
    text(blob) {
      const bytes = store.bytes(blob);
      return bytes && withoutByteOrderMark(bytes.toString());
    },
    definition: (blob, fileName) =>
      store.has(blob) ? { id: blob, read: () => definitionOf(store.bytes(blob), fileName) } : undefined,
  };
}

function definitionOf(bytes: Buffer = Buffer.alloc(0), fileName: string): Definition {
  return { fileName, text: bytes.toString(), ...(!isUtf8(bytes) && { bytes }) };
}

interface ReplayOptions {
  readonly names: ReadonlySet<string>;
  /** Nobody knows what was before the oldest commit, so what it has is not its doing. */
  readonly isCut: boolean;
  readonly blobs: Blobs;
}

function replay(
  commits: readonly Commit[],
  { names, isCut, blobs }: ReplayOptions,
): Map<CollectionName, CollectionLine> {
  const lines = new Map<CollectionName, CollectionLine>();
  let time: string | undefined;
  for (const [order, { id, seconds, files }] of commits.entries()) {
    // A date that cannot be read: the commit was not made before the one that it follows.
    time = seconds === undefined ? time : utcTime(seconds);
    const moment: Moment =
      isCut && order === 0 ? { order } : { order, commit: id, ...(time !== undefined && { time }) };
    const touched = new Set<CollectionLine>();
    for (const { place, file } of placesOf(files, names)) {
      const line = lines.get(place.collection) ?? new CollectionLine(place.collection, blobs);
      lines.set(place.collection, line);
      line.take(place, file, moment);
      touched.add(line);
    }
    for (const line of touched) line.settle(moment);
  }
  return lines;
}

function placesOf(
  files: readonly FileChange[],
  names: ReadonlySet<string>,
): { place: Place; file: FileChange }[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path, names);
    return place ? [{ place, file }] : [];
  });
}
