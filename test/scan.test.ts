import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { recipeDigest } from "../src/registry/status.ts";
import { scanRegistry } from "../src/index.ts";
import { DEFINITION, HEX, RECORD_2019, type Files, record2, registryOf } from "./support/registry.ts";

const scan = (files: Files) => scanRegistry({ root: registryOf(files) });
const names = (files: Files) => scan(files).collections.map(({ name }) => name);
const codes = (files: Files) => scan(files).findings.map(({ code, file, line }) => ({ code, file, line }));

describe("the tree", () => {
  test("is read from registry/ without a configuration", () => {
    const { collections, config, findings } = scan({
      "registry/vanessa/fortune/manifests/latest/Singularity": DEFINITION,
    });
    expect(collections).toMatchObject([
      {
        name: "vanessa/fortune",
        folder: "registry/vanessa/fortune",
        tags: [{ name: "latest", definition: { text: DEFINITION } }],
      },
    ]);
    expect(config.title).toBe("Container registry");
    expect(findings).toEqual([]);
  });

  test("may lie at the root among folders that are none of it", () => {
    expect(
      names({
        "registry.yml": "tree: .\n",
        "vanessa/fortune/manifests/latest/Singularity": DEFINITION,
        "vanessa/fortune/blobs/md5:a1/index.html": "",
        ".circleci/config.yml": "",
        ".hidden/x/manifests/latest/Singularity": DEFINITION,
        "_site/vanessa/fortune/manifests/latest/index.json": "{}",
        "node_modules/x/y/manifests/latest/Singularity": DEFINITION,
        "assets/css/style.css": "",
        "docs/manifests/how.md": "",
      }),
    ).toEqual(["vanessa/fortune"]);
  });

  test("is not read from a site that stands inside it", () => {
    expect(
      names({
        "registry.yml": "tree: .\n",
        "vanessa/fortune/manifests/latest/Singularity": DEFINITION,
        "public/.stowage-site": "",
        "public/vanessa/fortune/manifests/latest/Singularity": DEFINITION,
      }),
    ).toEqual(["vanessa/fortune"]);
  });

  test("has namespaces of several segments, and names that contain one another", () => {
    const recipe = { "manifests/latest/Singularity": DEFINITION };
    const files: Record<string, string> = {};
    for (const name of ["a/greet", "lab/a/greet", "lab/a/greet/more", "lab/deep/er/x", "a/greeting"]) {
      for (const [path, text] of Object.entries(recipe)) files[`registry/${name}/${path}`] = text;
    }
    expect(names(files)).toEqual([
      "a/greet",
      "a/greeting",
      "lab/a/greet",
      "lab/a/greet/more",
      "lab/deep/er/x",
    ]);
  });

  test("keeps names with + and tags that look like numbers as they are", () => {
    const { collections, findings } = scan({
      "registry/bio/ncbi-blast+/manifests/1.10/Singularity": DEFINITION,
      "registry/bio/ncbi-blast+/manifests/1.1/Singularity": DEFINITION,
      "registry/bio/ncbi-blast+/manifests/08/Singularity": DEFINITION,
      "registry/bio/ncbi-blast+/manifests/2.2+cuda/Singularity": DEFINITION,
      "registry/bio/ncbi-blast+/manifests/_nightly/Singularity": DEFINITION,
    });
    expect(findings).toEqual([]);
    expect(collections[0]?.name).toBe("bio/ncbi-blast+");
    expect(collections[0]?.tags.map(({ name }) => name)).toEqual([
      "08",
      "1.1",
      "1.10",
      "2.2+cuda",
      "_nightly",
    ]);
  });

  test("lists a collection without tags, and passes stray files over", () => {
    const { collections, findings } = scan({
      "registry/README.md": "# About this tree",
      "registry/vanessa/README.md": "---\nnonsense: [\n",
      "registry/vanessa/empty/manifests/README.md": "---\nlayout: tags\n---\n",
      "registry/vanessa/empty/manifests/notes/todo.txt": "",
      "registry/vanessa/empty/tags/README.md": "---\nlayout: tags\n---\n",
    });
    expect(collections).toMatchObject([{ name: "vanessa/empty", tags: [] }]);
    expect(findings).toEqual([]);
  });

  test("takes a record without a definition file, and a definition file called Apptainer", () => {
    const { collections } = scan({
      "registry/lab/tool/manifests/1.0/README.md": RECORD_2019,
      "registry/lab/tool/manifests/2.0/Apptainer": DEFINITION,
    });
    expect(collections[0]?.tags).toMatchObject([
      { name: "1.0", record: { schema: 2019 } },
      { name: "2.0", definition: { fileName: "Apptainer" } },
    ]);
  });

  test("follows links to tag folders and definition files that stay in it", () => {
    const root = registryOf({ "registry/lab/tool/manifests/1.0/Singularity": DEFINITION });
    symlinkSync("1.0", join(root, "registry/lab/tool/manifests/latest"));
    mkdirSync(join(root, "registry/lab/tool/manifests/2.0"));
    symlinkSync("../1.0/Singularity", join(root, "registry/lab/tool/manifests/2.0/Singularity"));
    const { collections, findings } = scanRegistry({ root });
    expect(collections[0]?.tags.map(({ name, definition }) => [name, definition?.text])).toEqual([
      ["1.0", DEFINITION],
      ["2.0", DEFINITION],
      ["latest", DEFINITION],
    ]);
    expect(findings).toEqual([]);
  });
});

