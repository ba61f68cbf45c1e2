import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { checkRemote } from "../src/health/check-remote.ts";
import type { Digest, Registry } from "../src/index.ts";
import { formatHealth } from "../src/registry/health.ts";
import type { CollectionName, TagName } from "../src/registry/reference.ts";
import { median } from "./measure.ts";

const OBJECTS = 10_000;
const SIZE = 1_048_576;
/** At one host, as many at once as there are; and as many as one host gets where nobody says more. */
const CONCURRENCY = [32, 8];
const RUNS = 5;
/** What the check may take of the time of bare requests. */
const BOUND = 1.5;

await benchmark();

/**
 * How long it takes to ask for 10,000 images on a loopback server, beside as many bare requests over connections that
 * stay open: both from this process, in turn, as many at once. Fails where the median is above 1.5 times that.
 *
 *     npx tsx bench/remote.ts
 */
async function benchmark(): Promise<void> {
  const server = fork(fileURLToPath(new URL("image-server.ts", import.meta.url)));
  try {
    const [port] = (await once(server, "message")) as [number];
    for (const concurrency of CONCURRENCY) await compare(`http://127.0.0.1:${port}`, concurrency);
    const peak = Math.ceil(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`memory: at most ${peak} MiB, with the registry of ${OBJECTS} images\n`);
  } finally {
    end(server);
  }
}

function end(server: ChildProcess): void {
  if (server.connected) server.disconnect();
}

async function compare(origin: string, concurrency: number): Promise<void> {
  const urls = Array.from({ length: OBJECTS }, (_, index) => `${origin}/images/${index}.sif`);
  const registry = registryOf(urls);
  const ratios: number[] = [];
  // The first of each is for the compiler.
  for (let run = -1; run < RUNS; run++) {
    const bare = await timed(() => askBare(urls, concurrency));
    const check = await timed(() => askAll(registry, concurrency));
    if (run < 0) continue;
    ratios.push(check / bare);
    const figures = `bare ${bare.toFixed(0)} ms, check ${check.toFixed(0)} ms`;
    process.stdout.write(`${concurrency} at once: ${figures}, ${(check / bare).toFixed(2)} x\n`);
  }
  process.stdout.write(`${concurrency} at once: median ${median(ratios).toFixed(2)} x (bound: ${BOUND} x)\n`);
  if (median(ratios) > BOUND) process.exitCode = 1;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Nothing but HEAD and its answer. */
async function askBare(urls: readonly string[], concurrency: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let next = 0;
  const askOne = (url: string) =>
    new Promise<void>((resolve, reject) => {
      const asking = request(url, { method: "HEAD", agent }, (response) => {
        response.resume().once("end", resolve);
      });
      asking.once("error", reject).end();
    });
  const worker = async () => {
    for (let url = urls[next++]; url !== undefined; url = urls[next++]) await askOne(url);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
}

/** All that `stowage check --remote` does, but for reading the tree. */
async function askAll(registry: Registry, concurrency: number): Promise<void> {
  let written = "";
  const findings = await checkRemote(registry, {
    root: ".",
    now: "2026-11-20T12:00:00Z",
    concurrency,
    perHost: concurrency,
    save: (health) => (written = formatHealth(health)),
  });
  if (findings.length > 0 || written.split("\n").length < OBJECTS)
    throw new Error("not every image was found");
}

function registryOf(urls: readonly string[]): Registry {
  const tags = urls.map((url, index) => {
    const digest = `sha256:${index.toString(16).padStart(64, "0")}` as Digest;
    return {
      name: `v${index}` as TagName,
      folder: `registry/lab/tool/manifests/v${index}`,
      record: { schema: 2 as const, size: SIZE, digest, layers: [{ size: SIZE, digest, url }] },
      isFrozen: false,
      isLink: false,
      hasBuildScript: false,
      hasLog: false,
      status: "built" as const,
    };
  });
  const name = "lab/tool" as CollectionName;
  const folder = "registry/lab/tool";
  const collection = { name, folder, isPrivate: false, owners: [], topics: [], readme: "", tags };
  return {
    config: { protocols: [] } as unknown as Registry["config"],
    collections: [collection],
    images: new Map(),
    findings: [],
  };
}
