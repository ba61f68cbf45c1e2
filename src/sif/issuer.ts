import { hexOf } from "./fields.ts";

const SIGNATURE_PACKET = 2;
const ISSUER_FINGERPRINT = 33;
/** The version of signatures that all clients of this family make, and of the keys that they name. */
const VERSION = 4;
/** Version, type, two algorithms, and the length of what follows. */
const HASHED_SUBPACKETS = 6;

/**
 * The fingerprint that an OpenPGP signature itself gives as its maker's (RFC 9580, section 5.2.3.35), in upper-case
 * hexadecimal digits; undefined where it does not say. Nobody has proved it.
 */
export function issuerOf(packets: Uint8Array): string | undefined {
  const body = signatureBody(packets);
  if (body?.[0] !== VERSION) return undefined;
  const length = bigEndian(body.subarray(4, HASHED_SUBPACKETS));
  let rest = body.subarray(HASHED_SUBPACKETS, HASHED_SUBPACKETS + length);
  while (rest.length > 0) {
    const [start, size] = packetLength(rest);
    const subpacket = rest.subarray(start, start + size);
    if (subpacket[0] === ISSUER_FINGERPRINT && subpacket[1] === VERSION)
      return hexOf(subpacket.subarray(2)).toUpperCase();
    rest = rest.subarray(start + size);
  }
  return undefined;
}

/** What is in the first packet, if it is a signature. */
function signatureBody(packets: Uint8Array): Uint8Array | undefined {
  const [header = 0] = packets;
  const isNew = (header & 0xc0) === 0xc0;
  const kind = isNew ? header & 0x3f : (header >> 2) & 0x0f;
  if (header < 0x80 || kind !== SIGNATURE_PACKET) return undefined;
  const rest = packets.subarray(1);
  if (!isNew) return rest.subarray(2 ** (header & 3));
  const [start, size] = packetLength(rest);
  return rest.subarray(start, start + size);
}

/** Bytes that a length takes, and the length: of packets of the new format, and of subpackets. */
function packetLength(bytes: Uint8Array): [start: number, size: number] {
  const [first = 0, second = 0] = bytes;
  if (first < 192) return [1, first];
  if (first < 255) return [2, (first - 192) * 256 + second + 192];
  return [5, bigEndian(bytes.subarray(1, 5))];
}

function bigEndian(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
