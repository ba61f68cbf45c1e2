import { writeSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
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

/** In milliseconds: what was read by then is on its way, or has arrived. */
const TIME_TO_SEND = 300;

/** Puts an image of which no more than half can be read, says `half`, and waits there to be killed. */
async function putHalf({ config, context, path, key }: Order): Promise<void> {
  const file = await openImageFile(path, { expected: key.sha256 });
  const whole = file.stream();
  const storage = await openStorage(config, context);
  await storage.put(Object.assign(file, { stream: () => Readable.from(firstHalf(whole, key.size)) }), key);
}

async function* firstHalf(whole: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const chunk of whole) {
    yield chunk;
    count += chunk.length;
    if (count > size / 2) await stall();
  }
}

async function stall(): Promise<never> {
  await setTimeout(TIME_TO_SEND);
  writeSync(1, "half\n");
  // Something has to be waited for, or else the process ends by itself.
  for (;;) await setTimeout(60_000);
}

await putHalf(JSON.parse(process.env["STOWAGE_KILLED_PUT"] ?? "") as Order);
