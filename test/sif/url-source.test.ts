import { appendFileSync, createReadStream, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { StowageError } from "../../src/errors.ts";
import { type UrlOptions, bufferSource, openUrlSource, readSif } from "../../src/index.ts";
import { temporaryFolder } from "../support/registry.ts";
import { type RangeAnswer, type SifServer, sendAll, sendPart, serveImage } from "../support/sif-server.ts";
import {
  GROUP,
  TABLE_END,
  metadata,
  partitionExtra,
  signatureExtra,
  writeSif,
} from "../support/sif-writer.ts";

const KEY = "F815862E350044739CA7CB4E974485C68EE5B261";
const SIGNATURE = `-----BEGIN PGP SIGNED MESSAGE-----\n\n{"objects":[{"relativeId":2}]}\n-----BEGIN PGP SIGNATURE-----\n`;
const GIB = 1024 ** 3;

/** An image as apptainer signs it: the file system of `size` bytes before two signatures. */
function signedImage(
  size: number,
  labels: object = { maintainer: "vanessa" },
): { path: string; size: number } {
  const definition = "Bootstrap: docker\n".repeat(100);
  const inspected = metadata({ labels });
  const start = TABLE_END + definition.length + Buffer.byteLength(inspected);
  const signature = { type: 5, group: 0, link: (GROUP | 1) >>> 0, extra: signatureExtra(1, KEY) };
  const end = start + size;
  const image = writeSif({
    objects: [
      { type: 1, bytes: definition },
      { type: 6, bytes: inspected, name: "inspect-metadata.json" },
      { type: 4, extra: partitionExtra(1, 2), size: BigInt(size) },
      { ...signature, bytes: SIGNATURE, offset: BigInt(end) },
      { ...signature, bytes: SIGNATURE, offset: BigInt(end + SIGNATURE.length) },
    ],
  });
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, image.subarray(0, start));
  truncateSync(path, end);
  appendFileSync(path, image.subarray(start));
  return { path, size: end + 2 * SIGNATURE.length };
}

async function readFrom({ url }: SifServer, options?: UrlOptions) {
  const source = await openUrlSource(url, options);
  return { sif: await readSif(source), source };
}

/** What somebody is told who reads a small image from a server that answers so. */
async function expectRefusal(answer: RangeAnswer, message: string | RegExp): Promise<void> {
  const { path } = signedImage(100_000);
  const error: unknown = await readFrom(await serveImage(path, answer)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StowageError);
  expect(error).toMatchObject({ code: "storage", message: expect.stringMatching(message) });
}

