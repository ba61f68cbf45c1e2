import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { definitionText } from "../src/commands/inspect-definition.ts";
import { mapOf } from "../src/commands/inspect-map.ts";
import { sifText } from "../src/commands/inspect-sif.ts";
import { type Look, factLines, wrap } from "../src/commands/text-layout.ts";
import { parseDefinition } from "../src/definition/parse-definition.ts";
import { bufferSource, readSif } from "../src/index.ts";
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
} from "./support/sif-writer.ts";

const look = (width: number): Look => ({ width, paint: (_, text) => text });
const read = (image: SifToWrite) => readSif(bufferSource(writeSif(image)));
const textOf = async (image: SifToWrite, width = 80) => sifText(await read(image), "image.sif", look(width));

const KEY = "F815862E350044739CA7CB4E974485C68EE5B261";
const SYSTEM: ObjectToWrite = { type: 4, bytes: Buffer.alloc(100_000), extra: partitionExtra(1, 2) };
const LABELS = {
  title: "fortune",
  "org.label-schema.build-arch": "amd64",
  "org.label-schema.usage.apptainer.version": "1.4.5",
};
const DEFINITION: ObjectToWrite = { type: 1, bytes: "Bootstrap: docker\n" };
const METADATA: ObjectToWrite = {
  type: 6,
  name: "inspect-metadata.json",
  bytes: metadata({ labels: LABELS, apps: { web: {} } }),
};
const SIGNATURE: ObjectToWrite = {
  type: 5,
  group: 0,
  link: (GROUP | 1) >>> 0,
  extra: signatureExtra(1, KEY),
  bytes: `-----BEGIN PGP SIGNED MESSAGE-----\n\n{"objects":[{"relativeId":0},{"relativeId":2}]}\n-----BEGIN PGP SIGNATURE-----\n`,
};

test("an image is shown with its facts, its map, its signatures and its labels", async () => {
  expect(await textOf({ objects: [DEFINITION, METADATA, SYSTEM, SIGNATURE] })).toMatchInlineSnapshot(`
    "image.sif: an image, 129 KiB

      Architecture  amd64
      Id            1181e474-1ed1-4aa3-b051-8c0f267d0bc2
      Created       2026-11-20 13:45:44 UTC
      Size          132,488 bytes
      Encrypted     no
      Apps          web

    Map
      a column is 1.7 KiB, and what is smaller has one to itself

      ::::::::::::::::::1233333333333333333333333333333333333333333333333333333334

      id  group   offset      size    share  what
       :                  31.4 KiB   24.3 %  header, list of objects
       1      1   32,176      18 B  < 0.1 %  definition
       2      1   32,194     180 B    0.1 %  json: inspect-metadata.json
       3      1   32,374  97.7 KiB   75.5 %  partition: squashfs, primary system,
                                             amd64
       4      -  132,374     114 B  < 0.1 %  signature: sha256, about group 1

    Signatures
      what the file claims, not verified here: apptainer verify does that
      4  F815862E350044739CA7CB4E974485C68EE5B261 (pgp, sha256) for objects 1, 3;
         not for 2

    Labels
      title  fortune
      2 labels of the build: see --json"
  `);
});

test("in a narrow terminal the table has fewer columns, and no line is longer", async () => {
  const text = await textOf({ objects: [DEFINITION, METADATA, SYSTEM, SIGNATURE] }, 44);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(44);
  expect(text).toMatch(/^ {2}id +size +share {2}what$/m);
});

test.each([40, 60, 64, 80, 120, 160])("no line is longer than %s columns", async (width) => {
  const objects = [
    DEFINITION,
    METADATA,
    SYSTEM,
    { ...SIGNATURE, link: 99 },
    { ...SYSTEM, name: "x".repeat(100) },
  ];
  for (const line of (await textOf({ objects }, width)).split("\n"))
    expect(line.length).toBeLessThanOrEqual(width);
});

