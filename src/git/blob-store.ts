import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StowageError } from "../errors.ts";
import { askGit } from "./git.ts";
import { gitToFile } from "./stream.ts";

interface Place {
  readonly offset: number;
  readonly size: number;
}

/**
 * Contents of files as git has them, in a temporary file instead of in memory: a registry of ten thousand collections
 * has hundreds of megabytes of them. That file has no name any more while it is read, so that nothing of it stays,
 * however this process ends.
 */
export class BlobStore {
  readonly #descriptor: number;
  readonly #places: Map<string, Place>;

  private constructor(descriptor: number, places: Map<string, Place>) {
    this.#descriptor = descriptor;
    this.#places = places;
  }

  /** Reads those that are there and no larger than `limit` bytes. Throws StowageError ("git"). */
  static async read(directory: string, ids: ReadonlySet<string>, limit: number): Promise<BlobStore> {
    const { places, total } = placesOf(await sizesOf(directory, ids), limit);
    const descriptor = openNameless();
    try {
      const input = linesOf(places.keys());
      if (places.size > 0) await gitToFile(directory, ["cat-file", "--batch", "--buffer"], input, descriptor);
      if (fstatSync(descriptor).size !== total)
        throw new StowageError("git", "git cat-file: not all was read");
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    return new BlobStore(descriptor, places);
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** Undefined where it was not there, or too large. */
  bytes(id: string): Buffer | undefined {
    const place = this.#places.get(id);
    if (!place) return undefined;
    const bytes = Buffer.allocUnsafe(place.size);
    readSync(this.#descriptor, bytes, 0, place.size, place.offset);
    return bytes;
  }

  /** From then on it holds nothing. */
  close(): void {
    this.#places.clear();
    closeSync(this.#descriptor);
  }
}

/** The sizes of blobs in bytes, asked for before their contents: one may be larger than memory. */
async function sizesOf(directory: string, ids: ReadonlySet<string>): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  if (ids.size === 0) return sizes;
  const args = ["cat-file", "--batch-check", "--buffer"];
  const { stdout } = await askGit(directory, args, { input: linesOf(ids), encoding: "latin1" });
  for (const line of stdout.split("\n")) {
    const [, id, size] = /^([0-9a-f]{40,64}) blob (\d+)$/.exec(line) ?? [];
    if (id !== undefined) sizes.set(id, Number(size));
  }
  return sizes;
}

/** Where each will stand: behind a line `<id> blob <size>`, with a line end behind it. */
function placesOf(
  sizes: ReadonlyMap<string, number>,
  limit: number,
): { places: Map<string, Place>; total: number } {
  const places = new Map<string, Place>();
  let total = 0;
  for (const [id, size] of sizes) {
    if (size > limit) continue;
    const offset = total + `${id} blob ${size}\n`.length;
    places.set(id, { offset, size });
    total = offset + size + 1;
  }
  return { places, total };
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), "stowage-history-"));
  try {
    return openSync(join(folder, "blobs"), "wx+", 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf(ids: Iterable<string>): string {
  return [...ids].map((id) => `${id}\n`).join("");
}
