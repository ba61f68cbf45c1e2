import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/registry/digest.ts";
import type { Health, ImageHealth } from "../../src/registry/health.ts";
import { sampleOf } from "../../src/health/sample.ts";
import { registryOf } from "../support/registry.ts";
import { HASTE, NOW, TOOL, checkRecords, checkRoot, digestOf, recordAt } from "../support/remote-check.ts";
import { sendBytes, startStorage } from "../support/storage-server.ts";

const BYTES = Buffer.from("some bytes, of which the digest is known");
const OTHER = Buffer.from("SOME BYTES, of which the digest is known");
const LATER = "2026-11-21T12:00:00Z";
const LATEST = "2026-11-22T12:00:00Z";

/** A storage whose answers a test changes. */
async function changing() {
  const state = { status: 200, bytes: BYTES };
  const server = await startStorage((request, response) => {
    if (state.status === 200) sendBytes(state.bytes, request, response);
    else response.writeHead(state.status).end();
  });
  const records = { "1.0": recordAt(`${server.url}/image.sif`, BYTES) };
  return { state, server, records };
}

describe("an image that fails", () => {
  test("does so since the first check that found it, whatever is wrong, until it is well", async () => {
    const { state, records } = await changing();
    state.status = 404;
    const first = await checkRecords(records);
    state.status = 200;
    state.bytes = Buffer.alloc(7);
    const second = await checkRecords(records, { now: LATER, earlier: first.health });
    expect(second.health?.images[0]?.problem).toMatchObject({ code: "image-size", since: NOW });
    state.bytes = BYTES;
    const third = await checkRecords(records, { now: LATEST, earlier: second.health });
    expect(third.health?.images[0]?.problem).toBeUndefined();
    state.status = 404;
    const fourth = await checkRecords(records, { now: LATEST, earlier: third.health });
    expect(fourth.health?.images[0]?.problem).toMatchObject({ code: "image-unreachable", since: LATEST });
  });

  test("is forgotten when no record names it any more", async () => {
    const { state, records, server } = await changing();
    state.status = 404;
    const { health } = await checkRecords(records);
    const others = { "1.0": recordAt(`${server.url}/other.sif`, BYTES) };
    const second = await checkRecords(others, { now: LATER, earlier: health });
    expect(second.health?.images.map(({ url }) => url)).toEqual([`${server.url}/other.sif`]);
  });

  test("is nobody's while a pull request is checked", async () => {
    const { state, records } = await changing();
    state.status = 404;
    const changed = new Set([`${TOOL}/1.0/README.md`]);
    expect(await checkRecords(records, { changed })).toMatchObject({
      findings: [{ code: "image-unreachable" }],
      health: undefined,
    });
    expect((await checkRecords(records, { changed: new Set(["README.md"]) })).findings).toEqual([]);
  });
});

describe("an image that is read", () => {
  test("is verified, and stays so by its day", async () => {
    const { server, records } = await changing();
    const first = await checkRecords(records, { digestPercent: 100 });
    expect(server.requests).toEqual(["HEAD /image.sif", "GET /image.sif"]);
    expect(first.health?.images).toMatchObject([{ verified: NOW, checked: NOW }]);
    const second = await checkRecords(records, { now: LATER, earlier: first.health });
    expect(second.health?.images).toMatchObject([{ verified: NOW, checked: LATER }]);
  });

  test("and is another is told of by every check, until it is read again", async () => {
    const { state, records } = await changing();
    const verified = await checkRecords(records, { digestPercent: 100 });
    state.bytes = OTHER;
    const first = await checkRecords(records, { digestPercent: 100, now: LATER, earlier: verified.health });
    const found = { digest: digestOf(BYTES), found: digestOf(OTHER) };
    expect(first.findings).toMatchObject([{ code: "image-differs", args: found }]);
    expect(first.health?.images[0]).not.toHaveProperty("verified");
    state.bytes = BYTES;
    const second = await checkRecords(records, { now: LATEST, earlier: first.health });
    expect(second.findings).toEqual(first.findings);
    expect(second.health?.images[0]?.problem).toMatchObject({ since: LATER });
    const third = await checkRecords(records, { digestPercent: 1, now: LATEST, earlier: second.health });
    expect(third.findings).toEqual([]);
    expect(third.health?.images).toMatchObject([{ verified: LATEST }]);
  });

  test("is not read where its size is wrong already", async () => {
    const { state, server, records } = await changing();
    state.bytes = Buffer.alloc(7);
    await checkRecords(records, { digestPercent: 100 });
    expect(server.requests).toEqual(["HEAD /image.sif"]);
  });

  test("is read again where its transfer broke off", async () => {
    let count = 0;
    const server = await startStorage((request, response) => {
      if (request.method === "GET" && count++ === 0) {
        response.writeHead(200, { "content-length": BYTES.length });
        response.write("some", () => response.destroy());
      } else sendBytes(BYTES, request, response);
    });
    const records = { "1.0": recordAt(`${server.url}/image.sif`, BYTES) };
    expect((await checkRecords(records, { digestPercent: 100 })).findings).toEqual([]);
  });

  /** Records of an image that comes a byte at a time, and of one that comes at once. */
  async function slowAndFast() {
    const server = await startStorage((request, response) => {
      if (request.method === "HEAD" || request.url === "/fast.sif")
        return sendBytes(BYTES, request, response);
      response.writeHead(200, { "content-length": BYTES.length });
      const dribble = setInterval(() => response.write("s"), 100);
      response.on("close", () => clearInterval(dribble));
    });
    return {
      "1.0": recordAt(`${server.url}/fast.sif`, BYTES),
      "2.0": recordAt(`${server.url}/slow.sif`, BYTES),
    };
  }

  test("is left for the next time where the time is over", async () => {
    const records = await slowAndFast();
    const { findings, health } = await checkRecords(records, { digestPercent: 100, readFor: 1500 });
    expect(findings).toEqual([]);
    const [fast, slow] = health?.images ?? [];
    expect(fast).toMatchObject({ checked: NOW, verified: NOW });
    expect(slow).toEqual({ url: slow?.url, digest: digestOf(BYTES), checked: NOW });
  });

  test("and comes a byte at a time is given up", async () => {
    const { health } = await checkRecords(await slowAndFast(), { digestPercent: 100, grace: 300 });
    expect(health?.images).toMatchObject([
      { verified: NOW },
      { problem: { reason: "the server sends less than 16.0 KiB a second" } },
    ]);
  });

  test("may have a digest of another kind, or one that nobody can compute", async () => {
    const { server } = await changing();
    const url = `${server.url}/image.sif`;
    const digest = (name: string, hex: string) => ({
      "1.0": `---\nsize: 40\ndigest: ${name}:${hex}\nlayers:\n- size: 40\n  digest: "${name}:${hex}"\n  url: "${url}"\n---\n`,
    });
    const sha1 = createHash("sha1").update(BYTES).digest("hex").toUpperCase();
    expect((await checkRecords(digest("sha1", sha1), { digestPercent: 100 })).findings).toEqual([]);
    const unknown = await checkRecords(digest("blake9", sha1), { digestPercent: 100 });
    expect(unknown.findings).toMatchObject([
      { args: { reason: "blake9 is no digest that can be computed" } },
    ]);
  });
});

