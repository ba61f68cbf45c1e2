import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./web-server.ts";

/** What Debian has in swift-proxy, swift-account, swift-container, swift-object (and swift, which they need). */
const PROGRAMS = [
  "swift-ring-builder",
  "swift-account-server",
  "swift-container-server",
  "swift-object-server",
  "swift-proxy-server",
] as const;

/** Who may do anything: an account of these servers alone, whose password is no secret. */
export const SWIFT_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "test:tester",
  AWS_SECRET_ACCESS_KEY: "what-the-tests-know",
} as const;
export const SWIFT_REGION = "us-east-1";

const PARTS = ["account", "container", "object"] as const;
/** In milliseconds: Python starts slowly on a machine that is busy with other tests. */
const PATIENCE = 40_000;

/** Why tests with a real S3 server are skipped; undefined where they run. STOWAGE_TEST_SERVERS=required insists. */
export function whyNoSwift(): string | undefined {
  for (const program of PROGRAMS) {
    try {
      execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    } catch (error) {
      if (process.env["STOWAGE_TEST_SERVERS"] === "required") throw error;
      return `${program} is not on PATH`;
    }
  }
  return undefined;
}

/** OpenStack Swift with its S3 API: four processes of one object store that keeps everything in one folder. */
export interface Swift {
  /** Where it speaks S3, and its own API below /v1/. */
  readonly endpoint: string;
  /** Where anybody reads the objects of a bucket that is public, without a slash at its end. */
  publicUrl(bucket: string): string;
  stop(): Promise<void>;
}

/** Starts it on free ports of this machine alone; it ends when told, or with this process. */
export async function startSwift(): Promise<Swift> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-swift-"));
  const children: ChildProcess[] = [];
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeFolder);
  const stop = async () => {
    await Promise.all(children.map(end));
    removeFolder();
    process.off("exit", removeFolder);
  };
  try {
    const ports = { account: await freePort(), container: await freePort(), object: await freePort() };
    const proxyPort = await freePort();
    writeConfiguration(folder, { ...ports, proxy: proxyPort });
    await Promise.all(PARTS.map((part) => makeRing(folder, part, ports[part])));
    for (const part of [...PARTS, "proxy"] as const) children.push(startServer(folder, part));
    await Promise.all([...Object.values(ports), proxyPort].map((port) => answering(port, children)));
    const endpoint = `http://127.0.0.1:${proxyPort}`;
    return { endpoint, publicUrl: (bucket) => `${endpoint}/v1/AUTH_test/${bucket}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One device, one copy of everything. */
async function makeRing(folder: string, part: string, port: number): Promise<void> {
  const builder = join(folder, `${part}.builder`);
  const run = (...args: readonly string[]) =>
    promisify(execFile)("swift-ring-builder", [builder, ...args], { cwd: folder, timeout: PATIENCE });
  await run("create", "1", "1", "0");
  await run("add", `r1z1-127.0.0.1:${port}/disk`, "1");
  await run("rebalance");
}

function startServer(folder: string, part: string): ChildProcess {
  // -v: its log goes to stdout instead of syslog.
  const child = spawn(`swift-${part}-server`, [join(folder, `${part}-server.conf`), "-v"], {
    cwd: folder,
    stdio: ["ignore", "ignore", process.env["STOWAGE_TEST_SWIFT_LOG"] ? "inherit" : "ignore"],
  });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("close", () => process.off("exit", killWithUs));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

/** Asks until it says that it is well. */
async function answering(port: number, children: readonly ChildProcess[]): Promise<void> {
  const deadline = AbortSignal.timeout(PATIENCE);
  for (;;) {
    const ended = children.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    if (ended) throw new Error(`${ended.spawnfile} ended with ${ended.exitCode ?? ended.signalCode}`);
    deadline.throwIfAborted();
    try {
      const { ok } = await fetch(`http://127.0.0.1:${port}/healthcheck`, { signal: deadline });
      if (ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

type Ports = Readonly<Record<(typeof PARTS)[number] | "proxy", number>>;

function writeConfiguration(folder: string, ports: Ports): void {
  mkdirSync(join(folder, "devices/disk"), { recursive: true });
  writeFileSync(
    join(folder, "swift.conf"),
    "[swift-hash]\nswift_hash_path_prefix = stowage\nswift_hash_path_suffix = stowage\n[storage-policy:0]\nname = gold\ndefault = yes\n",
  );
  for (const part of PARTS) {
    writeFileSync(join(folder, `${part}-server.conf`), storeConfiguration(folder, part, ports[part]));
  }
  writeFileSync(join(folder, "proxy-server.conf"), proxyConfiguration(folder, ports.proxy));
}

/** `workers = 0`: no process but the one that is ended. */
function commonConfiguration(folder: string, port: number): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
devices = ${join(folder, "devices")}
mount_check = false
fallocate_reserve = 0
log_level = WARNING
`;
}

function storeConfiguration(folder: string, part: string, port: number): string {
  return `${commonConfiguration(folder, port)}
[pipeline:main]
pipeline = healthcheck ${part}-server
[app:${part}-server]
use = egg:swift#${part}
[filter:healthcheck]
use = egg:swift#healthcheck
`;
}

/**
 * Without memcached: only tokens of its own API need one, and signatures of S3 do not. But there has to be a client of
 * one, so it gets a port that nobody answers on, and every request does without.
 */
function proxyConfiguration(folder: string, port: number): string {
  return `${commonConfiguration(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache bulk s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:s3api]
use = egg:swift#s3api
location = ${SWIFT_REGION}
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = ${SWIFT_CREDENTIALS.AWS_SECRET_ACCESS_KEY} .admin
`;
}