describe("an image is shown", () => {
  test("as encrypted, with where its key is", async () => {
    const encrypted = { ...SYSTEM, extra: partitionExtra(5, 2) };
    const message = { type: 8, link: 1, extra: numbers(2, 0x200) };
    expect(await textOf({ objects: [encrypted, message] })).toContain(
      "Encrypted     object 1 (encrypted squashfs; its key: pem rsa-oaep)",
    );
    expect(await textOf({ objects: [encrypted] }, 120)).toContain("no key in the file, so a passphrase");
  });

  test("with what is wrong with it", async () => {
    const text = await textOf({ objects: [{ ...SYSTEM, link: 9 }] });
    expect(text).toContain("\nWrong with this file\n  object 1 is about object 9, which is not there");
  });

  test("with what was left out", async () => {
    const text = await textOf({ objects: [{ type: 6, bytes: Buffer.alloc(1024 * 1024 + 1) }] });
    expect(text).toContain(
      "\nLeft out\n  object 1 was not read: it has 1048577 bytes, and 1048576 are read at most",
    );
  });

  test("as signed in full, or in part, or by nobody who is named", async () => {
    expect(await textOf({ objects: [DEFINITION, METADATA, SYSTEM] })).toContain("\nSignatures\n  none\n");
    const part = await textOf({ objects: [DEFINITION, METADATA, SYSTEM, SIGNATURE] }, 160);
    expect(part).toContain(`4  ${KEY} (pgp, sha256) for objects 1, 3; not for 2`);
    const whole = await textOf({ objects: [DEFINITION, { ...SYSTEM, id: 3 }, { ...SIGNATURE, id: 4 }] }, 160);
    expect(whole).toContain("for objects 1, 3: everything but signatures");
    const unnamed = await textOf({ objects: [{ ...SIGNATURE, extra: numbers(1), bytes: "" }] }, 160);
    expect(unnamed).toContain("1  an unnamed key (unknown, sha256) for nothing that can be told");
  });

  test("never as verified", async () => {
    const text = await textOf({ objects: [SYSTEM, SIGNATURE] });
    expect(text.replace("not verified here", "")).not.toMatch(/\bverified\b/);
  });

  test("without anything that commands a terminal", async () => {
    const evil = "\u001b[2J\u202e\nx";
    const labels = { [`k${evil}`]: `v${evil}` };
    const text = await textOf({
      objects: [
        { ...SYSTEM, name: evil },
        { ...METADATA, bytes: metadata({ labels, apps: { [evil]: {} } }) },
      ],
    });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text).toContain("k\\u001b[2J\\u202e\\u000ax");
  });

  test("with a label of a stranger's length cut short", async () => {
    const labels = { long: "x".repeat(60_000) };
    const text = await textOf({ objects: [{ ...METADATA, bytes: metadata({ labels }) }] });
    expect(text.length).toBeLessThan(4000);
    expect(text).toContain("…");
  });
});

describe("the map of a file", () => {
  const bar = async (image: SifToWrite, width = 50) => mapOf(await read(image), width).bar;
  /** An object so many bytes long, right behind the one before. */
  const bytes = (size: number): ObjectToWrite => ({ type: 7, bytes: Buffer.alloc(size) });

  test("is to scale", async () => {
    // The header and the list of objects have 32,176 bytes.
    expect(await bar({ objects: [bytes(TABLE_END), bytes(2 * TABLE_END), bytes(TABLE_END)] })).toBe(
      `${":".repeat(10)}${"1".repeat(10)}${"2".repeat(20)}${"3".repeat(10)}`,
    );
  });

  test("shows what is smaller than a column", async () => {
    const objects = [bytes(1), bytes(1), bytes(50_000_000), bytes(1)];
    expect(await bar({ objects })).toBe(`:12${"3".repeat(46)}4`);
  });

  test("shows what is unused, where that is more than a column", async () => {
    const gap = (size: number) => [
      bytes(TABLE_END),
      { ...bytes(TABLE_END), offset: BigInt(2 * TABLE_END + size) },
    ];
    const narrow = await read({ objects: gap(100) });
    expect(mapOf({ ...narrow, size: 3 * TABLE_END + 100 }, 30).bar).toBe(
      `${":".repeat(10)}${"1".repeat(10)}${"2".repeat(10)}`,
    );
    const wide = await read({ objects: gap(TABLE_END) });
    expect(mapOf({ ...wide, size: 4 * TABLE_END }, 40).bar).toBe(
      `${":".repeat(10)}${"1".repeat(10)}${".".repeat(10)}${"2".repeat(10)}`,
    );
  });

  test("shows an object in another one as a part of it", async () => {
    const inner = { ...bytes(1), offset: BigInt(TABLE_END + 10) };
    const sif = await read({ objects: [bytes(2 * TABLE_END), inner] });
    expect(mapOf({ ...sif, size: 3 * TABLE_END }, 30).bar).toBe(`${":".repeat(10)}${"1".repeat(20)}`);
  });

  test("shows what is missing at the end", async () => {
    const sif = await read({ objects: [bytes(TABLE_END * 2)] });
    expect(mapOf({ ...sif, size: TABLE_END * 2 }, 30).bar).toBe(
      `${":".repeat(10)}${"1".repeat(10)}${"?".repeat(10)}`,
    );
  });

  test("names objects of two digits by letters", async () => {
    const objects = Array.from({ length: 40 }, () => bytes(TABLE_END));
    expect(await bar({ objects }, 41)).toBe(":123456789abcdefghijklmnopqrstuvwxyz+++++");
    expect(await textOf({ objects: Array.from({ length: 11 }, () => bytes(1)) })).toMatch(/^ +11 b /m);
  });

  test("says its scale, and how much it leaves out", async () => {
    const objects = Array.from({ length: 60 }, () => bytes(10));
    const map = mapOf(await read({ objects }), 50);
    expect(map.bar).toHaveLength(50);
    expect(map.scale).toMatch(/^a column is [\d.]+ (?:B|KiB), and what .*; 11 small objects are left out$/);
  });

  test("has as many columns as it is given, whatever the image", async () => {
    const object = fc.record({
      type: fc.constant(7),
      offset: fc.bigInt(0n, 200_000n),
      size: fc.oneof(fc.bigInt(0n, 200_000n), fc.bigInt(0n, 2n ** 53n - 200_001n)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 48 }),
        fc.integer({ min: 20, max: 160 }),
        async (objects, width) => {
          const sif = await read({ objects });
          expect(mapOf(sif, width).bar).toHaveLength(width);
          expect(sifText(sif, "image.sif", look(width))).toContain("\nMap\n");
        },
      ),
    );
  });
});

