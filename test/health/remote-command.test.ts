import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatHealth, parseHealth } from "../../src/registry/health.ts";
import { runCli, startCli } from "../support/cli.ts";
import { registryOf } from "../support/registry.ts";
import { TOOL, digestOf, recordAt } from "../support/remote-check.ts";
import { remoteOf } from "../support/repository.ts";
import { sendBytes, startStorage } from "../support/storage-server.ts";

const BYTES = Buffer.from("some bytes, of which the digest is known");

const check = (root: string, ...args: string[]) =>
  runCli(["check", "--root", root, "--remote", "--private-network", "--json", ...args]);

/** What health.json says, which has to be whole. */
function healthIn(root: string) {
  const text = readFileSync(join(root, "health.json"), "utf8");
  const parsed = parseHealth(text);
  if (!("health" in parsed)) throw new Error(parsed.reason);
  expect(formatHealth(parsed.health)).toBe(text);
  return parsed.health;
}

/** A registry with so many images in a storage. */
const registryWith = (url: string, count: number) =>
  registryOf(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `${TOOL}/v${i}/README.md`,
        recordAt(`${url}/${i}.sif`, BYTES),
      ]),
    ),
  );

describe("stowage check --remote", () => {
  test("keeps what it found in health.json, and fails where an image is gone", async () => {
    const server = await startStorage((request, response) => {
      if (request.url === "/1.sif") response.writeHead(404).end();
      else sendBytes(BYTES, request, response);
    });
    const root = registryWith(server.url, 2);
    const { status, stdout } = await check(root);
    expect(status).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { code: string; file: string }[] };
    expect(findings.filter(({ code }) => code === "image-unreachable")).toMatchObject([
      { file: `${TOOL}/v1/README.md` },
    ]);
    const { checked, images } = healthIn(root);
    expect(checked).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(images).toEqual([
      { url: `${server.url}/0.sif`, digest: digestOf(BYTES), checked },
      {
        url: `${server.url}/1.sif`,
        digest: digestOf(BYTES),
        checked,
        problem: { code: "image-unreachable", reason: "the answer is 404", since: checked },
      },
    ]);
    expect(readdirSync(root).sort()).toEqual(["health.json", "registry"]);
  });

  test("reads a sample where that is asked for, and says when", async () => {
    const server = await startStorage((request, response) => sendBytes(BYTES, request, response));
    const root = registryWith(server.url, 4);
    expect((await check(root, "--digest", "--sample", "50")).status).toBe(0);
    expect(healthIn(root).images.filter(({ verified }) => verified)).toHaveLength(2);
    expect((await check(root, "--digest", "--sample", "50")).status).toBe(0);
    expect(healthIn(root).images.filter(({ verified }) => verified)).toHaveLength(4);
  });

  test("asks for as many at once as it is told", async () => {
    const server = await startStorage((request, response) => {
      setTimeout(() => sendBytes(BYTES, request, response), 5);
    });
    await check(registryWith(server.url, 60), "--concurrency", "20");
    expect(server.mostAtOnce).toBeGreaterThan(8);
    expect(server.mostAtOnce).toBeLessThanOrEqual(20);
  });

  test("in a pull request asks for its images alone, and leaves health.json as it is", async () => {
    const server = await startStorage((request, response) => sendBytes(BYTES, request, response));
    const clone = remoteOf({ [`${TOOL}/old/README.md`]: recordAt(`${server.url}/old.sif`, BYTES) }).clone();
    clone.commit({ [`${TOOL}/1.0/README.md`]: recordAt(`${server.url}/new.sif`, BYTES) });
    const { status } = await check(clone.path, "--changed-from", "origin/main");
    expect(status).toBe(0);
    expect(server.requests).toEqual(["HEAD /new.sif"]);
    expect(existsSync(join(clone.path, "health.json"))).toBe(false);
  });

  test("leaves health.json as it is where nothing can be reached", async () => {
    const root = registryWith("http://127.0.0.1:1", 1);
    const { status, stderr } = await check(root);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stowage: no image can be asked for \(connect ECONNREFUSED 127\.0\.0\.1:1\)/m);
    expect(existsSync(join(root, "health.json"))).toBe(false);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("ended by %s keeps what it found so far", async (signal) => {
    const silent: (() => void)[] = [];
    const waits = new Promise<void>((resolve) => silent.push(resolve));
    const server = await startStorage((request, response) => {
      if (request.url === "/2.sif") silent[0]?.();
      else sendBytes(BYTES, request, response);
    });
    const root = registryWith(server.url, 5);
    const child = startCli(["check", "--root", root, "--remote", "--private-network", "--concurrency", "1"]);
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = once(child, "close");
    await waits;
    child.kill(signal);
    expect(await ended).toEqual([1, null]);
    expect(stderr).toContain("stowage: interrupted; health.json has what was found so far");
    expect(healthIn(root).images.map(({ url }) => url)).toEqual([
      `${server.url}/0.sif`,
      `${server.url}/1.sif`,
    ]);
  });

  test("killed in the middle leaves a whole health.json", async () => {
    const silent: (() => void)[] = [];
    const waits = new Promise<void>((resolve) => silent.push(resolve));
    let isSlow = false;
    const server = await startStorage((request, response) => {
      if (isSlow && request.url === "/2.sif") silent[0]?.();
      else sendBytes(BYTES, request, response);
    });
    const root = registryWith(server.url, 5);
    await check(root);
    const before = healthIn(root);
    isSlow = true;
    const child = startCli(["check", "--root", root, "--remote", "--private-network", "--concurrency", "1"]);
    const ended = once(child, "close");
    await waits;
    child.kill("SIGKILL");
    await ended;
    expect(healthIn(root)).toEqual(before);
  });

  test.each([
    [["--deep"], "--deep belongs to --remote"],
    [["--digest"], "--digest belongs to --remote"],
    [["--concurrency", "4"], "--concurrency belongs to --remote"],
    [["--remote", "--sample", "10"], "--sample belongs to --digest"],
    [["--remote", "--minutes", "10"], "--minutes belongs to --digest"],
    [["--remote", "--digest", "--minutes", "0"], "Expected a number from 1 to 1440"],
    [["--remote", "--digest", "--sample", "0"], "Expected a percentage"],
    [["--remote", "--digest", "--sample", "101"], "Expected a percentage"],
    [["--remote", "--digest", "--sample", "ten"], "Expected a percentage"],
    [["--remote", "--concurrency", "0"], "Expected a number from 1 to 1024"],
    [["--remote", "--concurrency", "1e9"], "Expected a number from 1 to 1024"],
    [["--images"], "unknown option '--images'"],
  ])("refuses %j as wrong usage", async (args, message) => {
    const { status, stderr } = await runCli([
      "check",
      "--root",
      registryWith("http://a.invalid", 1),
      ...args,
    ]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) as string });
  });
});
