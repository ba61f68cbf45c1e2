import { StowageError } from "../errors.ts";
import { Fields, hexOf } from "./fields.ts";
import { type DescriptorTable, type Extent, requireCount } from "./header.ts";
import {
  FILE_SYSTEMS,
  HASHES,
  MESSAGE_FORMATS,
  MESSAGE_TYPES,
  OBJECT_TYPES,
  type ObjectType,
  PARTITION_TYPES,
  SBOM_FORMATS,
  architectureOf,
} from "./kinds.ts";
import type { SifSource } from "./source.ts";

/** One object of an image, as its descriptor has it. What follows `name` depends on the type. */
export interface SifObject extends Extent {
  readonly id: number;
  readonly type: ObjectType;
  /** The type's number, where it is unknown. */
  readonly code?: number;
  /** 0 where it is in none. */
  readonly group: number;
  /** What it is about. */
  readonly link?: SifLink;
  /** RFC 3339. */
  readonly created?: string;
  readonly modified?: string;
  readonly name?: string;
  /** Of a partition: `squashfs`; `partition` is what it is for, `primary system`. */
  readonly fileSystem?: string;
  readonly partition?: string;
  readonly architecture?: string;
  /** Of a signature: `sha256`, and the signer's key in upper-case hexadecimal digits. */
  readonly hash?: string;
  readonly fingerprint?: string;
  /** Of a crypto message and of an SBOM: `pem`, `spdx-json`; of the former also what it is, `rsa-oaep`. */
  readonly format?: string;
  readonly message?: string;
  /** Of what OCI calls a blob. */
  readonly digest?: string;
}

/** An object is about another one, or about a whole group. */
export type SifLink = { readonly object: number } | { readonly group: number };

/** Bytes of a descriptor. */
const DESCRIPTOR_SIZE = 585;

/** A descriptor, packed and little-endian: where each field begins. */
const FIELD = {
  type: 0,
  used: 4,
  id: 5,
  group: 9,
  link: 13,
  offset: 17,
  size: 25,
  created: 41,
  modified: 49,
  name: 73,
  extra: 201,
} as const;
const LONGEST_NAME = 128;
/** Bytes of the fingerprint of a key of version 4, which are all that apptainer writes. */
const FINGERPRINT_SIZE = 20;
const LONGEST_DIGEST = 128;

/** The bits of a number that make it a group's. */
const GROUP_MASK = 0xf000_0000;

/** Apptainer makes room for 48. */
const MOST_DESCRIPTORS = 1024;

/** Every object that a table names, in its order. Throws StowageError ("image") where the table cannot be read. */
export async function readObjects(source: SifSource, table: DescriptorTable): Promise<SifObject[]> {
  const bytes = await readTable(source, table);
  const objects: SifObject[] = [];
  for (let at = 0; at < bytes.length; at += DESCRIPTOR_SIZE) {
    const fields = new Fields(bytes.subarray(at, at + DESCRIPTOR_SIZE));
    if (fields.byte(FIELD.used) === 1) objects.push(objectOf(fields, source));
  }
  return objects;
}

async function readTable(source: SifSource, { offset, total }: DescriptorTable): Promise<Uint8Array> {
  const damaged = (what: string) =>
    new StowageError("image", `${source.path}: is damaged: ${what}; fetch or build it again`);
  if (total > MOST_DESCRIPTORS)
    throw damaged(
      `it is said to have room for ${total} objects, and ${MOST_DESCRIPTORS} are the most that are read`,
    );
  const length = total * DESCRIPTOR_SIZE;
  if (source.size !== undefined && offset + length > source.size)
    throw damaged(`the file ends at ${source.size} bytes, before its list of objects does`);
  if (!canRead(source, { offset, size: length })) {
    throw new StowageError(
      "image",
      `${source.path}: its list of objects is more than may be transferred; allow more, or fetch the whole file`,
    );
  }
  const bytes = await source.bytesAt(offset, length);
  if (bytes.length < length) throw damaged("the file ends before its list of objects does");
  return bytes;
}

/** Whether a source gives these bytes. */
export function canRead(source: SifSource, { offset, size }: Extent): boolean {
  return source.canGive?.(offset, size) ?? true;
}

function objectOf(fields: Fields, source: SifSource): SifObject {
  const id = fields.uint32(FIELD.id);
  const code = fields.int32(FIELD.type);
  const type = OBJECT_TYPES.get(code) ?? "unknown";
  const link = fields.uint32(FIELD.link);
  const created = fields.time(FIELD.created);
  const modified = fields.time(FIELD.modified);
  const name = fields.text(FIELD.name, LONGEST_NAME);
  return {
    id,
    type,
    ...(type === "unknown" && { code }),
    group: numberIn(fields.uint32(FIELD.group)),
    ...(link !== 0 && { link: isGroup(link) ? { group: numberIn(link) } : { object: link } }),
    offset: requireCount(fields.int64(FIELD.offset), `place of object ${id}`, source),
    size: requireCount(fields.int64(FIELD.size), `size of object ${id}`, source),
    ...(created !== undefined && { created }),
    ...(modified !== undefined && { modified }),
    ...(name !== "" && { name }),
    ...extraOf(type, fields),
  };
}

function isGroup(number: number): boolean {
  return (number & GROUP_MASK) >>> 0 === GROUP_MASK;
}

function numberIn(group: number): number {
  return (group & ~GROUP_MASK) >>> 0;
}

type Extra = Partial<
  Pick<
    SifObject,
    "fileSystem" | "partition" | "architecture" | "hash" | "fingerprint" | "format" | "message" | "digest"
  >
>;

/** What the last bytes of a descriptor say, which each type of object has for itself. */
function extraOf(type: ObjectType, fields: Fields): Extra {
  const number = (index: number) => fields.int32(FIELD.extra + 4 * index);
  switch (type) {
    case "partition":
      return known({
        fileSystem: FILE_SYSTEMS.get(number(0)),
        partition: PARTITION_TYPES.get(number(1)),
        architecture: architectureOf(fields.text(FIELD.extra + 8, 3)),
      });
    case "signature":
      return known({
        hash: HASHES.get(number(0)),
        fingerprint: fingerprintOf(fields.bytes(FIELD.extra + 4, FINGERPRINT_SIZE)),
      });
    case "crypto message":
      return known({ format: MESSAGE_FORMATS.get(number(0)), message: MESSAGE_TYPES.get(number(1)) });
    case "sbom":
      return known({ format: SBOM_FORMATS.get(number(0)) });
    case "oci blob":
    case "oci root index":
      return known({ digest: fields.text(FIELD.extra, LONGEST_DIGEST) || undefined });
    default:
      return {};
  }
}

/** Without what is not known. */
function known(extra: { readonly [Key in keyof Extra]: string | undefined }): Extra {
  return Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined));
}

/** Who signs with a key that is no OpenPGP key leaves the place empty. */
function fingerprintOf(bytes: Uint8Array): string | undefined {
  return bytes.every((byte) => byte === 0) ? undefined : hexOf(bytes).toUpperCase();
}
