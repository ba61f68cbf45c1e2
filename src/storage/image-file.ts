import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { StowageError, messageOf } from "../errors.ts";

/** Hexadecimal, lower case. */
export interface FileDigests {
  readonly sha256: string;
  readonly md5: string;
  readonly sha1: string;
}

export interface ImageFileOptions {
  /** The sha256 that somebody said it has: held against the bytes while they are read. */
  readonly expected?: string;
  /** What errors call it, where the file is but a copy. Default: its path. */
  readonly name?: string;
  /** Called with the bytes read so far, while {@link ImageFile.stream} is read. */
  readonly onProgress?: (bytes: number) => void;
}

const CHUNK = 1024 * 1024;
/** A link that somebody put in the image's place is not followed, and a pipe does not block. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * An image on its way into a storage. Its bytes are hashed once: while they are uploaded where it is known what they
 * should be, before where the name has to be found first. The file stays open throughout, so that nobody can
 * put another in its place, and one that changes meanwhile is refused.
 *
 *     const file = await openImageFile("greeting.sif");
 *     const key = { sha256: await file.sha256(), size: file.size, reference };
 */
export class ImageFile {
  /** What errors call it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #modified: number;
  readonly #options: ImageFileOptions;
  #digests: FileDigests | undefined;

  /** Only for {@link openImageFile}. */
  constructor(
    path: string,
    handle: FileHandle,
    stats: { size: number; mtimeMs: number },
    options: ImageFileOptions,
  ) {
    this.path = options.name ?? path;
    this.size = stats.size;
    this.#handle = handle;
    this.#modified = stats.mtimeMs;
    this.#options = options;
  }

  /** What it is said to be, or else what it is. */
  async sha256(): Promise<string> {
    return this.#options.expected ?? (await this.digests()).sha256;
  }

  /** Of the bytes that were read; reads them where nobody has yet. */
  async digests(): Promise<FileDigests> {
    if (!this.#digests) for await (const chunk of this.#read()) void chunk;
    if (!this.#digests) throw new Error("a file that was read to its end has digests");
    return this.#digests;
  }

  /**
   * All bytes, in pieces of 1 MiB. Fails before the last piece where they are not the expected ones, so that no
   * storage ever has them all.
   */
  stream(): Readable {
    return Readable.from(this.#counted(), { objectMode: false, highWaterMark: CHUNK });
  }

  /** Some bytes at a place, fewer at the end of the file. */
  async bytesAt(position: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async *#counted(): AsyncGenerator<Buffer> {
    let count = 0;
    for await (const chunk of this.#read()) {
      yield chunk;
      count += chunk.length;
      this.#options.onProgress?.(count);
    }
  }

  /** Holds the last piece back until it is known that all of them are right. */
  async *#read(): AsyncGenerator<Buffer> {
    const hashes = this.#digests ? undefined : newHashes();
    let held: Buffer | undefined;
    for (let position = 0; position < this.size; position += CHUNK) {
      const chunk = await this.bytesAt(position, Math.min(CHUNK, this.size - position));
      if (hashes) for (const hash of Object.values(hashes)) hash.update(chunk);
      if (held) yield held;
      held = chunk;
    }
    await this.#requireUnchanged();
    if (hashes) this.#keep(hashes);
    if (held) yield held;
  }

  async #requireUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.#handle.stat();
    if (size === this.size && mtimeMs === this.#modified) return;
    throw new StowageError("image", `${this.path}: changed while it was read; wait until it is complete`);
  }

  #keep(hashes: ReturnType<typeof newHashes>): void {
    const digests = {
      sha256: hashes.sha256.digest("hex"),
      md5: hashes.md5.digest("hex"),
      sha1: hashes.sha1.digest("hex"),
    };
    const { expected } = this.#options;
    if (expected !== undefined && digests.sha256 !== expected) {
      throw new StowageError(
        "image",
        `${this.path}: is not the image that was built: its sha256 is ${digests.sha256}, and ${expected} was expected`,
      );
    }
    this.#digests = digests;
  }
}

function newHashes() {
  return { sha256: createHash("sha256"), md5: createHash("md5"), sha1: createHash("sha1") };
}

/** Opens a regular file; whoever opens it closes it. Throws StowageError ("image") where it cannot be read. */
export async function openImageFile(path: string, options: ImageFileOptions = {}): Promise<ImageFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, OPEN_FLAGS);
  } catch (error) {
    throw new StowageError("image", `${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const stats = await handle.stat();
  if (stats.isFile()) return new ImageFile(path, handle, stats, options);
  await handle.close();
  throw new StowageError("image", `${path}: is not a regular file`);
}