describe("a README.md", () => {
  test("may have CRLF, a byte-order mark and 300 kB of text", () => {
    const body = "A line of a long text.\r\n".repeat(13_000);
    const { collections, findings } = scan({
      "registry/lab/tool/README.md": `\uFEFF---\r\ndescription: Small\r\ntopics:\r\n- a\r\n---\r\n${body}`,
      "registry/lab/tool/manifests/1.0/README.md": `\uFEFF${RECORD_2019.replaceAll("\n", "\r\n")}`,
    });
    expect(findings).toEqual([]);
    expect(collections[0]).toMatchObject({ description: "Small", topics: ["a"], readme: body });
    expect(collections[0]?.tags[0]?.record?.size).toBe(55_056);
  });

  test("keeps text that looks like a number or a boolean as text", () => {
    const { collections } = scan({
      "registry/lab/tool/README.md": "---\ndescription: 1.10\ntopics: [08, no, 1e3]\nlicense:\n---\n",
      "registry/lab/tool/manifests/1.0/README.md": record2("labels:\n  version: 1.10\n  serial: 007\n"),
    });
    expect(collections[0]).toMatchObject({ description: "1.10", topics: ["08", "no", "1e3"] });
    expect(collections[0]).not.toHaveProperty("license");
    expect(collections[0]?.tags[0]?.record?.labels).toEqual({ version: "1.10", serial: "007" });
  });

  test("loses only its wrong values, each with a finding and its line", () => {
    const files = {
      "registry/lab/tool/README.md":
        "---\ntitle: ignored\ndescription: [a, b]\ntopics: one\nowners: [vanessa]\n---\nText\n",
      "registry/lab/tool/manifests/1.0/Singularity": DEFINITION,
    };
    expect(codes(files)).toEqual([
      { code: "bad-value", file: "registry/lab/tool/README.md", line: 3 },
      { code: "bad-value", file: "registry/lab/tool/README.md", line: 4 },
    ]);
    expect(scan(files).collections[0]).toMatchObject({ owners: ["vanessa"], topics: [], readme: "Text\n" });
  });

  test("that cannot be read withholds its collection, which may be meant to be private", () => {
    const good = { "registry/lab/good/manifests/1.0/Singularity": DEFINITION };
    for (const readme of ["---\nvisibility: privat\n---\n", "---\na: [\n---\n", "---js\n{}\n---\n"]) {
      const files = {
        ...good,
        "registry/lab/tool/README.md": readme,
        "registry/lab/tool/manifests/1.0/Singularity": DEFINITION,
      };
      expect(names(files)).toEqual(["lab/good"]);
      expect(codes(files)).toHaveLength(1);
    }
  });
});

