import { writeSync } from "node:fs";
import type { StorageConfig } from "../../src/registry/config.ts";
import { openImageFile } from "../../src/storage/image-file.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import type { ImageKey, StorageContext } from "../../src/storage/storage.ts";

/** What the contract of storages hands to this program. */
interface Order {
  readonly config: StorageConfig;
  readonly context: StorageContext;
  readonly path: string;
  readonly key: ImageKey;
}

/** Puts an image, says `half` when half of it was read and sent on, and waits there to be killed. */
async function putHalf({ config, context, path, key }: Order): Promise<void> {
  const onProgress = (count: number) => {
    if (count <= key.size / 2) return;
    writeSync(1, "half\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const storage = await openStorage(config, context);
  await storage.put(await openImageFile(path, { expected: key.sha256, onProgress }), key);
}

await putHalf(JSON.parse(process.env["STOWAGE_KILLED_PUT"] ?? "") as Order);
