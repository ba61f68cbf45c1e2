import { randomUUID } from "node:crypto";
import { type Stats, createWriteStream } from "node:fs";
import { type FileHandle, chmod, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { type ImageFile, openImageFile } from "./image-file.ts";
import { type ImageKey, objectName } from "./storage.ts";

/** Others may read an image, whatever the umask says: a web server is another user. */
const FILE_MODE = 0o644;

/**
 * A folder of this machine that keeps images as `sha256/<hex>.sif`. It never writes, looks or deletes through a link:
 * the folder is part of a repository, and links in a repository are strangers'.
 *
 * An image is written to `.<hex>.<random>.part` beside its place, so on the same disk, made durable, and then renamed.
 * What a killed run leaves of that is no image to anybody, and the next put of the same image takes it away.
 */
export class ImageFolder {
  readonly #root: string;
  readonly #name: string;

  /** `name` is one segment: the folder below `root`. */
  constructor(root: string, name: string) {
    this.#root = root;
    this.#name = name;
  }

  /** Throws StowageError ("storage") where it cannot be written, ("image") where the file is not the expected one. */
  async put(file: ImageFile, key: ImageKey): Promise<void> {
    try {
      await this.#write(file, key);
    } catch (error) {
      if (error instanceof StowageError) throw error;
      throw new StowageError("storage", `${this.#pathOf(key)}: cannot be written: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async has(key: ImageKey): Promise<boolean> {
    if (!(await this.#isReached(key))) return false;
    const stats = await statsOrNothing(this.#placeOf(key));
    // By its bytes, too: the folder is part of a repository, where anybody may have put a file of this name.
    return stats?.isFile() === true && stats.size === key.size && (await this.#isIntact(key));
  }

  async #isIntact(key: ImageKey): Promise<boolean> {
    const file = await openImageFile(this.#placeOf(key));
    try {
      return (await file.sha256()) === key.sha256;
    } finally {
      await file.close();
    }
  }

  async remove(key: ImageKey): Promise<void> {
    if (!(await this.#isReached(key))) return;
    await rm(this.#placeOf(key), { force: true });
  }

  async #write(file: ImageFile, key: ImageKey): Promise<void> {
    const place = this.#placeOf(key);
    await this.#makeFolders(key);
    await this.#requireNoOther(key);
    const temporary = join(dirname(place), `.${key.sha256}.${randomUUID()}.part`);
    try {
      await writeDurably(file, temporary);
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { force: true });
      // Another run stored the same image meanwhile, and cleaned up.
      if (systemCode(error) === "ENOENT" && (await this.has(key))) return;
      throw error;
    }
    await syncFolder(dirname(place));
    await removeLeftovers(dirname(place), key);
  }

  /** One after the other: a recursive mkdir would make folders behind a link. */
  async #makeFolders(key: ImageKey): Promise<void> {
    for (const folder of this.#foldersOf(key)) {
      await mkdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== "EEXIST") throw error;
      });
      if (isFolder(await statsOrNothing(folder))) continue;
      throw new StowageError(
        "storage",
        `${relative(this.#root, folder)}: is not a folder; images are not stored through links: put a folder in its place`,
      );
    }
  }

  async #requireNoOther(key: ImageKey): Promise<void> {
    const stats = await statsOrNothing(this.#placeOf(key));
    if (!stats || stats.isFile()) return;
    throw new StowageError("storage", `${this.#pathOf(key)}: is not a regular file; take it away`);
  }

  /** Whether every folder on the way to an image is one, and no link to one. */
  async #isReached(key: ImageKey): Promise<boolean> {
    for (const folder of this.#foldersOf(key)) {
      if (!isFolder(await statsOrNothing(folder))) return false;
    }
    return true;
  }

  /** From the outside in. */
  #foldersOf(key: ImageKey): readonly string[] {
    return [join(this.#root, this.#name), dirname(this.#placeOf(key))];
  }

  #placeOf(key: ImageKey): string {
    return join(this.#root, this.#pathOf(key));
  }

  #pathOf(key: ImageKey): string {
    return `${this.#name}/${objectName(key)}`;
  }
}

function isFolder(stats: Stats | undefined): boolean {
  return stats?.isDirectory() === true;
}

/** What is there, links not followed. */
async function statsOrNothing(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw new StowageError("storage", `${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function writeDurably(file: ImageFile, path: string): Promise<void> {
  await pipeline(file.stream(), createWriteStream(path, { flags: "wx", mode: FILE_MODE, flush: true }));
  await chmod(path, FILE_MODE);
}

/** So that the new name survives a power cut, too. */
async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

/** What killed runs left of this image. */
async function removeLeftovers(folder: string, { sha256 }: ImageKey): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(`.${sha256}.`) && name.endsWith(".part"))
      await rm(join(folder, name), { force: true });
  }
}
