import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bufferSource, openFileSource, readSif } from "../../src/index.ts";
import { PROJECT } from "../support/cli.ts";
import { listFiles, temporaryFolder } from "../support/registry.ts";
import {
  GROUP,
  type SifToWrite,
  TABLE_END,
  metadata,
  numbers,
  partitionExtra,
  writeSif,
} from "../support/sif-writer.ts";

const IMAGES = join(PROJECT, "images/sha256");
const [NAME = ""] = listFiles(IMAGES);

const read = (image: SifToWrite) => readSif(bufferSource(writeSif(image), "image.sif"));
const SYSTEM = { type: 4, bytes: "file system", extra: partitionExtra(1, 2) };

describe("an image of the example registry tells", () => {
  test("all that is in it", async () => {
    const sif = await readSif(bufferSource(readFileSync(join(IMAGES, NAME))));
    expect(sif).toMatchObject({
      launch: "#!/usr/bin/env run-singularity",
      version: "01",
      architecture: "amd64",
      id: "1181e474-1ed1-4aa3-b051-8c0f267d0bc2",
      created: "2026-11-20T13:45:44Z",
      modified: "2026-11-20T13:45:44Z",
      size: 184320,
      descriptors: { offset: 4096, size: 28080, total: 48, free: 45 },
      labels: { "org.opencontainers.image.licenses": "MirOS" },
      isEncrypted: false,
      signatures: [],
      problems: [],
      skipped: [],
    });
    expect(sif.objects).toEqual([
      expect.objectContaining({ id: 1, type: "definition", group: 1, offset: 32176, size: 2745 }),
      expect.objectContaining({ id: 2, type: "json", name: "inspect-metadata.json" }),
      expect.objectContaining({
        id: 3,
        type: "partition",
        offset: 40960,
        size: 143360,
        fileSystem: "squashfs",
        partition: "primary system",
        architecture: "amd64",
      }),
    ]);
    expect(sif.definition).toMatch(/^Bootstrap: scratch\n/);
    expect(sif.documents).toEqual([
      { id: 2, name: "inspect-metadata.json", value: expect.objectContaining({ type: "container" }) },
    ]);
  });

  test("the same from its file, through a link", async () => {
    const link = join(temporaryFolder(), "link.sif");
    symlinkSync(join(IMAGES, NAME), link);
    const source = await openFileSource(link);
    expect(await readSif(source)).toEqual(await readSif(bufferSource(readFileSync(link))));
    await source.close();
  });
});

test("a file that is none, or no regular one, is refused", async () => {
  const folder = temporaryFolder();
  await expect(openFileSource(join(folder, "no.sif"))).rejects.toThrow(/no\.sif: cannot be read/);
  await expect(openFileSource(folder)).rejects.toThrow("is not a regular file");
});

describe("a header tells", () => {
  test.each([
    ["01", "386"],
    ["04", "arm64"],
    ["06", "ppc64le"],
    ["12", "riscv64"],
    ["00", undefined],
    ["99", undefined],
    ["a\0", undefined],
  ])("that it is for architecture %j: %s", async (architecture, name) => {
    expect((await read({ architecture })).architecture).toBe(name);
  });

  test.each([0n, -1n, 2n ** 62n])("no date where it says %s", async (created) => {
    expect(await read({ created })).not.toHaveProperty("created");
  });
});

test("an image that was changed tells when", async () => {
  const image = writeSif();
  image.writeBigInt64LE(1_795_182_400n, 72);
  expect(await readSif(bufferSource(image))).toMatchObject({
    created: "2026-11-20T13:45:44Z",
    modified: "2026-11-20T13:46:40Z",
  });
});

describe("an object is told with", () => {
  test.each([
    [{ type: 1 }, { type: "definition" }],
    [{ type: 2 }, { type: "environment" }],
    [{ type: 3, bytes: "{}" }, { type: "labels" }],
    [
      { type: 4, extra: partitionExtra(2, 4, "04") },
      { fileSystem: "ext3", partition: "overlay" },
    ],
    [
      { type: 4, extra: partitionExtra(6, 3, "04") },
      { fileSystem: "gocryptfs squashfs", partition: "data" },
    ],
    [{ type: 4, extra: partitionExtra(99, 99, "99") }, { type: "partition" }],
    [{ type: 6, bytes: "{}" }, { type: "json" }],
    [{ type: 7 }, { type: "generic" }],
    [
      { type: 8, extra: numbers(1, 0x100) },
      { format: "openpgp", message: "clear signature" },
    ],
    [
      { type: 9, extra: numbers(4) },
      { type: "sbom", format: "spdx-json" },
    ],
    [
      { type: 10, extra: Buffer.from("sha256:ab") },
      { type: "oci root index", digest: "sha256:ab" },
    ],
    [{ type: 11 }, { type: "oci blob" }],
    [{ type: 12 }, { type: "unknown", code: 0x400c }],
    [{ type: 7, name: "x".repeat(128) }, { name: "x".repeat(128) }],
    [{ type: 7, group: 0 }, { group: 0 }],
    [{ type: 7, group: 7 }, { group: 7 }],
  ])("what its descriptor says: %j", async (object, told) => {
    const { objects } = await read({ objects: [object] });
    expect(objects).toEqual([
      expect.objectContaining({ id: 1, created: "2026-11-20T13:45:44Z", offset: TABLE_END, ...told }),
    ]);
  });

  test("nothing that its numbers do not mean", async () => {
    const { objects } = await read({ objects: [{ type: 4, extra: partitionExtra(99, 99, "99") }] });
    expect(Object.keys(objects[0] ?? {})).not.toContain("fileSystem");
    expect(Object.keys(objects[0] ?? {})).not.toContain("architecture");
  });

  test("what it is about: an object, or a group", async () => {
    const { objects, problems } = await read({
      objects: [SYSTEM, { type: 7, link: 1 }, { type: 7, link: (GROUP | 1) >>> 0 }],
    });
    expect(objects.map(({ link }) => link)).toEqual([undefined, { object: 1 }, { group: 1 }]);
    expect(problems).toEqual([]);
  });
});

