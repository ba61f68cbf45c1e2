import { describe, expect, test } from "vitest";
import { DEFINITION, type Files, RECORD_2019, record2 } from "../support/registry.ts";
import { TAGS, TOOL, checkFiles, placesOf } from "./support.ts";

const readme = (yaml: string, body = "") => `---\n${yaml}\n---\n${body}`;
const RECIPE: Files = { [`${TAGS}/1.0/Singularity`]: DEFINITION };

describe("a collection's description", () => {
  const check = (files: Files) => checkFiles({ ...RECIPE, ...files }, ["no-description"]);

  test("is missed in its README.md", () => {
    expect(check({ [`${TOOL}/README.md`]: "# tool\n" })).toEqual([
      { code: "no-description", file: `${TOOL}/README.md`, line: 1, args: { collection: "lab/tool" } },
    ]);
  });

  test("is missed where there is no README.md, of which the folder tells", () => {
    expect(check({})).toEqual([{ code: "no-description", file: TOOL, args: { collection: "lab/tool" } }]);
  });

  test("is there", () => {
    expect(check({ [`${TOOL}/README.md`]: readme("description: A tool.") })).toEqual([]);
  });
});

describe("the tag latest", () => {
  const check = (files: Files) => checkFiles(files, ["no-latest"]);
  const expected = [{ code: "no-latest", file: TOOL, args: { collection: "lab/tool" } }];

  test("is missed where there is something to pull or to build", () => {
    expect(check(RECIPE)).toEqual(expected);
    expect(check({ [`${TAGS}/1.0/README.md`]: record2() })).toEqual(expected);
    expect(check({ ...RECIPE, [`${TOOL}/README.md`]: "Ask for 1.00, 11.0 or x1.0." })).toEqual(expected);
  });

  test.each([
    ["there is one", { [`${TAGS}/latest/Singularity`]: DEFINITION }],
    ["the README.md names a tag", { [`${TOOL}/README.md`]: "Pull `lab/tool:1.0`." }],
    ["a sentence ends in one", { [`${TOOL}/README.md`]: "Pull 1.0.\n" }],
    ["what there is will never be built", { [`${TAGS}/1.0/.frozen`]: "" }],
  ])("is not missed where %s", (_, files) => {
    expect(check({ ...RECIPE, ...files })).toEqual([]);
  });
});

describe("owners", () => {
  const check = (registryYml: string, yaml: string) =>
    checkFiles({ ...RECIPE, "registry.yml": registryYml, [`${TOOL}/README.md`]: readme(yaml) }, [
      "unknown-owner",
    ]);

  test("have to be teams, or members of one", () => {
    const yaml = "description: A tool.\nowners:\n  - imaging\n  - ada\n  - Ada\n  - nobody";
    expect(check("teams:\n  imaging: [ada, grace]\n", yaml)).toEqual([
      { code: "unknown-owner", file: `${TOOL}/README.md`, line: 6, args: { owner: "Ada" } },
      { code: "unknown-owner", file: `${TOOL}/README.md`, line: 7, args: { owner: "nobody" } },
    ]);
    expect(placesOf(check("teams:\n  imaging: []\n", "owners: [x]"))).toEqual([`${TOOL}/README.md:2`]);
  });

  test("are anybody where registry.yml has no teams", () => {
    expect(check("title: x\n", "owners: [nobody]")).toEqual([]);
  });

  test("called as what every object has are not known by that", () => {
    const owners = "owners: [constructor, __proto__, toString]";
    expect(check("teams:\n  imaging: [ada]\n", owners)).toHaveLength(3);
  });
});

describe("keys of front matter", () => {
  const check = (files: Files) => checkFiles({ ...RECIPE, ...files }, ["dead-key"]);
  const checkReadme = (yaml: string) =>
    check({ [`${TOOL}/README.md`]: readme(yaml) }).map(({ line, args }) => [
      line,
      args["key"],
      args["expected"],
    ]);

  test("that are mistyped have no effect", () => {
    expect(checkReadme("desciption: A tool.\nvisiblity: private\nowner: [ada]\nTopics: [x]")).toEqual([
      [2, "desciption", "did you mean description?"],
      [3, "visiblity", "did you mean visibility?"],
      [4, "owner", "did you mean owners?"],
      [5, "Topics", "did you mean topics?"],
    ]);
  });

  test("that were for Jekyll have none", () => {
    expect(checkReadme("permalink: /x/\n'redirect_from': [/y/]\n\"published\": false")).toEqual(
      ["permalink", "redirect_from", "published"].map((key, index) => [
        index + 2,
        key,
        "it was for Jekyll, which made the sites of 2019; delete it",
      ]),
    );
  });

  test("that nobody knows have none, and the known ones are named", () => {
    const expected = "expected one of description, visibility, owners, topics, license, deprecated";
    expect(checkReadme("maintainer: ada\narchitecture: amd64\nsubscription: x")).toEqual([
      [2, "maintainer", expected],
      [3, "architecture", expected],
      [4, "subscription", expected],
    ]);
  });

  test.each([
    "layout: collection",
    "x-lab-id: 7",
    "description: |\n  owner: this is text\n  permalink: and this",
    "# owner: a comment",
    'description: "a\n  permalink: b"',
    "description: A tool.\nowners: [ada]\ntopics: [x]\nlicense: MIT\ndeprecated: true\nvisibility: private",
  ])("%j are fine", (yaml) => {
    expect(checkReadme(yaml)).toEqual([]);
  });

  test("of records are known, too", () => {
    const file = `${TAGS}/1.0/README.md`;
    expect(check({ [file]: RECORD_2019 })).toEqual([]);
    expect(check({ [file]: record2("recpie: x\n") })).toEqual([
      { code: "dead-key", file, line: 11, args: { key: "recpie", expected: "did you mean recipe?" } },
    ]);
    expect(check({ [file]: RECORD_2019.replace("---\n", "---\narchitecture: amd64\n") })).toEqual([
      {
        code: "dead-key",
        file,
        line: 2,
        args: { key: "architecture", expected: "only a record with schema: 2 has it" },
      },
    ]);
  });

  test("have no word twice in their lists", () => {
    expect(checkReadme("topics: [hpc, HPC]\nowners:\n  - ada\n  - x\n  - ada\n  - ada")).toEqual([
      [6, "ada in owners", "the list has ada already"],
      [2, "HPC in topics", "the list has hpc already"],
    ]);
  });
});

test("collections and tags that differ by case alone are told of, wherever they lie", () => {
  const found = checkFiles(
    {
      "registry/Lab/tool/manifests/1.0/Singularity": DEFINITION,
      "registry/lab/Tool/manifests/1.0-A/Singularity": DEFINITION,
      "registry/lab/Tool/manifests/1.0-a/Singularity": DEFINITION,
    },
    ["case-clash"],
  );
  expect(found.map(({ file }) => file).sort()).toEqual(["registry/lab", "registry/lab/Tool/manifests/1.0-a"]);
});