describe("of an image on a server", () => {
  test("64 KiB are transferred at most, though it has 5 GiB", async () => {
    const { path, size } = signedImage(5 * GIB);
    const server = await serveImage(path);
    const { sif, source } = await readFrom(server);
    expect(sif).toMatchObject({ size, labels: { maintainer: "vanessa" }, problems: [], skipped: [] });
    expect(sif.definition).toHaveLength(1800);
    expect(sif.signatures).toEqual([
      { id: 4, format: "pgp", fingerprint: KEY, hash: "sha256", group: 1, objects: [3] },
      { id: 5, format: "pgp", fingerprint: KEY, hash: "sha256", group: 1, objects: [3] },
    ]);
    expect(server.ranges).toHaveLength(3);
    expect(source.transfer).toEqual({
      requests: 3,
      bytes: 40 * 1024 + 2 * SIGNATURE.length,
      takesRanges: true,
    });
    expect(server.bytesSent()).toBeGreaterThan(source.transfer.bytes);
    expect(server.bytesSent()).toBeLessThanOrEqual(64 * 1024);
  });

  test("what does not lie in the first bytes is asked for, and no byte twice", async () => {
    const labels = { text: "x".repeat(10_000) };
    const server = await serveImage(signedImage(1000, labels).path);
    const { sif, source } = await readFrom(server);
    expect(sif.labels).toEqual(labels);
    expect(server.ranges[0]).toBe("bytes=0-40959");
    expect(server.ranges[1]).toMatch(/^bytes=40960-/);
    expect(source.transfer.bytes).toBeLessThan(64 * 1024);
  });

  test("what is more than may be transferred is left out, and may be allowed", async () => {
    const labels = { text: "x".repeat(50_000) };
    const server = await serveImage(signedImage(1000, labels).path);
    const { sif } = await readFrom(server);
    expect(sif).toMatchObject({
      labels: {},
      problems: [],
      skipped: [{ object: 2, reason: "it is more than may be transferred" }],
    });
    expect(sif.signatures).toHaveLength(2);
    expect(server.bytesSent()).toBeLessThanOrEqual(64 * 1024);
    const { sif: all } = await readFrom(server, { limit: 200_000 });
    expect([all.labels, all.skipped]).toEqual([labels, []]);
  });

  test("labels are wanted before other documents", async () => {
    const path = join(temporaryFolder(), "image.sif");
    const text = "x".repeat(15_000);
    const objects = [
      { type: 6, bytes: JSON.stringify(text) },
      { type: 6, bytes: metadata({ labels: { text } }), name: "inspect-metadata.json" },
    ];
    writeFileSync(path, writeSif({ objects }));
    const { sif } = await readFrom(await serveImage(path));
    expect([sif.labels, sif.skipped.map(({ object }) => object)]).toEqual([{ text }, [1]]);
  });

  test("the list of objects may be more than is allowed", async () => {
    const server = await serveImage(signedImage(1000).path);
    await expect(readFrom(server, { limit: 2000 })).rejects.toThrow(
      "its list of objects is more than may be transferred",
    );
    expect(server.bytesSent()).toBeLessThan(4000);
  });

  test("all is told as of its file, where it is small", async () => {
    const { path } = signedImage(10);
    const { sif } = await readFrom(await serveImage(path));
    expect(sif).toEqual(await readSif(bufferSource(readFileSync(path))));
  });

  test("a cut-off copy is told as one", async () => {
    const { path, size } = signedImage(100_000);
    truncateSync(path, size - 10);
    const { sif } = await readFrom(await serveImage(path));
    expect(sif.problems).toEqual([
      `the file ends at ${size - 10} bytes, before its object 5 does, at ${size}`,
    ]);
  });
});

describe("a server that only sends whole files", () => {
  test("is read for 1 MiB, and hung up on", async () => {
    const { path, size } = signedImage(5 * GIB);
    const server = await serveImage(path, sendAll);
    const { sif, source } = await readFrom(server);
    expect(sif).toMatchObject({
      size,
      labels: { maintainer: "vanessa" },
      skipped: [{ object: 4 }, { object: 5 }],
    });
    expect(sif.signatures).toEqual([
      { id: 4, format: "unknown", fingerprint: KEY, hash: "sha256", group: 1, objects: [] },
      { id: 5, format: "unknown", fingerprint: KEY, hash: "sha256", group: 1, objects: [] },
    ]);
    expect(source.transfer).toEqual({ requests: 1, bytes: 1024 * 1024, takesRanges: false });
    expect(server.ranges).toHaveLength(1);
    // What lies in the buffers of two programs and of the system comes on top.
    expect(server.bytesSent()).toBeLessThan(32 * 1024 * 1024);
  });

  test("gives all of a small file", async () => {
    const { path, size } = signedImage(1000);
    const { sif, source } = await readFrom(await serveImage(path, sendAll));
    expect(sif).toMatchObject({ size, skipped: [], problems: [] });
    expect(source.transfer.bytes).toBe(size);
  });

  test("may not say how large it is", async () => {
    const { path, size } = signedImage(1000);
    const chunked: RangeAnswer = ({ file }, response) => {
      response.writeHead(200);
      createReadStream(file).pipe(response);
    };
    const { sif } = await readFrom(await serveImage(path, chunked));
    expect(sif).toMatchObject({ size, problems: [] });
  });

  test("is read only as far as is allowed", async () => {
    const server = await serveImage(signedImage(5 * GIB).path, sendAll);
    const { source } = await readFrom(server, { limit: 40_000 });
    expect(source.transfer.bytes).toBe(40_000);
  });
});

