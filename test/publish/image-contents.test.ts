import { describe, expect, test } from "vitest";
import { bufferSource, readSif } from "../../src/index.ts";
import { contentsOf } from "../../src/publish/image-contents.ts";
import { recordText } from "../../src/publish/record-text.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { parseRecord } from "../../src/registry/readme.ts";
import { HEX, record2 } from "../support/registry.ts";
import { type ObjectToWrite, partitionExtra, signatureExtra, writeSif } from "../support/sif-writer.ts";

const KEY = "F815862E350044739CA7CB4E974485C68EE5B261";
const DEFINITION: ObjectToWrite = { type: 1, bytes: "Bootstrap: scratch\n", id: 1 };

async function contents(...objects: readonly ObjectToWrite[]) {
  return contentsOf(await readSif(bufferSource(writeSif({ objects }))));
}

/** What a registry reads of a record that was written with these contents. */
function readBack(inside: Awaited<ReturnType<typeof contents>>) {
  const digest = `sha256:${HEX}` as Digest;
  const layers = [{ size: 1, digest, url: `images/sha256/${HEX}.sif` }];
  return parseRecord(recordText({ schema: 2, size: 1, digest, layers, ...inside }, ""), "README.md");
}

describe("what a record tells of the inside of an image", () => {
  test("is each object with its place, and what a partition is for", async () => {
    const inside = await contents(DEFINITION, {
      type: 4,
      bytes: "system",
      id: 2,
      extra: partitionExtra(1, 2),
    });
    expect(inside.objects).toMatchObject([
      { id: 1, type: "definition", size: 19 },
      { id: 2, type: "partition", size: 6, fileSystem: "squashfs", partition: "primary system" },
    ]);
    expect(inside).not.toHaveProperty("signers");
    expect(readBack(inside)).toMatchObject({ findings: [], value: inside });
  });

  test("is who signatures name, each key once, and nobody where they name none", async () => {
    const signature = (id: number, key: string): ObjectToWrite => ({
      type: 5,
      bytes: "",
      id,
      extra: signatureExtra(1, key),
    });
    const inside = await contents(DEFINITION, signature(2, KEY), signature(3, KEY), signature(4, ""));
    expect(inside.signers).toEqual([KEY]);
    expect(readBack(inside)).toMatchObject({ findings: [], value: { signers: [KEY] } });
  });

  test("is no part of a list that is longer than records take", async () => {
    const many = Array.from({ length: 70 }, (_, index): ObjectToWrite => ({
      type: 7,
      bytes: "x",
      id: index + 1,
    }));
    expect(await contents(...many.slice(0, 40))).toHaveProperty("objects");
    const sif = await readSif(bufferSource(writeSif({ objects: [DEFINITION] })));
    const objects = many.map(({ id = 0 }) => ({
      id,
      type: "generic" as const,
      group: 0,
      offset: 1,
      size: 1,
    }));
    expect(contentsOf({ ...sif, objects })).toEqual({});
    expect(contentsOf({ ...sif, objects: objects.slice(0, 64) }).objects).toHaveLength(64);
  });

  test("is kept whatever an object is called", async () => {
    const inside = await contents({ ...DEFINITION, name: '"\n---\n<b> \u0007{{ x }}' });
    expect(readBack(inside)).toMatchObject({ findings: [], value: inside });
  });
});

describe("a record that tells wrong things of the inside of an image", () => {
  test.each([
    ["an unknown type", "objects: [{ id: 1, type: engine, offset: 0, size: 1 }]"],
    ["a size that is infinite", "objects: [{ id: 1, type: json, offset: 0, size: 1e999 }]"],
    ["a place that is negative", "objects: [{ id: 1, type: json, offset: -1, size: 1 }]"],
    ["no size", "objects: [{ id: 1, type: json, offset: 0 }]"],
    ["a long name", `objects: [{ id: 1, type: json, offset: 0, size: 1, name: ${"n".repeat(129)} }]`],
    ["too many objects", `objects: [${"{ id: 1, type: json, offset: 0, size: 1 },".repeat(65)}]`],
    ["a signer that is markup", 'signers: ["<b>"]'],
    ["no list", "objects: everything"],
  ])("is not used: %s", (_, line) => {
    const { value, findings } = parseRecord(record2(`${line}\n`), "README.md");
    expect(value).toBeUndefined();
    expect(findings).toMatchObject([{ code: "bad-record" }]);
  });

  test("keeps no key of an object that no schema names", () => {
    const line = "objects: [{ id: 1, type: json, offset: 0, size: 1, script: alert }]\n";
    const { value } = parseRecord(record2(line), "README.md");
    expect(value?.objects).toEqual([{ id: 1, type: "json", offset: 0, size: 1 }]);
  });
});
