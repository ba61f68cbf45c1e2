import { join } from "node:path";
import { StowageError } from "../errors.ts";
import type { NewFile } from "../new-file.ts";
import type { Digest } from "../registry/digest.ts";
import { imagePath } from "../registry/local-images.ts";
import type { ImageRecord } from "../registry/model.ts";
import type { Reference } from "../registry/reference.ts";
import { type Sif, readSif } from "../sif/sif.ts";
import { type ImageFile, type ImageFileOptions, openImageFile } from "../storage/image-file.ts";
import type { Storage } from "../storage/storage.ts";
import { contentsOf } from "./image-contents.ts";

/** An image that shall be published. */
export interface Candidate {
  readonly reference: Reference;
  /** The image's file. */
  readonly image: string;
  /** What it is said to be; it is refused where it is not. */
  readonly expected?: { readonly sha256: string; readonly size: number };
  /** What the record says beside what is read from the image. */
  readonly facts: Partial<Pick<ImageRecord, "recipe" | "builder" | "source">>;
}

/** Told with the bytes that were read, while an image is uploaded. */
export type OnProgress = (bytes: number, size: number) => void;

/** Where images go. */
export interface StoragePlace {
  readonly storage: Storage;
  /** The folder of registry.yml. */
  readonly root: string;
  /** The folder that storage kind `directory` writes below: the same, or one that is gone once all is committed. */
  readonly storageRoot: string;
}

/** An image that is stored. */
export interface StoredImage {
  readonly record: ImageRecord;
  /** What the storage put into the registry itself: committed with the record. */
  readonly files: readonly NewFile[];
}

/**
 * Stores an image where it is not stored yet and returns its record. The bytes are hashed once, while they are uploaded
 * or, where they are not, while they are looked at. Throws StowageError where the image is not what it is said to be.
 */
export async function storeImage(
  candidate: Candidate,
  { storage, root, storageRoot }: StoragePlace,
  onProgress?: OnProgress,
): Promise<StoredImage> {
  return withImage(candidate, onProgress, async (file, sif) => {
    const key = { sha256: await file.sha256(), size: file.size, reference: candidate.reference };
    if (!(await storage.has(key))) await storage.put(file, key);
    const record = await recordOf(file, sif, candidate, storage.url(key));
    if (storage.kind !== "directory") return { record, files: [] };
    const path = imagePath(key.sha256);
    return { record, files: [{ path: join(root, path), source: join(storageRoot, path) }] };
  });
}

/** The record of an image that lies at `url` already; `candidate.image` is a copy of it. */
export async function recordImage(candidate: Candidate, url: string): Promise<ImageRecord> {
  return withImage({ ...candidate, name: url.split("?", 1)[0] ?? "" }, undefined, (file, sif) =>
    recordOf(file, sif, candidate, url),
  );
}

async function withImage<T>(
  { image, expected, name }: Candidate & Pick<ImageFileOptions, "name">,
  onProgress: OnProgress | undefined,
  use: (file: ImageFile, sif: Sif) => Promise<T>,
): Promise<T> {
  const file = await openImageFile(image, {
    ...(expected && { expected: expected.sha256 }),
    ...(name !== undefined && { name }),
    ...(onProgress && { onProgress: (bytes: number) => onProgress(bytes, file.size) }),
  });
  try {
    if (expected && expected.size !== file.size) {
      throw new StowageError("image", `${image}: has ${file.size} bytes, and ${expected.size} were expected`);
    }
    return await use(file, await readSif(file));
  } finally {
    await file.close();
  }
}

async function recordOf(file: ImageFile, sif: Sif, { facts }: Candidate, url: string): Promise<ImageRecord> {
  const { architecture, created, labels } = sif;
  const { sha256, md5, sha1 } = await file.digests();
  const digest = `sha256:${sha256}` as Digest;
  return {
    schema: 2,
    size: file.size,
    digest,
    layers: [{ size: file.size, digest, url }],
    md5,
    sha1,
    labels,
    ...(created !== undefined && { created }),
    ...(architecture !== undefined && { architecture }),
    ...contentsOf(sif),
    ...facts,
  };
}
