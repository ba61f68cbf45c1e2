import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { StorageConfig } from "../src/registry/config.ts";
import { startRegistry, whyNoRegistry } from "../test/support/docker-registry.ts";
import { SWIFT_CREDENTIALS, SWIFT_REGION, startSwift, whyNoSwift } from "../test/support/swift.ts";
import type { PutOrder } from "./put-image.ts";
import { runNode } from "./run-node.ts";

const MIB = 1024 * 1024;
const SIZE = 1024 * MIB;
/** How far memory may rise while an image of any size is stored, in MiB. */
const BOUND = 200;
const PUT_IMAGE = fileURLToPath(new URL("put-image.ts", import.meta.url));
const BUCKET = "bench-images";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
await benchmark();

/**
 * How much memory it takes to store an image of 1 GiB: the peak of a process of its own, above what it had before it
 * loaded the storage. Fails above 200 MiB.
 *
 *     npx tsx bench/upload.ts
 */
async function benchmark(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "image.sif");
  writeFileSync(path, "");
  truncateSync(path, SIZE);
  const order = { root: folder, path, sha256: digestOfZeros() };
  await measure({ ...order, config: { kind: "directory" } });
  await measureS3(order);
  await measureOras(order);
}

async function measureS3(order: Omit<PutOrder, "config">): Promise<void> {
  const reason = whyNoSwift();
  if (reason !== undefined) {
    process.stdout.write(`s3: not measured (${reason})\n`);
    return;
  }
  const swift = await startSwift();
  try {
    Object.assign(process.env, SWIFT_CREDENTIALS);
    const config: StorageConfig = {
      kind: "s3",
      bucket: BUCKET,
      endpoint: swift.endpoint,
      region: SWIFT_REGION,
    };
    const client = new S3Client({ endpoint: swift.endpoint, region: SWIFT_REGION, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await measure({ ...order, config });
  } finally {
    await swift.stop();
  }
}

async function measureOras(order: Omit<PutOrder, "config">): Promise<void> {
  const reason = whyNoRegistry();
  if (reason !== undefined) {
    process.stdout.write(`oras: not measured (${reason})\n`);
    return;
  }
  const registry = await startRegistry();
  try {
    await measure({ ...order, config: { kind: "oras", repository: `${registry.host}/bench` } });
  } finally {
    await registry.stop();
  }
}

async function measure(order: PutOrder): Promise<void> {
  const run = await runNode(["--import", "tsx", PUT_IMAGE, JSON.stringify(order)]);
  const peak = Math.ceil(run.report / 1024);
  const seconds = (run.milliseconds / 1000).toFixed(1);
  process.stdout.write(
    `${order.config.kind}: 1 GiB in ${seconds} s, at most ${peak} MiB above the start (bound: ${BOUND} MiB)\n`,
  );
  if (peak > BOUND) process.exitCode = 1;
}

function digestOfZeros(): string {
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(MIB);
  for (let count = 0; count < SIZE; count += MIB) hash.update(zeros);
  return hash.digest("hex");
}
