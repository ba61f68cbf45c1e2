import type { Reference } from "../registry/reference.ts";
import type { StorageConfig } from "../registry/config.ts";
import type { ImageFile } from "./image-file.ts";

type StorageKind = StorageConfig["kind"];

/** What a storage knows an image by. The same bytes are one object, whatever they are called. */
export interface ImageKey {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** A registry of containers keeps an image below its name; other storages take no notice. */
  readonly reference: Reference;
}

/**
 * Keeps images. Objects are named by their content, so that putting the same image twice is one object, and an
 * object never changes. `openStorage` makes one of what registry.yml says.
 *
 *     const storage = await openStorage({ kind: "s3", bucket: "lab-images" }, { root: ".", env: process.env });
 *     if (!(await storage.has(key))) await storage.put(file, key);
 *     storage.url(key)   // "https://lab-images.s3.us-east-1.amazonaws.com/sha256/3e8e….sif"
 */
export interface Storage {
  readonly kind: StorageKind;
  /**
   * Stores a file of which {@link ImageFile.sha256} is `key.sha256`. Nothing is there under its final name before all
   * of it is; after an interruption the next call begins again. Throws StowageError ("storage") naming the service's
   * own reason.
   */
  put(file: ImageFile, key: ImageKey): Promise<void>;
  /** Whether the whole image is there, with its size. */
  has(key: ImageKey): Promise<boolean>;
  /** Where anybody fetches it: what the record says. Asks nobody. */
  url(key: ImageKey): string;
  /** An address that works for so many seconds (a week at most), for a bucket that is not public. */
  presign?(key: ImageKey, seconds: number): Promise<string>;
  /** Takes the image away; nothing happens where it is not there. */
  remove?(key: ImageKey): Promise<void>;
}

/** What opening a storage may look at. */
export interface StorageContext {
  /** The folder of registry.yml. */
  readonly root: string;
  /** Where tokens and passwords stand. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `sha256/<hex>.sif`: the name of an image's object. */
export function objectName({ sha256 }: ImageKey): string {
  return `sha256/${sha256}.sif`;
}

/** The media type of a SIF file, as ORAS and the library name it. */
export { LAYER_TYPE as SIF_TYPE } from "../oci/manifest.ts";