describe("a definition file is shown", () => {
  const shown = (text: string, width = 80): string => {
    const result = parseDefinition(text);
    if ("problem" in result) throw new Error(result.problem.reason);
    return definitionText(result.definition, "Singularity", look(width));
  };

  test("stage by stage", () => {
    const text = `Bootstrap: docker
From: golang:1.22
Stage: build

%post -c /bin/bash
    go build

    go test

Bootstrap: docker
From: alpine:3.20

%files from build
    /tool /bin/tool
    /etc/x

%labels
    Author vanessa

%appinstall web
    true
%applabels web
    a b
`;
    expect(shown(text)).toMatchInlineSnapshot(`
      "Singularity: a definition file, 2 stages

      Stage build
        Base   docker golang:1.22
        %post  2 lines, -c /bin/bash

      Stage 2
        Base  docker alpine:3.20

      Stage 2: files
        %files from build  /tool → /bin/tool, /etc/x

      Stage 2: labels
        Author  vanessa

      Stage 2: apps
        web  %appinstall, 1 label"
    `);
  });

  test("without anything that commands a terminal", () => {
    expect(shown("Bootstrap: docker\nFrom: \u001b[2J\n%labels\n  a \u001b]0;x\u0007\n")).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f]/,
    );
  });
});

describe("lines", () => {
  test("break at words, and in words that are longer than a line", () => {
    expect(wrap("one two three", 30, 10)).toEqual(["          one two three"]);
    expect(wrap(`one ${"x".repeat(45)} two`, 22, 2)).toEqual([
      "  one",
      `  ${"x".repeat(20)}`,
      `  ${"x".repeat(20)}`,
      "  xxxxx two",
    ]);
    expect(wrap("", 80, 2)).toEqual(["  "]);
  });

  test("have a name on a line of its own, where that keeps a word whole", () => {
    const id = "1181e474-1ed1-4aa3-b051-8c0f267d0bc2";
    const facts = [
      ["architecture", "amd64"],
      ["id", id],
    ] as const;
    expect(factLines(facts, look(44))).toEqual(["  architecture  amd64", "  id", `    ${id}`]);
    expect(factLines(facts, look(60))).toEqual(["  architecture  amd64", `  id            ${id}`]);
  });

  test("have a long name on a line of its own", () => {
    expect(
      factLines(
        [
          ["a", "1"],
          ["x".repeat(30), "2"],
          ["bcd", "3"],
        ],
        look(40),
      ),
    ).toEqual(["  a    1", `  ${"x".repeat(30)}`, "       2", "  bcd  3"]);
  });
});
