import { realpathSync } from "node:fs";
import { join } from "node:path";
import { StowageError } from "../errors.ts";
import { readTextFile, statsOf } from "../read-file.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { Registry, Tag } from "../registry/model.ts";
import { type Reference, formatReference, parseReference } from "../registry/reference.ts";
import { type ScanOptions, scanRegistry } from "../registry/scan.ts";
import { type FileSource, openFileSource } from "../sif/file-source.ts";
import { isSif } from "../sif/header.ts";
import type { RangeOptions, RangeSource } from "../sif/range-source.ts";

/** What is to be inspected. */
export type Subject =
  | { readonly kind: "file"; readonly source: FileSource }
  | { readonly kind: "remote"; readonly source: RangeSource }
  | { readonly kind: "definition"; readonly path: string; readonly text: string };

export type SubjectOptions = ScanOptions & RangeOptions;

const ADDRESS = /^(?:https?|oras):\/\//i;
/** As long as a definition file in a registry may be. */
const LARGEST_DEFINITION = 1024 * 1024;
/** Bytes that tell what a file is. */
const START = 128;

/**
 * Finds what a word means: an address, else a file, else a tag of the registry. Throws StowageError ("usage") where it
 * is none of them.
 */
export function findSubject(word: string, options: SubjectOptions): Promise<Subject> {
  if (ADDRESS.test(word)) return openRemote(word, options);
  const stats = statsOf(word);
  if (stats && !stats.isDirectory()) return openFile(word);
  return openTag(word, { isFolder: stats !== undefined, options });
}

async function openRemote(address: string, options: RangeOptions): Promise<Subject> {
  // Loaded here, for nothing else asks the network.
  const { openRemoteSource } = await import("./remote-source.ts");
  return { kind: "remote", source: await openRemoteSource(address, options) };
}

async function openFile(path: string): Promise<Subject> {
  const source = await openFileSource(path);
  if (isSif(await source.bytesAt(0, START))) return { kind: "file", source };
  await source.close();
  return { kind: "definition", path, text: readDefinition(path) };
}

function readDefinition(path: string): string {
  const file = readTextFile(realpathSync(path), LARGEST_DEFINITION);
  // Apptainer does not mind the names of people in Latin-1.
  const isText = "text" in file && !file.text.includes("\0");
  if (isText) return file.text;
  throw new StowageError("image", `${path}: is neither a SIF file nor a definition file`);
}

async function openTag(
  word: string,
  { isFolder, options }: { readonly isFolder: boolean; readonly options: SubjectOptions },
): Promise<Subject> {
  const reference = referenceIn(word);
  const tag = reference && findTag(reference, scanRegistry({ ...options, mayBeEmpty: true }));
  if (tag && reference) return openTagged(formatReference(reference), tag, options);
  if (isFolder)
    throw new StowageError("usage", `${word}: is a folder; name a SIF file or a definition file in it`);
  throw new StowageError(
    "usage",
    `${word}: is neither a file, nor an address, nor a tag of the registry in ${options.root}`,
  );
}

/** Most names of files are none. */
function referenceIn(word: string): Reference | undefined {
  try {
    return parseReference(word);
  } catch (error) {
    if (error instanceof StowageError) return undefined;
    throw error;
  }
}

/** Undefined where there is no such collection. Throws StowageError ("usage") where it has no such tag. */
function findTag(reference: Reference, { collections }: Registry): Tag | undefined {
  const collection = collections.find(({ name }) => name === reference.collection);
  if (!collection) return undefined;
  const tag = collection.tags.find(({ name }) => name === reference.tag);
  if (tag) return tag;
  const known = collection.tags.map(({ name }) => name).join(", ");
  throw new StowageError(
    "usage",
    `${reference.collection} has no tag ${reference.tag}; it has ${known || "none"}`,
  );
}

/** Its image; where none is built yet, its definition file. */
async function openTagged(
  reference: string,
  { record, definition, folder }: Tag,
  options: SubjectOptions,
): Promise<Subject> {
  const url = record?.layers[0]?.url;
  if (url === undefined) {
    if (definition)
      return { kind: "definition", path: `${folder}/${definition.fileName}`, text: definition.text };
    throw new StowageError("usage", `${reference}: has neither an image nor a definition file`);
  }
  if (!isLocalImage(url)) return openRemote(url, options);
  return { kind: "file", source: await openFileSource(join(options.root, url)) };
}
