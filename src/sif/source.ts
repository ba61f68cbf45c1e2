/** Bytes that can be asked for at any place: a file, or what answers for one. */
export interface SifSource {
  /** What errors call it. */
  readonly path: string;
  /** Bytes; undefined where nobody says. */
  readonly size: number | undefined;
  /** Fewer bytes at the end of the file. */
  bytesAt(position: number, length: number): Promise<Uint8Array>;
  /** Whether these bytes can be had without transferring more than is allowed. Absent: all can. */
  canGive?(position: number, length: number): boolean;
}

/** An image that is in memory. */
export function bufferSource(bytes: Uint8Array, path = "the image"): SifSource {
  return {
    path,
    size: bytes.length,
    bytesAt: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
  };
}
