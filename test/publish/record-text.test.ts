import fc from "fast-check";
import { describe, expect, test } from "vitest";
import matter from "gray-matter";
import { recordText } from "../../src/publish/record-text.ts";
import type { Digest } from "../../src/registry/digest.ts";
import type { ImageRecord } from "../../src/index.ts";
import { parsePlainYaml } from "../../src/registry/plain-yaml.ts";
import { parseRecord } from "../../src/registry/readme.ts";
import { HEX } from "../support/registry.ts";

const digest = `sha256:${HEX}` as Digest;
const RECORD: ImageRecord = {
  schema: 2,
  size: 184_320,
  digest,
  layers: [{ size: 184_320, digest, url: `images/sha256/${HEX}.sif` }],
  created: "2026-11-20T13:45:44Z",
  architecture: "amd64",
  recipe: digest,
  md5: "1".repeat(32),
  sha1: "1e5".padEnd(40, "0"),
  builder: { name: "apptainer", version: "1.10" },
  source: { repository: "https://github.com/lab/registry", revision: "0123456" },
  labels: { maintainer: "lab", version: "1.10", "org.label": "yes" },
  log: "build.log.gz",
  objects: [
    { id: 1, type: "crypto message", offset: 32_176, size: 2745, format: "pem" },
    { id: 2, type: "json", offset: 34_921, size: 5707, name: "inspect: - metadata\u0007.json" },
    { id: 3, type: "partition", offset: 40_960, size: 0, fileSystem: "squashfs", partition: "data" },
  ],
  signers: ["8883491F4268F173C6E5DC49EDECE4F3F38D871E", "1".repeat(40)],
};

const read = (text: string) => parseRecord(text, "README.md");

describe("a record that is written", () => {
  test("is read again as it was", () => {
    expect(read(recordText(RECORD, "# Notes"))).toEqual({ value: RECORD, findings: [] });
  });

  test("is plain enough to be read fast", () => {
    const { objects = [] } = RECORD;
    const plain = { ...RECORD, objects: objects.filter(({ name }) => name === undefined) };
    const [, yaml = ""] = recordText(plain, "").split("---\n");
    expect(parsePlainYaml(yaml)).toMatchObject({ md5: RECORD.md5, builder: { version: "1.10" } });
  });

  test("says the same to those who read numbers and dates where they see them", () => {
    const { data, content } = matter(recordText(RECORD, "# Notes"));
    expect(data).toMatchObject({ ...RECORD, layout: "manifests/singularity" });
    expect(content.trim()).toBe("# Notes");
  });

  test("is the same bytes for the same record", () => {
    expect(recordText({ ...RECORD }, "x")).toBe(recordText(structuredClone(RECORD), "x"));
  });

  test("is read again as it was, whatever labels an image has", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "---",
        "\n---\n",
        "~",
        "",
        "null",
        "- a",
        "a: b",
        "#x",
        "'",
        '"',
        "\u2028",
        "{{ x }}",
        "|",
        ">-",
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 5 }), (labels) => {
        const { value, findings } = read(recordText({ ...RECORD, labels }, "body"));
        expect(findings).toEqual([]);
        expect(new Map(Object.entries(value?.labels ?? {}))).toEqual(new Map(Object.entries(labels)));
      }),
      { numRuns: 500 },
    );
  });
});
