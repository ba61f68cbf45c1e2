import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StowageError } from "../../src/errors.ts";
import { type SifSource, bufferSource, readSif } from "../../src/index.ts";
import { PROJECT } from "../support/cli.ts";
import { listFiles } from "../support/registry.ts";
import {
  GROUP,
  type ObjectToWrite,
  type SifToWrite,
  TABLE_END,
  metadata,
  numbers,
  partitionExtra,
  signatureExtra,
  writeSif,
} from "../support/sif-writer.ts";

const IMAGES = join(PROJECT, "images/sha256");
const REAL = listFiles(IMAGES).map((name) => readFileSync(join(IMAGES, name)));

const read = (bytes: Buffer) => readSif(bufferSource(bytes, "image.sif"));
const problemsOf = async (image: SifToWrite) => (await read(writeSif(image))).problems;
const system = (more: Partial<ObjectToWrite> = {}): ObjectToWrite => ({
  type: 4,
  bytes: "x".repeat(1000),
  extra: partitionExtra(1, 2),
  ...more,
});

describe("what is no image", () => {
  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a text", Buffer.from("Bootstrap: docker\n".repeat(20))],
    ["half a header", writeSif().subarray(0, 100)],
    ["a page of HTML", Buffer.from("<!doctype html>".padEnd(500, " "))],
  ])("is refused: %s", async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow("image.sif: is not a SIF file; build it with apptainer");
  });
});

describe("a damaged image is refused with one sentence", () => {
  const damaged = "image.sif: is damaged: ";
  test.each<[string, SifToWrite, string]>([
    [
      "a list beyond the end",
      { tableOffset: 2n ** 40n },
      "the file ends at 32176 bytes, before its list of objects",
    ],
    ["a list before the beginning", { tableOffset: -1n }, "the place of the descriptors is said to be -1"],
    [
      "more objects than can be counted",
      { total: 2n ** 62n },
      "the number of objects is said to be 4611686018427387904",
    ],
    [
      "more objects than anybody has",
      { total: 2n ** 40n },
      "it is said to have room for 1099511627776 objects",
    ],
    ["fewer than none", { total: -5n }, "the number of objects is said to be -5"],
    [
      "an object before the beginning",
      { objects: [system({ offset: -8n })] },
      "the place of object 1 is said to be -8",
    ],
    [
      "an object without end",
      { objects: [system({ size: 2n ** 63n - 1n })] },
      "the size of object 1 is said to be 9223372036854775807",
    ],
  ])("%s", async (_, image, sentence) => {
    await expect(read(writeSif(image))).rejects.toThrow(damaged + sentence);
  });

  test("a list that is cut off", async () => {
    await expect(read(writeSif().subarray(0, TABLE_END - 1))).rejects.toThrow(
      "the file ends at 32175 bytes, before its list of objects does",
    );
  });
});

describe("what else is wrong is told with the rest", () => {
  test("a download that was cut off", async () => {
    const image = writeSif({ objects: [{ type: 1, bytes: "Bootstrap: docker\n" }, system()] });
    const sif = await read(image.subarray(0, image.length - 1));
    expect(sif.problems).toEqual([
      `the file ends at ${image.length - 1} bytes, before its object 2 does, at ${image.length}`,
    ]);
    expect([sif.architecture, sif.definition]).toEqual(["amd64", "Bootstrap: docker\n"]);
  });

  test.each<[string, SifToWrite, string[]]>([
    ["nothing", { objects: [system()] }, []],
    ["an object in the header", { objects: [system({ offset: 0n })] }, ["object 1 overlaps the header"]],
    [
      "an object in the list of objects",
      { objects: [system({ offset: 4096n })] },
      ["object 1 overlaps the list of objects"],
    ],
    ["the list of objects in the header", { tableOffset: 64n }, ["the list of objects overlaps the header"]],
    [
      "objects in an object, far from where it begins",
      {
        objects: [
          system(),
          { type: 7, bytes: "x", offset: BigInt(TABLE_END + 10) },
          { type: 7, bytes: "x", offset: BigInt(TABLE_END + 999) },
        ],
      },
      ["object 2 overlaps object 1", "object 3 overlaps object 1"],
    ],
    [
      "an empty object in another is nowhere",
      { objects: [system(), { type: 7, offset: BigInt(TABLE_END + 10) }] },
      [],
    ],
    ["one id twice", { objects: [system(), system({ id: 1 })] }, ["two objects have the id 1"]],
    ["no id", { objects: [system({ id: 0 })] }, ["an object has the id 0, which means none"]],
    [
      "a link to nothing",
      { objects: [system({ link: 9 })] },
      ["object 1 is about object 9, which is not there"],
    ],
    [
      "a link to an empty group",
      { objects: [system({ link: (GROUP | 9) >>> 0 })] },
      ["object 1 is about group 9, which is empty"],
    ],
    [
      "a link to itself",
      { objects: [system({ link: 1 })] },
      ["object 1 is about itself, in a circle of links"],
    ],
    [
      "links in a circle, and one into it",
      { objects: [system({ link: 2 }), system({ link: 3 }), system({ link: 2 })] },
      ["object 2 is about itself, in a circle of links"],
    ],
    [
      "two architectures",
      { architecture: "04", objects: [system()] },
      ["the header says arm64, and the primary partition amd64"],
    ],
  ])("%s", async (_, image, problems) => {
    expect(await problemsOf(image)).toEqual(problems);
  });
});