describe("an image of the registry itself", () => {
  const local = `images/sha256/${digestOf(BYTES).slice("sha256:".length)}.sif`;
  const files = { [`${TOOL}/1.0/README.md`]: recordAt(local, BYTES), [local]: BYTES };

  test("is asked for on the disk, and read where that is wanted", async () => {
    const root = registryOf(files);
    expect((await checkRoot(root)).health).toEqual({
      checked: NOW,
      images: [{ url: local, digest: digestOf(BYTES), checked: NOW }],
    });
    expect((await checkRoot(root, { digestPercent: 100 })).health?.images).toMatchObject([{ verified: NOW }]);
    writeFileSync(join(root, local), OTHER);
    const { findings } = await checkRoot(root, { digestPercent: 100 });
    expect(findings).toMatchObject([{ code: "image-differs", args: { image: local } }]);
    expect((await checkRoot(root, { isDeep: true })).findings).toMatchObject([{ code: "image-not-sif" }]);
  });

  test("has no second finding where the tree's own tells it, but a place in health.json", async () => {
    const root = registryOf({ [`${TOOL}/1.0/README.md`]: recordAt(local, BYTES) });
    const { findings, health } = await checkRoot(root, { digestPercent: 100, isDeep: true });
    expect(findings).toEqual([]);
    expect(health?.images).toMatchObject([{ problem: { reason: "it is not there" } }]);
  });

  test("is not believed by its name", async () => {
    const root = registryOf({ ...files, [local]: BYTES.subarray(1) });
    const { findings, health } = await checkRoot(root, { digestPercent: 100 });
    expect(findings).toEqual([]);
    expect(health?.images).toMatchObject([{ problem: { code: "image-size" } }]);
  });
});

