import { existsSync, readFileSync, writeSync } from "node:fs";
import type { StorageConfig } from "../src/registry/config.ts";
import { parseReference } from "../src/registry/reference.ts";
import { openImageFile } from "../src/storage/image-file.ts";
import { openStorage } from "../src/storage/open-storage.ts";

/** What the benchmark hands to the process that it measures. */
export interface PutOrder {
  readonly config: StorageConfig;
  readonly root: string;
  readonly path: string;
  readonly sha256: string;
}

const STATUS = "/proc/self/status";

/** In KiB. On Linux the kernel's VmHWM: what getrusage says may be the memory of the program that started this one. */
function peakMemory(): number {
  const line = existsSync(STATUS) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, "utf8")) : null;
  return line ? Number(line[1]) : process.resourceUsage().maxRSS;
}

/** Stores an image; how far memory rose above what it was at the start, in KiB, goes to descriptor 3. */
async function putImage({ config, root, path, sha256 }: PutOrder): Promise<void> {
  const start = process.memoryUsage.rss() / 1024;
  const storage = await openStorage(config, { root, env: process.env });
  const file = await openImageFile(path, { expected: sha256 });
  const key = { sha256, size: file.size, reference: parseReference("bench/image:latest") };
  await storage.put(file, key);
  await file.close();
  if (!(await storage.has(key))) throw new Error(`${config.kind} does not have the image`);
  writeSync(3, String(Math.max(0, Math.round(peakMemory() - start))));
}

await putImage(JSON.parse(process.argv[2] ?? "") as PutOrder);
