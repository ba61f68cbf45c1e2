import { createReadStream } from "node:fs";
import { join } from "node:path";
import { StowageError } from "../errors.ts";
import { isLocalImage } from "../registry/local-images.ts";
import { type RemoteOptions, fetchImage } from "../storage/remote-image.ts";

export interface OpenOptions extends RemoteOptions {
  /** The folder of registry.yml. */
  readonly root: string;
}

/** The bytes of an image, wherever it lies. Throws what is wrong, without the address, which whoever tells it has. */
export async function* openImage(url: string, options: OpenOptions): AsyncGenerator<Buffer> {
  try {
    if (isLocalImage(url)) yield* createReadStream(join(options.root, url)) as AsyncIterable<Buffer>;
    else yield* fetchImage(url, options);
  } catch (error) {
    throw error instanceof StowageError ? (error.cause ?? error) : error;
  }
}

/** The first bytes of an image; nothing behind them is transferred that was not on its way. */
export async function beginningOf(chunks: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    kept.push(chunk);
    size += chunk.length;
    if (size > length) break;
  }
  return Buffer.concat(kept).subarray(0, length);
}
