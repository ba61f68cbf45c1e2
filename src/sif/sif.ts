import { StowageError } from "../errors.ts";
import { memberOf, parseJson } from "../json.ts";

/** Bytes that can be asked for at any place: a file, or what answers for one. */
export interface SifSource {
  /** What errors call it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Fewer bytes at the end of the file. */
  bytesAt(position: number, length: number): Promise<Buffer>;
}

/** What a registry needs to know of an image. */
export interface Sif {
  /** As Go names it: amd64, arm64. Undefined where the file does not say. */
  readonly architecture?: string;
  /** When it was made (RFC 3339); undefined where the file does not say. */
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/*
 * The format, all of it little-endian: a global header of 128 bytes (a launch script of 32, then the fields below),
 * and a table of descriptors of 585 bytes each, packed.
 */
const HEADER = { size: 128, magic: 32, architecture: 45, created: 64, count: 88, table: 96 } as const;
const DESCRIPTOR = {
  size: 585,
  type: 0,
  used: 4,
  offset: 17,
  length: 25,
  name: 73,
  nameLength: 128,
} as const;
const MAGIC = "SIF_MAGIC\0";
/** The type of a descriptor whose object is JSON. */
const GENERIC_JSON = 0x4006;
const METADATA = "inspect-metadata.json";

const ARCHITECTURES: Readonly<Record<string, string>> = {
  "01": "386",
  "02": "amd64",
  "03": "arm",
  "04": "arm64",
  "05": "ppc64",
  "06": "ppc64le",
  "07": "mips",
  "08": "mipsle",
  "09": "mips64",
  "10": "mips64le",
  "11": "s390x",
  "12": "riscv64",
};

/** Descriptors that are looked at; apptainer makes room for 48. */
const MOST_DESCRIPTORS = 1024;
const LARGEST_METADATA = 1024 * 1024;
/** What a record has room for, which must stay below 1 MiB however its labels have to be escaped. */
const MOST_LABELS = 1000;
const ROOM_FOR_LABELS = 128 * 1024;
/** As the record's schema has it. */
const LONGEST_LABEL = 65_536;

/**
 * Reads the header of an image and the labels in it; nothing in the file is believed or executed. Throws StowageError
 * ("image") where it is no SIF file.
 */
export async function readSif(source: SifSource): Promise<Sif> {
  const header = await source.bytesAt(0, HEADER.size);
  const magic = header.toString("latin1", HEADER.magic, HEADER.magic + MAGIC.length);
  if (header.length < HEADER.size || magic !== MAGIC) {
    throw new StowageError(
      "image",
      `${source.path}: is not a SIF file; build it with apptainer, or singularity 3 or newer`,
    );
  }
  const architecture = ARCHITECTURES[header.toString("latin1", HEADER.architecture, HEADER.architecture + 2)];
  const created = dateOf(header.readBigInt64LE(HEADER.created));
  return {
    ...(architecture !== undefined && { architecture }),
    ...(created !== undefined && { created }),
    labels: await readLabels(source, header),
  };
}

/** Seconds since 1970 as RFC 3339; a time before 1990 or after 2200 is none. */
function dateOf(seconds: bigint): string | undefined {
  if (seconds < 631_152_000n || seconds > 7_258_118_400n) return undefined;
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

async function readLabels(source: SifSource, header: Buffer): Promise<Sif["labels"]> {
  const count = Math.min(Number(header.readBigInt64LE(HEADER.count)), MOST_DESCRIPTORS);
  const start = Number(header.readBigInt64LE(HEADER.table));
  if (!isWithin(source, start, count * DESCRIPTOR.size)) return {};
  const table = await source.bytesAt(start, count * DESCRIPTOR.size);
  for (let at = 0; at + DESCRIPTOR.size <= table.length; at += DESCRIPTOR.size) {
    const place = metadataPlace(table.subarray(at, at + DESCRIPTOR.size));
    if (place && place.length <= LARGEST_METADATA && isWithin(source, place.offset, place.length))
      return labelsOf(await source.bytesAt(place.offset, place.length));
  }
  return {};
}

function metadataPlace(descriptor: Buffer): { offset: number; length: number } | undefined {
  const isUsed = descriptor[DESCRIPTOR.used] === 1;
  if (!isUsed || descriptor.readInt32LE(DESCRIPTOR.type) !== GENERIC_JSON) return undefined;
  const name = descriptor.toString("utf8", DESCRIPTOR.name, DESCRIPTOR.name + DESCRIPTOR.nameLength);
  if (name.split("\0", 1)[0] !== METADATA) return undefined;
  return {
    offset: Number(descriptor.readBigInt64LE(DESCRIPTOR.offset)),
    length: Number(descriptor.readBigInt64LE(DESCRIPTOR.length)),
  };
}

function isWithin({ size }: SifSource, offset: number, length: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size;
}

/** The labels in what `apptainer inspect --json` would print; none where it is anything else. */
function labelsOf(metadata: Buffer): Sif["labels"] {
  const labels = memberOf(
    memberOf(memberOf(parseJson(metadata.toString("utf8")), "data"), "attributes"),
    "labels",
  );
  if (typeof labels !== "object" || labels === null) return {};
  const texts = Object.entries(labels).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= LONGEST_LABEL,
  );
  texts.sort(([a], [b]) => (a < b ? -1 : 1));
  let room = ROOM_FOR_LABELS;
  const kept = texts.slice(0, MOST_LABELS).filter(([key, text]) => (room -= key.length + text.length) >= 0);
  return Object.fromEntries(kept);
}
