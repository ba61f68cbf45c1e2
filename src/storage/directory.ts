import type { StorageConfig } from "../registry/config.ts";
import { imagePath } from "../registry/local-images.ts";
import { ImageFolder } from "./image-folder.ts";
import type { Storage, StorageContext } from "./storage.ts";

type DirectoryConfig = Extract<StorageConfig, { kind: "directory" }>;

/** What {@link imagePath} begins with. */
const FOLDER = "images";

/**
 * Keeps images beside registry.yml, where the site finds and serves them. The address that goes into the record is a
 * path: the site puts its own address before it, so the registry can move.
 *
 *     images/sha256/3e8e….sif
 */
export function openDirectory({ kind }: DirectoryConfig, { root }: StorageContext): Storage {
  const folder = new ImageFolder(root, FOLDER);
  return {
    kind,
    put: (file, key) => folder.put(file, key),
    has: (key) => folder.has(key),
    url: ({ sha256 }) => imagePath(sha256),
    remove: (key) => folder.remove(key),
  };
}
