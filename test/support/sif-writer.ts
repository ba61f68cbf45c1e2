/** Writes images as a test wants them, right or wrong, without a program that makes such files. */

/** One object; what is not said is as apptainer has it. */
export interface ObjectToWrite {
  /** As `apptainer sif add --datatype` counts them: 1 is a definition file. */
  readonly type: number;
  readonly bytes?: Buffer | string;
  readonly id?: number;
  /** 0: none. */
  readonly group?: number;
  readonly link?: number;
  readonly name?: string;
  readonly extra?: Buffer;
  /** Where it is said to lie, and how many bytes it is said to have, in place of the truth. */
  readonly offset?: bigint;
  readonly size?: bigint;
}

export interface SifToWrite {
  readonly objects?: readonly ObjectToWrite[];
  readonly architecture?: string;
  /** Seconds since 1970. */
  readonly created?: bigint;
  readonly total?: bigint;
  readonly tableOffset?: bigint;
}

/** What makes a number a group's. */
export const GROUP = 0xf000_0000;

const TABLE_OFFSET = 4096;
const DESCRIPTOR_SIZE = 585;
const ROOM = 48;
export const TABLE_END = TABLE_OFFSET + ROOM * DESCRIPTOR_SIZE;
const CREATED = 1_795_182_344n;

/** A whole image: a header, a table with room for 48 objects or more, and the objects one behind the other. */
export function writeSif({
  objects = [],
  architecture = "02",
  created = CREATED,
  ...more
}: SifToWrite = {}): Buffer {
  const room = Math.max(ROOM, objects.length);
  const tableEnd = TABLE_OFFSET + room * DESCRIPTOR_SIZE;
  const head = Buffer.alloc(tableEnd);
  const contents = objects.map(({ bytes = "" }) => Buffer.from(bytes));
  const size = contents.reduce((sum, bytes) => sum + bytes.length, 0);
  head.write("#!/usr/bin/env run-singularity\n", 0);
  head.write("SIF_MAGIC\0", 32);
  head.write("01\0", 42);
  head.write(`${architecture}\0`, 45);
  Buffer.from("1181e4741ed14aa3b0518c0f267d0bc2", "hex").copy(head, 48);
  const fields = [
    created,
    created,
    BigInt(room - objects.length),
    more.total ?? BigInt(room),
    more.tableOffset ?? BigInt(TABLE_OFFSET),
    BigInt(tableEnd - TABLE_OFFSET),
    BigInt(tableEnd),
    BigInt(size),
  ];
  for (const [index, number] of fields.entries()) head.writeBigInt64LE(number, 64 + 8 * index);
  let position = tableEnd;
  for (const [index, object] of objects.entries()) {
    const length = contents[index]?.length ?? 0;
    const descriptor = descriptorOf(object, { id: index + 1, position, length, created });
    descriptor.copy(head, TABLE_OFFSET + index * DESCRIPTOR_SIZE);
    position += length;
  }
  return Buffer.concat([head, ...contents]);
}

function descriptorOf(
  object: ObjectToWrite,
  place: { id: number; position: number; length: number; created: bigint },
): Buffer {
  const descriptor = Buffer.alloc(DESCRIPTOR_SIZE);
  const { type, id = place.id, group = 1, link = 0, name = "", extra = Buffer.alloc(0) } = object;
  descriptor.writeInt32LE(0x4000 + type, 0);
  descriptor.writeUInt8(1, 4);
  descriptor.writeUInt32LE(id, 5);
  descriptor.writeUInt32LE((GROUP | group) >>> 0, 9);
  descriptor.writeUInt32LE(link, 13);
  descriptor.writeBigInt64LE(object.offset ?? BigInt(place.position), 17);
  descriptor.writeBigInt64LE(object.size ?? BigInt(place.length), 25);
  descriptor.writeBigInt64LE(place.created, 41);
  descriptor.writeBigInt64LE(place.created, 49);
  descriptor.write(name, 73, 128);
  extra.copy(descriptor, 201);
  return descriptor;
}

/** Numbers at the end of a descriptor, as its type has them. */
export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
  return bytes;
}

/** What a partition's descriptor says. */
export function partitionExtra(fileSystem: number, use: number, architecture = "02"): Buffer {
  return Buffer.concat([numbers(fileSystem, use), Buffer.from(`${architecture}\0`)]);
}

/** What a signature's descriptor says. */
export function signatureExtra(hash: number, fingerprint = ""): Buffer {
  return Buffer.concat([numbers(hash), Buffer.from(fingerprint, "hex")]);
}

/** What apptainer keeps to be inspected. */
export function metadata(attributes: object): string {
  return JSON.stringify({ data: { attributes }, type: "container" });
}
