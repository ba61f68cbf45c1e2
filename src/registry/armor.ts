/**
 * Public keys as people exchange them: OpenPGP packets in ASCII armor (RFC 9580, sections 4.2 and 6). Only as much as
 * joining several blocks into one takes, and seeing that no secret key is among them.
 *
 *     armorPublicKeys(readArmoredKeys(fileA), readArmoredKeys(fileB))
 */

/** What is wrong with a file of keys. */
export class ArmorError extends Error {}

const BLOCK =
  /^-----BEGIN PGP ([A-Z ]+)-----[ \t]*\n((?:[A-Za-z][A-Za-z0-9-]*: [^\n]*\n)*)[ \t]*\n([A-Za-z0-9+/=\n]*?)(?:=([A-Za-z0-9+/]{4})\n)?-----END PGP \1-----[ \t]*$/gm;
const BEGINNINGS = /^-----BEGIN PGP /gm;
const PUBLIC_KEY_BLOCK = "PUBLIC KEY BLOCK";

/** The packets of every block in a text, checked to be public keys and nothing else. Throws ArmorError. */
export function readArmoredKeys(text: string): Buffer[] {
  const lines = text.replaceAll("\r\n", "\n");
  const blocks = [...lines.matchAll(BLOCK)];
  if (blocks.length === 0) throw new ArmorError("there is no armored block in it");
  if (blocks.length !== [...lines.matchAll(BEGINNINGS)].length) {
    throw new ArmorError("a block in it is damaged or does not end");
  }
  return blocks.map(([, kind = "", , data = "", checksum]) => {
    if (kind !== PUBLIC_KEY_BLOCK) throw new ArmorError(`it holds a ${kind.toLowerCase()}`);
    const packets = Buffer.from(data, "base64");
    if (checksum !== undefined && checksum !== checksumOf(packets)) {
      throw new ArmorError("the checksum of a block is wrong");
    }
    requirePublicKeys(packets);
    return packets;
  });
}

const LINE = /.{1,64}/g;

/** One armored block with all these keys: some clients read nothing behind the first block. */
export function armorPublicKeys(packets: readonly Buffer[]): string {
  const all = Buffer.concat(packets);
  const lines = all.toString("base64").match(LINE) ?? [];
  return `-----BEGIN PGP ${PUBLIC_KEY_BLOCK}-----\n\n${lines.join("\n")}\n=${checksumOf(all)}\n-----END PGP ${PUBLIC_KEY_BLOCK}-----\n`;
}

const PUBLIC_KEY = 6;
/** What may follow one: signatures, trust, user ids, subkeys, user attributes, padding. */
const PARTS_OF_A_KEY = new Set([PUBLIC_KEY, 2, 12, 13, 14, 17, 21]);
const SECRET_PARTS = new Set([5, 7]);

function requirePublicKeys(packets: Buffer): void {
  let position = 0;
  while (position < packets.length) {
    const { kind, end } = packetAt(packets, position);
    if (SECRET_PARTS.has(kind)) throw new ArmorError("it holds a secret key");
    if (position === 0 ? kind !== PUBLIC_KEY : !PARTS_OF_A_KEY.has(kind)) throw notAKey();
    position = end;
  }
  if (position === 0 || position > packets.length) throw notAKey();
}

/** The kind of the packet at a position, and where it ends. Lengths that are not said beforehand do not occur in keys. */
function packetAt(packets: Buffer, start: number): { kind: number; end: number } {
  const header = byteAt(packets, start);
  if (header < 0x80) throw notAKey();
  const isNew = (header & 0x40) !== 0;
  const kind = isNew ? header & 0x3f : (header >> 2) & 0x0f;
  const [count, length] = isNew ? newLength(packets, start + 1) : oldLength(packets, start + 1, header & 3);
  return { kind, end: start + 1 + count + length };
}

function oldLength(packets: Buffer, at: number, lengthType: number): [count: number, length: number] {
  if (lengthType === 3) throw notAKey();
  const count = 2 ** lengthType;
  let length = 0;
  for (let index = 0; index < count; index++) length = length * 256 + byteAt(packets, at + index);
  return [count, length];
}

function newLength(packets: Buffer, at: number): [count: number, length: number] {
  const first = byteAt(packets, at);
  if (first < 192) return [1, first];
  if (first < 224) return [2, (first - 192) * 256 + byteAt(packets, at + 1) + 192];
  if (first < 255) throw notAKey();
  const [count, length] = oldLength(packets, at + 1, 2);
  return [1 + count, length];
}

function byteAt(packets: Buffer, position: number): number {
  const byte = packets[position];
  if (byte === undefined) throw notAKey();
  return byte;
}

function notAKey(): ArmorError {
  return new ArmorError("what is in a block is not a public key");
}

/** CRC-24 of RFC 9580, section 6.1.1, as four characters; newer readers ignore it, older ones ask for it. */
function checksumOf(bytes: Buffer): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString("base64");
}