/** Reads it, and holds what is asked for against what is allowed. */
async function expectBounded(bytes: Buffer): Promise<void> {
  const asked: number[] = [];
  const whole = bufferSource(bytes, "image.sif");
  const source: SifSource = {
    ...whole,
    bytesAt: (position, length) => (asked.push(length), whole.bytesAt(position, length)),
  };
  const result = await readSif(source).catch((error: unknown) => error);
  if (result instanceof Error) expect(result).toBeInstanceOf(StowageError);
  for (const length of asked) expect(length).toBeLessThanOrEqual(1024 * 1024);
  expect(asked.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(9 * 1024 * 1024);
}

describe("whatever the bytes, there is an answer or our own error, and no more is read than 9 MiB", () => {
  test("random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 8192 }), (bytes) => expectBounded(Buffer.from(bytes))),
    );
  });

  test("random bytes behind a header", async () => {
    const header = writeSif().subarray(0, 64);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 8192 }), (bytes) =>
        expectBounded(Buffer.concat([header, bytes])),
      ),
    );
  });

  test("real images with other bytes in the head, cut off anywhere", async () => {
    const patch = fc.tuple(fc.nat(8192), fc.uint8Array({ minLength: 1, maxLength: 16 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...REAL),
        fc.array(patch, { maxLength: 8 }),
        fc.nat(),
        async (image, patches, length) => {
          const bytes = Buffer.from(image.subarray(0, length % (image.length + 1)));
          for (const [position, patched] of patches)
            Buffer.from(patched).copy(bytes, Math.min(position, bytes.length));
          await expectBounded(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("random descriptors", async () => {
    const number = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(0n, 40_000n));
    const id = fc.oneof(fc.nat(4), fc.nat(0xffff_ffff));
    const object = fc.record(
      {
        type: fc.nat(13),
        id,
        group: id,
        link: id,
        name: fc.constantFrom("inspect-metadata.json", "\u001b[2J", ""),
        offset: number,
        size: number,
        bytes: fc.constantFrom(
          "{",
          "[]",
          "-----BEGIN PGP SIGNED MESSAGE-----\n",
          metadata({ labels: { a: "b" } }),
        ),
        extra: fc.constantFrom(numbers(1, 2), numbers(-1, 99), signatureExtra(1, "ab".repeat(20))),
      },
      { requiredKeys: ["type"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 48 }), (objects) =>
        expectBounded(writeSif({ objects })),
      ),
      { numRuns: 500 },
    );
  });
});

test("a thousand objects that overlap and are linked in one chain take no time", async () => {
  const objects = Array.from({ length: 1024 }, (_, index) =>
    system({ bytes: "x", link: index + 2, offset: 1_000_000n, size: 1n }),
  );
  const started = performance.now();
  expect(await problemsOf({ objects })).toHaveLength(1024 + 1023 + 1);
  expect(performance.now() - started).toBeLessThan(1000);
});
