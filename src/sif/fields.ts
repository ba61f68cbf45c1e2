/** The fields of a packed, little-endian structure. */
export class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(at: number): number {
    return this.#view.getUint8(at);
  }

  int32(at: number): number {
    return this.#view.getInt32(at, true);
  }

  uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  int64(at: number): bigint {
    return this.#view.getBigInt64(at, true);
  }

  /** A text that ends at its first zero byte. */
  text(at: number, length: number): string {
    const bytes = this.bytes(at, length);
    const end = bytes.indexOf(0);
    return decodeText(end === -1 ? bytes : bytes.subarray(0, end));
  }

  bytes(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, at + length);
  }

  /** Seconds since 1970 as RFC 3339; a time before 1990 or after 2200 is none. */
  time(at: number): string | undefined {
    const seconds = this.int64(at);
    if (seconds < 631_152_000n || seconds > 7_258_118_400n) return undefined;
    return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
  }
}

/** Bytes as UTF-8; what is none becomes U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Hexadecimal, lower case. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