describe("a sample", () => {
  const urls = Array.from({ length: 10 }, (_, index) => `https://a.org/${index}.sif`);
  const named = (url: string) => ({
    url,
    digest: digestOf(Buffer.from(url)) as Digest,
    claims: [],
  });
  const images = urls.map(named);
  const dated = (verified: Readonly<Record<number, string>>) => (image: { url: string }) => {
    const time = verified[urls.indexOf(image.url)];
    return time === undefined ? undefined : ({ verified: time } as ImageHealth);
  };

  test("is of those that were never read, in the order of their digests, then of those read longest ago", () => {
    const verified = { 0: "2026-03-01T00:00:00Z", 1: "2026-01-01T00:00:00+09:00", 2: "2025-12-31T23:00:00Z" };
    const order = sampleOf(images, dated(verified), { percent: 100, count: 10 }).map(({ url }) =>
      urls.indexOf(url),
    );
    expect(order.slice(7)).toEqual([1, 2, 0]);
    const digests = order.slice(0, 7).map((index) => String(images[index]?.digest));
    expect(digests).toEqual(digests.toSorted((a, b) => (a < b ? -1 : 1)));
    const backwards = sampleOf(images.toReversed(), dated(verified), { percent: 100, count: 10 });
    expect(backwards.map(({ url }) => urls.indexOf(url))).toEqual(order);
  });

  test.each([
    [10, 1],
    [11, 2],
    [0.1, 1],
    [100, 10],
  ])("of %d percent of 10 is %d", (percent, count) => {
    expect(sampleOf(images, dated({}), { percent, count: 10 })).toHaveLength(count);
  });

  test("takes turns, so that all are read in time", async () => {
    const server = await startStorage((request, response) => sendBytes(BYTES, request, response));
    const records = Object.fromEntries(
      [0, 1, 2, 3, 4].map((index) => [`v${index}`, recordAt(`${server.url}/${index}.sif`, BYTES)]),
    );
    let earlier: Health | undefined;
    for (const time of ["2026-11-20", "2026-11-21", "2026-11-22"].map((date) => `${date}T00:00:00Z`)) {
      ({ health: earlier } = await checkRecords(records, { digestPercent: 40, now: time, earlier }));
    }
    const read = server.requests.filter((request) => request.startsWith("GET"));
    expect(read).toHaveLength(6);
    expect(new Set(read).size).toBe(5);
    expect(earlier?.images.every(({ verified }) => verified)).toBe(true);
  });
});

describe("a check that does not come to its end", () => {
  test("keeps what it found, and what was known of the others; the next one goes on there", async () => {
    const controller = new AbortController();
    const server = await startStorage((request, response) => {
      const reads = server.requests.filter((line) => line.startsWith("GET")).length;
      if (request.method === "GET" && reads === 3) controller.abort(new Error("enough"));
      else sendBytes(BYTES, request, response);
    });
    const root = registryOf({});
    for (const index of [0, 1, 2, 3, 4]) {
      mkdirSync(join(root, `${TOOL}/v${index}`), { recursive: true });
      writeFileSync(join(root, `${TOOL}/v${index}/README.md`), recordAt(`${server.url}/${index}.sif`, BYTES));
    }
    const saved: Health[] = [];
    const interrupted = checkRoot(root, {
      concurrency: 1,
      digestPercent: 100,
      signal: controller.signal,
      save: (health) => saved.push(health),
    });
    await expect(interrupted).rejects.toThrow("enough");
    const health = saved.at(-1);
    expect(health?.images.filter(({ verified }) => verified)).toHaveLength(2);
    const before = server.requests.length;
    await checkRoot(root, { concurrency: 1, digestPercent: 60, now: LATER, earlier: health });
    const read = server.requests.slice(before).filter((line) => line.startsWith("GET"));
    expect(read).toEqual(["GET /2.sif", "GET /3.sif", "GET /4.sif"]);
  });

  test("is not the last one, for those that it did not ask for", async () => {
    const controller = new AbortController();
    const { records, server } = await changing();
    const more = { ...records, "2.0": recordAt(`${server.url}/other.sif`, BYTES) };
    const { health: earlier } = await checkRecords(more);
    const saved: Health[] = [];
    const interrupted = checkRecords(more, {
      now: LATER,
      earlier,
      concurrency: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
      save: (health) => saved.push(health),
    });
    await expect(interrupted).rejects.toThrow("enough");
    expect(saved.at(-1)?.checked).toBe(NOW);
    expect(saved.at(-1)?.images.map(({ checked }) => checked)).toEqual([LATER, NOW]);
  });

  test("saves now and then", async () => {
    const { records } = await changing();
    const saved: Health[] = [];
    await checkRecords(records, { digestPercent: 100, saveEvery: 0, save: (health) => saved.push(health) });
    expect(saved).toHaveLength(3);
    expect(saved[0]?.images[0]).not.toHaveProperty("verified");
    expect(saved.at(-1)?.images[0]).toHaveProperty("verified");
  });

  test("says of no image that it is gone where there is no network", async () => {
    const records = {
      "1.0": recordAt("http://127.0.0.1:1/a.sif", BYTES),
      "2.0": recordAt("http://nowhere.invalid/a.sif", BYTES),
    };
    const saved: Health[] = [];
    const checked = checkRecords(records, {
      patience: { ...HASTE, retries: 0 },
      saveEvery: 0,
      save: (h) => saved.push(h),
    });
    await expect(checked).rejects.toThrow(/^no image can be asked for \(.*\); health\.json stays as it is/);
    expect(saved).toEqual([]);
  });

  test("says it of one host that is gone where another answers, and in a pull request", async () => {
    const { records } = await changing();
    const gone = { "2.0": recordAt("http://127.0.0.1:1/a.sif", BYTES) };
    const patience = { ...HASTE, retries: 0 };
    const both = await checkRecords({ ...records, ...gone }, { patience });
    expect(both.findings).toMatchObject([{ code: "image-unreachable" }]);
    expect(both.health?.images).toHaveLength(2);
    const changed = new Set([`${TOOL}/2.0/README.md`]);
    expect((await checkRecords(gone, { patience, changed })).findings).toHaveLength(1);
  });
});