describe("a server is not believed", () => {
  test.each<[string, string, RegExp]>([
    ["another part", "bytes 5-40964/200000", /0–40960 was asked for, and the answer is 5–40965$/],
    ["less than is there", "bytes 0-99/200000", /0–40960 was asked for, and the answer is 0–100$/],
    ["no part", "", /does not say which part of it the answer is$/],
    ["something else", "pages 1-2/3", /does not say which part/],
    [
      "a part behind the end",
      "bytes 0-40959/100",
      /says that the answer is "bytes 0-40959\/100", which cannot be$/,
    ],
    ["a part that ends before it begins", "bytes 9-3/200000", /which cannot be$/],
    ["numbers without end", `bytes 0-${"9".repeat(400)}/*`, /does not say which part/],
  ])("where it says that it sends %s", async (_, contentRange, message) => {
    await expectRefusal((asked, response) => {
      response.writeHead(206, contentRange === "" ? {} : { "content-range": contentRange });
      response.end(Buffer.alloc(asked.end - asked.start + 1));
    }, message);
  });

  test("where it sends less than it says", async () => {
    await expectRefusal(({ start, end, size }, response) => {
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}` });
      response.end(Buffer.alloc(100));
    }, /40960 bytes were promised, and 100 came$/);
  });

  test("where it sends more than it says", async () => {
    await expectRefusal(({ start, end, size }, response) => {
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}` });
      response.end(Buffer.alloc(end - start + 100));
    }, /40960 bytes were promised, and 40961 came$/);
  });

  test("where it hangs up", async () => {
    await expectRefusal((_, response) => response.destroy(), /image\.sif: cannot be read: /);
    await expectRefusal(({ start, end, size }, response) => {
      response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}`, "content-length": 40960 });
      response.write(Buffer.alloc(100), () => response.destroy());
    }, /image\.sif: cannot be read: /);
  });

  const later =
    (answer: RangeAnswer): RangeAnswer =>
    (asked, response) =>
      (asked.count === 1 ? sendPart : answer)(asked, response);

  test("where the file has another size all at once, or is another", async () => {
    await expectRefusal(
      later((asked, response) => sendPart({ ...asked, size: asked.size + 1 }, response)),
      /it changed while it was read; try again$/,
    );
    await expectRefusal((asked, response) => {
      response.setHeader("etag", `"${asked.count}"`);
      sendPart(asked, response);
    }, /it changed while it was read/);
  });

  test("where it sends parts first, and then all", async () => {
    await expectRefusal(later(sendAll), /sent a part of it before, and now all of it$/);
  });

  test.each([404, 403, 416, 500, 204])("where it answers %s", async (status) => {
    await expectRefusal(
      (_, response) => response.writeHead(status).end("<h1>no</h1>"),
      new RegExp(`^http://127\\.0\\.0\\.1:\\d+/image\\.sif: cannot be read: the answer is ${status}$`),
    );
  });

  test("where what it sends is a page", async () => {
    const page = join(temporaryFolder(), "index.html");
    writeFileSync(page, "<!doctype html>".padEnd(5000, " "));
    for (const answer of [sendPart, sendAll])
      await expect(readFrom(await serveImage(page, answer))).rejects.toThrow("is not a SIF file");
  });
});

describe("an address", () => {
  test("may lead to another", async () => {
    const image = await serveImage(signedImage(100_000).path);
    const server = createServer((_, response) => response.writeHead(302, { location: image.url }).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const source = await openUrlSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect((await readSif(source)).labels).toEqual({ maintainer: "vanessa" });
    expect(image.ranges.length).toBeGreaterThan(1);
  });

  test("is named in errors without its password and its signature", async () => {
    const { url } = await serveImage(signedImage(10).path, (_, response) => response.writeHead(403).end());
    const secret = `${url.replace("//", "//vanessa:secret@")}?signature=secret`;
    const error: unknown = await openUrlSource(secret).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: `${url}: cannot be read: the answer is 403` });
  });

  test("that nobody answers at is our own error", async () => {
    await expect(openUrlSource("http://127.0.0.1:1/image.sif")).rejects.toBeInstanceOf(StowageError);
  });

  test.each(["ftp://example.org/x.sif", "https://", "x.sif"])("%s is none", (address) => {
    expect(() => openUrlSource(address)).toThrow("expected https:// or http:// and a host");
  });
});
