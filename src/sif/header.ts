import { StowageError } from "../errors.ts";
import { Fields, hexOf } from "./fields.ts";
import { architectureOf } from "./kinds.ts";
import type { SifSource } from "./source.ts";

/** What the first 128 bytes of an image say. */
export interface SifHeader {
  /** Its first line, which makes the file a program. */
  readonly launch: string;
  /** Of the format: `01`. */
  readonly version: string;
  /** As Go names it: amd64, arm64. Undefined where the file does not say. */
  readonly architecture?: string;
  /** An UUID. */
  readonly id: string;
  /** When it was made (RFC 3339); undefined where the file does not say. */
  readonly created?: string;
  readonly modified?: string;
  readonly descriptors: DescriptorTable;
  /** Where its objects are said to lie. */
  readonly data: Extent;
}

/** A part of a file, in bytes. */
export interface Extent {
  readonly offset: number;
  readonly size: number;
}

/** The list of all objects. */
export interface DescriptorTable extends Extent {
  /** Objects that there is room for. */
  readonly total: number;
  /** How many of these are free. */
  readonly free: number;
}

const HEADER_SIZE = 128;
const MAGIC = "SIF_MAGIC";
/** The length of a launch script, before the magic. */
const MAGIC_OFFSET = 32;

/** A header, packed and little-endian: where each field begins. */
const FIELD = {
  launch: 0,
  version: 42,
  architecture: 45,
  id: 48,
  created: 64,
  modified: 72,
  free: 80,
  total: 88,
  tableOffset: 96,
  tableSize: 104,
  dataOffset: 112,
  dataSize: 120,
} as const;

/** Whether a file that begins so is an image. */
export function isSif(start: Uint8Array): boolean {
  if (start.length < HEADER_SIZE) return false;
  return new Fields(start).text(MAGIC_OFFSET, MAGIC.length + 1) === MAGIC;
}

/** Reads the header. Throws StowageError ("image") where the file is no SIF file, or a number in it cannot be. */
export async function readHeader(source: SifSource): Promise<SifHeader> {
  const bytes = await source.bytesAt(0, HEADER_SIZE);
  if (!isSif(bytes)) {
    throw new StowageError(
      "image",
      `${source.path}: is not a SIF file; build it with apptainer, or singularity 3 or newer`,
    );
  }
  const fields = new Fields(bytes);
  const number = (at: number, name: string) => requireCount(fields.int64(at), name, source);
  const architecture = architectureOf(fields.text(FIELD.architecture, 3));
  const created = fields.time(FIELD.created);
  const modified = fields.time(FIELD.modified);
  return {
    launch: fields.text(FIELD.launch, MAGIC_OFFSET).trimEnd(),
    version: fields.text(FIELD.version, 3),
    id: uuidOf(fields.bytes(FIELD.id, 16)),
    ...(architecture !== undefined && { architecture }),
    ...(created !== undefined && { created }),
    ...(modified !== undefined && { modified }),
    descriptors: {
      offset: number(FIELD.tableOffset, "place of the descriptors"),
      size: number(FIELD.tableSize, "size of the descriptors"),
      total: number(FIELD.total, "number of objects"),
      free: number(FIELD.free, "number of free descriptors"),
    },
    data: {
      offset: number(FIELD.dataOffset, "place of the data"),
      size: number(FIELD.dataSize, "size of the data"),
    },
  };
}

/** Bytes of a file, or places in it: no less than none, and no more than can be counted. */
export function requireCount(value: bigint, name: string, { path }: SifSource): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new StowageError(
    "image",
    `${path}: is damaged: the ${name} is said to be ${value}; fetch or build it again`,
  );
}

function uuidOf(bytes: Uint8Array): string {
  return hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The header's own place, which no object can have. */
export const HEADER_EXTENT: Extent = { offset: 0, size: HEADER_SIZE };
