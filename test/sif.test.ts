import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StowageError } from "../src/errors.ts";
import { type SifSource, readSif } from "../src/sif/sif.ts";
import { PROJECT } from "./support/cli.ts";
import { listFiles } from "./support/registry.ts";

const IMAGES = join(PROJECT, "images/sha256");
const [NAME = ""] = listFiles(IMAGES);
const IMAGE = readFileSync(join(IMAGES, NAME));

const sourceOf = (bytes: Buffer): SifSource => ({
  path: "image.sif",
  size: bytes.length,
  bytesAt: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
});

/** A copy of an image with other bytes at a place. */
function changed(position: number, bytes: Buffer | string): Buffer {
  const copy = Buffer.from(IMAGE);
  Buffer.from(bytes).copy(copy, position);
  return copy;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

describe("an image tells", () => {
  test("its architecture, when it was made, and its labels", async () => {
    expect(await readSif(sourceOf(IMAGE))).toEqual({
      architecture: "amd64",
      created: "2026-11-20T13:45:44Z",
      labels: expect.objectContaining({ "org.opencontainers.image.licenses": "MirOS" }),
    });
  });

  test.each([
    ["01", "386"],
    ["04", "arm64"],
    ["06", "ppc64le"],
    ["12", "riscv64"],
    ["99", undefined],
  ])("that it is for architecture %s: %s", async (code, name) => {
    expect((await readSif(sourceOf(changed(45, code)))).architecture).toBe(name);
  });

  test.each([0n, -1n, 2n ** 62n])("no date where it says %s", async (seconds) => {
    expect((await readSif(sourceOf(changed(64, int64(seconds))))).created).toBeUndefined();
  });
});

describe("what is no image", () => {
  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("Bootstrap: docker\n".repeat(20))],
    ["half a header", IMAGE.subarray(0, 100)],
    ["a page of HTML", Buffer.from("<!doctype html>".padEnd(500, " "))],
  ])("is refused: %s", async (_, bytes) => {
    await expect(readSif(sourceOf(bytes))).rejects.toThrow(
      "image.sif: is not a SIF file; build it with apptainer",
    );
  });
});

describe("a damaged image", () => {
  test.each([
    ["a table beyond the end", 96, int64(2n ** 40n)],
    ["a table before the beginning", 96, int64(-1n)],
    ["endless descriptors", 88, int64(2n ** 62n)],
    ["fewer than none", 88, int64(-5n)],
  ])("has no labels: %s", async (_, position, bytes) => {
    expect((await readSif(sourceOf(changed(position, bytes)))).labels).toEqual({});
  });

  test("never makes anything but our own error, and takes no more memory than it has bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4096), fc.uint8Array({ minLength: 1, maxLength: 16 })), { maxLength: 8 }),
        fc.nat(IMAGE.length),
        async (changes, length) => {
          const bytes = Buffer.from(IMAGE.subarray(0, length));
          for (const [position, patch] of changes) Buffer.from(patch).copy(bytes, Math.min(position, length));
          const asked: number[] = [];
          const source = sourceOf(bytes);
          const counting: SifSource = {
            ...source,
            bytesAt: (position, count) => (asked.push(count), source.bytesAt(position, count)),
          };
          const result = await readSif(counting).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(StowageError);
          for (const count of asked) expect(count).toBeLessThanOrEqual(1024 * 1024);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("labels of a stranger", () => {
  /** An image whose metadata is another text of the same length. */
  function withMetadata(text: string): Buffer {
    const start = IMAGE.indexOf('{"data":') === -1 ? IMAGE.indexOf("{\n") : IMAGE.indexOf('{"data":');
    const end = IMAGE.indexOf(0, start);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(end - start);
    return changed(start, text.padEnd(end - start, " "));
  }

  test.each(["[]", "null", "3", "{", '{"data":null}', '{"data":{"attributes":{"labels":"x"}}}'])(
    "are none in %s",
    async (text) => {
      expect((await readSif(sourceOf(withMetadata(text)))).labels).toEqual({});
    },
  );

  test("are texts alone, and no prototype", async () => {
    const text = '{"data":{"attributes":{"labels":{"b":"2","a":"1","n":3,"o":{},"__proto__":"x"}}}}';
    const { labels } = await readSif(sourceOf(withMetadata(text)));
    expect(Object.entries(labels)).toEqual([
      ["__proto__", "x"],
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});
