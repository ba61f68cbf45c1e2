import { describe, expect, test } from "vitest";
import { searchableCollections } from "../../bench/search-registry.ts";
import { ServedIndex } from "../../bench/search-visitor.ts";
import { type Files, record2 } from "../support/registry.ts";
import { definition, indexOf, namesFor } from "./support.ts";

const readme = (front: Readonly<Record<string, unknown>>) => `---\n${JSON.stringify(front)}\n---\n`;

const FILES: Files = {
  "registry/lab/samtools/README.md": readme({
    description: "Reads and writes alignments",
    topics: ["genomics"],
  }),
  "registry/lab/samtools/manifests/1.19/Singularity": definition("", "ubuntu:16.04"),
  "registry/lab/samtools/manifests/1.19/README.md": record2(),
  "registry/lab/samtools/manifests/1.20/Singularity": definition("%apprun flagstat\n    true\n"),
  "registry/lab/samtools-extra/manifests/latest/Singularity": definition(),
  "registry/lab/bcf/README.md": readme({ description: "Goes well with samtools", deprecated: true }),
  "registry/lab/bcf/manifests/latest/Singularity": definition("%labels\n    maintainer Ada Lovelace\n"),
  "registry/ncbi/ncbi-blast+/manifests/2.16.0/Singularity": definition("    wget needle-in-a-haystack\n"),
  "registry/deep/er/Größe/README.md": readme({ description: "Misst die Größe. 容器注册表" }),
  "registry/deep/er/Größe/manifests/x/Singularity": definition(),
  "registry/deep/er/groesse-x/README.md": readme({ description: "Gemessene Größe, naïve Øresund" }),
  "registry/deep/er/groesse-x/manifests/x/Singularity": definition(),
  "registry/lab/secret/README.md": readme({ visibility: "private", description: "samtools" }),
  "registry/lab/secret/manifests/x/Singularity": definition(),
};

describe("what is found", () => {
  test.each([
    ["a name", "bcf", ["lab/bcf"]],
    ["one letter", "n", ["ncbi/ncbi-blast+", "deep/er/groesse-x"]],
    ["a part of a name", "blast", ["ncbi/ncbi-blast+"]],
    ["a whole reference", "lab/samtools:1.20", ["lab/samtools"]],
    ["a tag", "2.16", ["ncbi/ncbi-blast+"]],
    ["a topic", "genomics", ["lab/samtools"]],
    ["a word of the description", "alignments", ["lab/samtools"]],
    ["a base of any tag", "ubuntu:16.04", ["lab/samtools"]],
    ["an app", "flagstat", ["lab/samtools"]],
    ["a label's value", "lovelace", ["lab/bcf"]],
    ["a label's key", "maintainer", ["lab/bcf"]],
    ["several words in any order", "alignments sam", ["lab/samtools"]],
    ["letters without their marks", "grosse", ["deep/er/groesse-x"]],
    ["letters with their marks", "GRÖßE", ["deep/er/groesse-x"]],
    ["letters that Unicode does not take apart", "oresund naive", ["deep/er/groesse-x"]],
    ["nothing that is private", "secret", []],
  ])("%s", async (_, query, names) => {
    expect(await namesFor(await indexOf(FILES), query)).toEqual(names);
  });

  test("comes with the whole name first, then what begins so, then what only speaks of it", async () => {
    expect(await namesFor(await indexOf(FILES), "samtools")).toEqual([
      "lab/samtools",
      "lab/samtools-extra",
      "lab/bcf",
    ]);
  });

  test("is all collections where nothing was typed", async () => {
    const served = await indexOf(FILES);
    expect((await served.visitor().ask(" ")).ids).toHaveLength(5);
  });

  test("has the words of definition files only when they are asked for", async () => {
    const { index } = (await indexOf(FILES)).visitor();
    expect((await index.search("needle")).ids).toHaveLength(0);
    const { ids } = await index.search("needle", { hasDefinitions: true });
    expect(await index.results(ids)).toMatchObject([{ name: "ncbi/ncbi-blast+", definition: "2.16.0" }]);
  });

  test("is narrowed by facets, whose counts leave out their own choice", async () => {
    const visitor = (await indexOf(FILES)).visitor();
    const { ids, facets } = await visitor.narrow("lab", { status: ["deprecated"] });
    expect(await visitor.index.results(ids)).toMatchObject([{ name: "lab/bcf" }]);
    const counts = Object.fromEntries(
      facets.map(({ name, values }) => [name, values.map(({ value, count }) => [value, count])]),
    );
    expect(counts).toEqual({
      namespace: [["lab", 1]],
      base: [["busybox:1.36", 1]],
      topic: [],
      architecture: [],
      status: [
        ["to build", 3],
        ["built", 1],
        ["deprecated", 1],
      ],
    });
  });

  test("is nothing where a value was chosen that no collection has", async () => {
    const visitor = (await indexOf(FILES)).visitor();
    expect((await visitor.narrow("lab", { status: ["__proto__"] })).ids).toHaveLength(0);
  });
});

describe("a mistyped word", () => {
  test.each([
    ["a letter too many", "samttools", "samtools"],
    ["a letter missing", "samtols", "samtools"],
    ["another letter", "samtoolz", "samtools"],
    ["two letters in each other's place", "smatools", "samtools"],
    ["a wrong first letter", "zamtools", "samtools"],
    ["two mistakes", "smatoolz", "samtools"],
    ["a mistake while it is being typed", "alignmnt", "alignments"],
  ])("with %s is understood", async (_, query, word) => {
    const { names, words, isCorrected } = await (await indexOf(FILES)).visitor().ask(query);
    expect({ first: names[0], isCorrected }).toEqual({ first: "lab/samtools", isCorrected: true });
    expect(words[0]?.found[0]).toBe(word);
  });

  test.each(["bcg", "samt99s", "flogsdot"])("is not taken for what is too far from it: %s", async (query) => {
    const { ids, isCorrected } = await (await indexOf(FILES)).visitor().ask(query);
    expect({ count: ids.length, isCorrected }).toEqual({ count: 0, isCorrected: false });
  });

  test("that is a word of its own is not changed", async () => {
    expect((await (await indexOf(FILES)).visitor().ask("reads")).isCorrected).toBe(false);
  });
});

test("collections with some of the words are found where none has all, and it is said", async () => {
  const { names, isPartial } = await (await indexOf(FILES)).visitor().ask("samtools lovelace qqqq");
  expect({ names, isPartial }).toEqual({ names: ["lab/bcf"], isPartial: true });
});

test("a small registry is read in one file, besides its definition files", async () => {
  const served = await indexOf(FILES);
  const visitor = served.visitor();
  await visitor.ask("samtols");
  await visitor.narrow("lab", {});
  expect(visitor.traffic.files).toBe(1);
  expect([...served.bodies.keys()]).toEqual(["search/text/0.json", "search/start.json"]);
});

test("the same registry makes the same bytes, in whatever order its collections come", async () => {
  const collections = searchableCollections(200);
  const [one, other] = [await ServedIndex.of(collections), await ServedIndex.of(collections.toReversed())];
  expect([...one.bodies]).toEqual([...other.bodies]);
});