describe("a record", () => {
  const withRecord = (text: string) => ({
    "registry/lab/tool/manifests/1.0/Singularity": DEFINITION,
    "registry/lab/tool/manifests/1.0/README.md": text,
    "registry/lab/tool/manifests/2.0/Singularity": DEFINITION,
  });

  test("of 2019 keeps its numbers and digests, whatever their unit and kind", () => {
    const text = `---
layout: manifests/singularity
size: 5539
digest: sha256:${HEX}
layers:
- size: 2065537
  digest: "md5:a1025471b564766d08bdf2cb062c795c"
  url: "https://storage.example.org/a1025471b564766d08bdf2cb062c795c.simg"
---
`;
    expect(scan(withRecord(text)).collections[0]?.tags[0]?.record).toEqual({
      schema: 2019,
      size: 5539,
      digest: `sha256:${HEX}`,
      layers: [
        {
          size: 2_065_537,
          digest: "md5:a1025471b564766d08bdf2cb062c795c",
          url: "https://storage.example.org/a1025471b564766d08bdf2cb062c795c.simg",
        },
      ],
    });
  });

  test.each([
    ["without a digest", "---\nsize: 1\nlayers: []\n---\n", 2],
    ["with a size that is no number", RECORD_2019.replace("size: 55056\ndigest", "size: big\ndigest"), 3],
    ["with an address that runs", RECORD_2019.replace("https://storage.example.org", "javascript://x"), 8],
    ["with a path out of images/", record2("", "images/../registry.yml"), 10],
    ["of a schema to come", record2().replace("schema: 2", "schema: 3"), 2],
    ["with a date that is none", record2().replace("2026-11-20T12:00:00Z", "yesterday"), 3],
    ["without front matter", "Just text\n", 1],
  ])("%s withholds its tag with a finding", (_, text, line) => {
    const { collections, findings } = scan(withRecord(text));
    expect(collections[0]?.tags.map(({ name }) => name)).toEqual(["2.0"]);
    expect(findings).toMatchObject([
      { code: "bad-record", file: "registry/lab/tool/manifests/1.0/README.md", line },
    ]);
  });

  test("tells whether its tag is built, stale, frozen or to build", () => {
    const recipe = recipeDigest({ fileName: "Singularity", text: DEFINITION });
    const { collections } = scan({
      "registry/lab/tool/manifests/built/Singularity": DEFINITION,
      "registry/lab/tool/manifests/built/README.md": record2(`recipe: ${recipe}\n`),
      "registry/lab/tool/manifests/frozen/Singularity": `${DEFINITION}#changed\n`,
      "registry/lab/tool/manifests/frozen/README.md": record2(`recipe: ${recipe}\n`),
      "registry/lab/tool/manifests/frozen/.frozen": "",
      "registry/lab/tool/manifests/frozen-unbuilt/Singularity": DEFINITION,
      "registry/lab/tool/manifests/frozen-unbuilt/.frozen": "",
      "registry/lab/tool/manifests/legacy/Singularity": DEFINITION,
      "registry/lab/tool/manifests/legacy/README.md": RECORD_2019,
      "registry/lab/tool/manifests/new/Singularity": DEFINITION,
      "registry/lab/tool/manifests/stale/Singularity": `${DEFINITION}#changed\n`,
      "registry/lab/tool/manifests/stale/README.md": record2(`recipe: ${recipe}\n`),
    });
    expect(collections[0]?.tags.map((tag) => [tag.name, tag.status])).toEqual([
      ["built", "built"],
      ["frozen", "frozen"],
      ["frozen-unbuilt", "frozen"],
      ["legacy", "built"],
      ["new", "to build"],
      ["stale", "stale"],
    ]);
  });

  test("is not stale for a definition file that is not UTF-8 and unchanged", () => {
    const bytes = Buffer.from("Bootstrap: docker\nFrom: x\n# caf\xe9\n", "latin1");
    const root = registryOf({ "registry/lab/tool/manifests/1.0/Singularity": bytes });
    const [tag] = scanRegistry({ root }).collections[0]?.tags ?? [];
    if (!tag?.definition) throw new Error("no definition");
    const recipe = recipeDigest(tag.definition);
    writeFileSync(join(root, "registry/lab/tool/manifests/1.0/README.md"), record2(`recipe: ${recipe}\n`));
    const [again] = scanRegistry({ root }).collections[0]?.tags ?? [];
    expect(again?.status).toBe("built");
    expect(recipe).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  });

  test("whose image the registry should keep and does not is a finding", () => {
    const image = `images/sha256/${HEX}.sif`;
    const files = {
      "registry/lab/tool/manifests/1.0/README.md": record2("", image),
      [image]: "short",
    };
    expect(codes(files)).toEqual([
      { code: "image-size", file: "registry/lab/tool/manifests/1.0/README.md", line: undefined },
    ]);
    expect(codes({ ...files, [image]: Buffer.alloc(1_048_576) })).toEqual([]);
    expect(codes(withRecord(record2("", image)))).toMatchObject([{ code: "image-missing" }]);
    expect(codes({ ...withRecord(record2("", image)), images: "a file" })).toMatchObject([
      { code: "image-missing" },
    ]);
  });
});
