import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseReference } from "../../src/registry/reference.ts";
import { openImageFile } from "../../src/storage/image-file.ts";
import type { ImageKey, Storage } from "../../src/storage/storage.ts";
import { temporaryFolder } from "./registry.ts";

/** An image on this machine, and what a storage knows it by. */
interface Stored {
  readonly path: string;
  readonly key: ImageKey;
}

export function imageAt(path: string, reference: string): Stored {
  const bytes = readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, key: { sha256, size: bytes.length, reference: parseReference(reference) } };
}

/** Bytes that nobody has stored yet. */
export function newImage(reference: string, size = 1000): Stored {
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, randomBytes(size));
  return imageAt(path, reference);
}

export async function put(storage: Storage, { path, key }: Stored, expected = key.sha256): Promise<void> {
  const file = await openImageFile(path, { expected });
  try {
    await storage.put(file, key);
  } finally {
    await file.close();
  }
}