test("descriptors that are not used are no objects", async () => {
  const image = writeSif({ objects: [SYSTEM, SYSTEM] });
  image.writeUInt8(0, 4096 + 4);
  expect((await readSif(bufferSource(image))).objects.map(({ id }) => id)).toEqual([2]);
});

describe("an encrypted image", () => {
  test("has a key in it, or needs a passphrase", async () => {
    const { isEncrypted, encryption } = await read({
      objects: [
        { type: 4, extra: partitionExtra(5, 2) },
        { type: 8, link: 1, extra: numbers(2, 0x200) },
        { type: 4, extra: partitionExtra(6, 3) },
      ],
    });
    expect(isEncrypted).toBe(true);
    expect(encryption).toEqual([
      { object: 1, fileSystem: "encrypted squashfs", key: "pem rsa-oaep" },
      { object: 3, fileSystem: "gocryptfs squashfs" },
    ]);
  });

  test("is not one whose file system is plain", async () => {
    expect(await read({ objects: [SYSTEM] })).toMatchObject({ isEncrypted: false, encryption: [] });
  });
});

describe("what is kept to be inspected", () => {
  const inspected = (bytes: string) => ({ type: 6, name: "inspect-metadata.json", bytes });

  test("gives the definition file where there is none of its own", async () => {
    const document = inspected(metadata({ deffile: "Bootstrap: docker\n" }));
    expect((await read({ objects: [document] })).definition).toBe("Bootstrap: docker\n");
    const own = { type: 1, bytes: "Bootstrap: scratch\n" };
    expect((await read({ objects: [document, own] })).definition).toBe("Bootstrap: scratch\n");
  });

  test("names the apps", async () => {
    const { apps } = await read({ objects: [inspected(metadata({ apps: { web: {}, db: {} } }))] });
    expect(apps).toEqual(["db", "web"]);
  });

  test("older images have an object for their labels", async () => {
    const labels = { type: 3, bytes: '{"maintainer":"vanessa"}' };
    expect((await read({ objects: [labels] })).labels).toEqual({ maintainer: "vanessa" });
  });

  test.each(["[]", "null", "3", '{"data":null}', '{"data":{"attributes":{"labels":"x","apps":7}}}'])(
    "has no labels in %s",
    async (bytes) => {
      expect(await read({ objects: [inspected(bytes)] })).toMatchObject({
        labels: {},
        apps: [],
        problems: [],
      });
    },
  );

  test("has labels that are texts alone, and no prototype", async () => {
    const text = '{"data":{"attributes":{"labels":{"b":"2","a":"1","n":3,"o":{},"__proto__":"x"}}}}';
    const { labels } = await read({ objects: [inspected(text)] });
    expect(Object.entries(labels)).toEqual([
      ["__proto__", "x"],
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });

  test("has no more labels than a record has room for", async () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`key${index}`, "x"]));
    expect(
      Object.keys((await read({ objects: [inspected(metadata({ labels: many }))] })).labels),
    ).toHaveLength(1000);
    const large = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`key${index}`, "x".repeat(60_000)]),
    );
    expect(
      Object.keys((await read({ objects: [inspected(metadata({ labels: large }))] })).labels),
    ).toHaveLength(2);
  });

  test.each([
    ["no JSON", "{"],
    ["brackets in brackets without end", "[".repeat(100_000)],
    ["a depth that no printer survives", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("is a problem where it is %s", async (_, bytes) => {
    const sif = await read({ objects: [inspected(bytes)] });
    expect(sif).toMatchObject({
      documents: [],
      problems: ["object 1 should be JSON, and is none that can be read"],
    });
  });

  test("may have brackets in its texts", async () => {
    const value = { text: `\\"${"[".repeat(1000)}` };
    const { documents } = await read({ objects: [{ type: 6, bytes: JSON.stringify(value) }] });
    expect(documents).toEqual([{ id: 1, value }]);
  });

  test("is left out, and that is said, where it is larger than anybody writes it", async () => {
    const large = { type: 6, bytes: Buffer.alloc(1024 * 1024 + 1, " ") };
    const { skipped, documents } = await read({ objects: [large] });
    expect([skipped, documents]).toEqual([
      [{ object: 1, reason: "it has 1048577 bytes, and 1048576 are read at most" }],
      [],
    ]);
  });

  test("is read for 8 MiB, and no more", async () => {
    const object = { type: 1, bytes: Buffer.alloc(1024 * 1024, " ") };
    const { skipped } = await read({ objects: Array.from({ length: 10 }, () => object) });
    expect(skipped.map((each) => each.object)).toEqual([9, 10]);
  });
});

test("a file that ends while it is read says so", async () => {
  const image = writeSif({ objects: [{ type: 1, bytes: "Bootstrap: docker\n" }] });
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, image);
  const whole = bufferSource(image, path);
  const cut = {
    ...whole,
    size: undefined,
    bytesAt: (at: number, length: number) => whole.bytesAt(at, at === 0 || at === 4096 ? length : 3),
  };
  expect((await readSif(cut)).problems).toEqual(["the file ends before its object 1 does"]);
});
