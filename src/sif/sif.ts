import { type SifHeader, readHeader } from "./header.ts";
import { ENCRYPTED_FILE_SYSTEMS, type ObjectType } from "./kinds.ts";
import { METADATA, type SifMetadata, readMetadata } from "./metadata.ts";
import { type SifObject, canRead, readObjects } from "./objects.ts";
import { layoutProblems } from "./problems.ts";
import { type SifSignature, readSignature } from "./signatures.ts";
import type { SifSource } from "./source.ts";

/**
 * What is in an image. Nothing of it is believed: signatures are only told, not verified.
 *
 *     const { architecture, labels } = await readSif(bufferSource(bytes));
 */
export interface Sif extends SifHeader, SifMetadata {
  /** Bytes of the whole file; undefined where nobody says. */
  readonly size?: number;
  readonly objects: readonly SifObject[];
  readonly signatures: readonly SifSignature[];
  readonly isEncrypted: boolean;
  readonly encryption: readonly Encryption[];
  /** What is wrong with the file, one sentence each, though the rest of it can be read. */
  readonly problems: readonly string[];
  /** Small objects that were not read, and why. */
  readonly skipped: readonly SkippedObject[];
}

/** A file system that needs a key. */
export interface Encryption {
  /** The partition's id. */
  readonly object: number;
  readonly fileSystem: string;
  /** How its key lies in the file; absent: it does not, since it is a passphrase. */
  readonly key?: string;
}

export interface SkippedObject {
  readonly object: number;
  readonly reason: string;
}

const LARGEST_CONTENT = 1024 * 1024;
/** Bytes that are read of all objects together. */
const ROOM_FOR_CONTENTS = 8 * 1024 * 1024;

/**
 * Reads an image: its header, its list of objects, and the small objects that say something about it. Reads neither
 * file systems nor more than 8 MiB. Throws StowageError ("image") where it is no SIF file, or one that is too damaged.
 */
export async function readSif(source: SifSource): Promise<Sif> {
  const header = await readHeader(source);
  const objects = await readObjects(source, header.descriptors);
  const problems = layoutProblems(header, objects, source.size);
  const { contents, skipped } = await readContents(source, objects);
  for (const [{ id, size }, bytes] of contents)
    if (bytes.length < size) problems.push(`the file ends before its object ${id} does`);
  const metadata = readMetadata(contents, problems);
  const signatures: SifSignature[] = [];
  for (const object of objects) {
    if (object.type !== "signature") continue;
    const read = readSignature(object, contents.get(object), objects);
    signatures.push(read.signature);
    problems.push(...read.problems);
  }
  const encryption = encryptionOf(objects);
  return {
    ...header,
    ...(source.size !== undefined && { size: source.size }),
    objects,
    signatures,
    isEncrypted: encryption.length > 0,
    encryption,
    ...metadata,
    problems,
    skipped,
  };
}

function encryptionOf(objects: readonly SifObject[]): Encryption[] {
  return objects.flatMap(({ id, fileSystem }) => {
    if (fileSystem === undefined || !ENCRYPTED_FILE_SYSTEMS.has(fileSystem)) return [];
    const message = objects.find(
      ({ type, link }) => type === "crypto message" && link && "object" in link && link.object === id,
    );
    const key = message && [message.format, message.message].filter(Boolean).join(" ");
    return [{ object: id, fileSystem, ...(key !== undefined && { key: key || "in an unknown format" }) }];
  });
}

interface Contents {
  readonly contents: ReadonlyMap<SifObject, Uint8Array>;
  readonly skipped: readonly SkippedObject[];
}

/** What is wanted first, where not all may be transferred. */
const WANTED: readonly ObjectType[] = ["definition", "signature", "labels", "json"];

async function readContents(source: SifSource, objects: readonly SifObject[]): Promise<Contents> {
  const contents = new Map<SifObject, Uint8Array>();
  const skipped: SkippedObject[] = [];
  let room = ROOM_FOR_CONTENTS;
  for (const object of wantedFirst(objects)) {
    if (source.size !== undefined && object.offset + object.size > source.size) continue;
    const reason = whyNot(object, { source, room });
    if (reason !== undefined) {
      skipped.push({ object: object.id, reason });
      continue;
    }
    const bytes = await source.bytesAt(object.offset, object.size);
    room -= bytes.length;
    contents.set(object, bytes);
  }
  return { contents, skipped };
}

function wantedFirst(objects: readonly SifObject[]): SifObject[] {
  return objects
    .filter(({ type }) => WANTED.includes(type))
    .sort((a, b) => rank(a) - rank(b) || a.offset - b.offset);
}

function rank({ type, name }: SifObject): number {
  return name === METADATA ? -1 : WANTED.indexOf(type);
}

function whyNot(
  object: SifObject,
  { source, room }: { readonly source: SifSource; readonly room: number },
): string | undefined {
  if (object.size > LARGEST_CONTENT)
    return `it has ${object.size} bytes, and ${LARGEST_CONTENT} are read at most`;
  if (object.size > room) return `more than ${ROOM_FOR_CONTENTS} bytes of such objects are not read`;
  return canRead(source, object) ? undefined : "it is more than may be transferred";
}
