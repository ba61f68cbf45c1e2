import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HOST_NAMES } from "../../src/host.ts";
import { IMAGE, type TestSite, buildFiles, expectNothingOutside, storedTag } from "../support/protocols.ts";
import { expectHarmless } from "./support.ts";

const labelled = (labels: Readonly<Record<string, string>>, reference = "lab/tool:1.0") =>
  storedTag(reference, IMAGE, `labels: ${JSON.stringify(labels)}\n`);

/** Labels as the list of all has them. */
const labelsOf = ({ json }: TestSite) =>
  json("api/labels/search/index.json") as { key: string; value: string }[];

/** What of the label search is beside the list of all. */
const searchPaths = ({ paths }: TestSite) =>
  paths.flatMap((path) => /^api\/labels\/search\/(.+)\/index\.json$/.exec(path)?.[1] ?? []);

/** No path of which can stand in the search. */
const UNFIT = [
  "..",
  ".",
  "../../../../etc/passwd",
  "a/../b",
  "a/./b",
  "/etc/passwd",
  "a//b",
  "a/",
  "",
  ".hidden",
  "a/.git/config",
  "index.json",
  "index.html",
  "a/index.json/b",
  "Index.JSON",
  "key",
  "value",
  "KEY",
  "a/key/b",
  "a/value",
  "a\\b",
  "..\\..\\x",
  "%2e%2e",
  "100 %",
  "a?b",
  "a#b",
  " a",
  "a ",
  "a\nb",
  "a\u0000b",
  "a\u001b[2Jb",
  "a\u0085b",
  "x".repeat(256),
  "é".repeat(128),
  "x".repeat(10_000),
  "x/".repeat(600) + "x",
];

describe("a label that cannot be a path", () => {
  test("as a key and as a value is in the list of all, and nowhere else", async () => {
    const labels = Object.fromEntries(
      UNFIT.flatMap((text, index) => [
        [text, text],
        [`k${index}`, text],
      ]),
    );
    const site = await buildFiles(labelled({ ...labels, Good: "Fine" }));
    expect(labelsOf(site)).toHaveLength(2 * UNFIT.length + 1);
    const keys = UNFIT.map((_, index) => `k${index}/key`);
    expect(searchPaths(site).sort()).toEqual(
      [...keys, "good/key", "good/key/fine/value", "fine/value"].sort(),
    );
    expectNothingOutside(site);
    expectHarmless(site.out);
  });

  test("because it is half a character is in the list of all, as JSON can say it", async () => {
    const more = String.raw`labels: { "a\uD800b": x, c: "\uDC00" }` + "\n";
    const { out } = await buildFiles(storedTag("lab/tool:1.0", IMAGE, more));
    expect(existsSync(join(out, "api/labels/search/index.json"))).toBe(true);
    expectHarmless(out);
  });
});

describe("labels that look like something else", () => {
  test("such as members of every object are labels like others", async () => {
    const more = "labels: { __proto__: polluted, constructor: made, toString: text, hasOwnProperty: own }\n";
    const site = await buildFiles(storedTag("lab/tool:1.0", IMAGE, more));
    expect(labelsOf(site).map(({ key, value }) => [key, value])).toEqual([
      ["__proto__", "polluted"],
      ["constructor", "made"],
      ["hasOwnProperty", "own"],
      ["toString", "text"],
    ]);
    expect(site.read("api/container/lab/tool:1.0")).toContain('"__proto__":"polluted"');
    expect(searchPaths(site)).toContain("__proto__/key/polluted/value");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("such as those of others by case or normalisation share an answer", async () => {
    const site = await buildFiles(
      labelled({ Name: "A", NAME: "a", "caf\u00e9": "x", "cafe\u0301": "x", "\u0130": "i", "i\u0307": "i" }),
    );
    expect(site.json("api/labels/search/name/key/index.json")).toHaveLength(2);
    expect(site.json("api/labels/search/caf\u00e9/key/index.json")).toHaveLength(2);
    expect(site.paths).not.toContain("api/labels/search/cafe\u0301/key/index.json");
    expect(site.json("api/labels/search/i\u0307/key/index.json")).toHaveLength(2);
  });

  test("such as paths below each other all stand", async () => {
    const site = await buildFiles(
      labelled({ a: "b", "a/b": "c", "a/b/c": "d/e", search: "api/labels/search" }),
    );
    expect(searchPaths(site)).toEqual(
      expect.arrayContaining([
        "a/key/b/value",
        "a/b/key/c/value",
        "a/b/c/key/d/e/value",
        "search/key/api/labels/search/value",
      ]),
    );
    expectNothingOutside(site);
  });

  test("such as a thousand of the longest that can be paths are built on every host", async () => {
    const long = (letter: string) => Array.from({ length: 3 }, () => letter.repeat(255)).join("/");
    for (const host of HOST_NAMES) {
      const site = await buildFiles(labelled({ [long("k")]: long("v") }), { host });
      expect(site.paths.filter((path) => path.startsWith("api/labels/search/"))).toHaveLength(4);
    }
  });
});

test("no body of a protocol holds a literal angle bracket, whatever a registry says", async () => {
  const evil = "</script><img src=x onerror=alert(1)>";
  const site = await buildFiles({
    ...labelled({ [evil]: evil, key: evil }),
    "registry/lab/tool/README.md": `---\ndescription: ${JSON.stringify(evil)}\n---\n`,
  });
  const bodies = site.paths.filter((path) => /^(?:api\/(?!index\.html)|v1\/|v2\/)|^version$/.test(path));
  const withBracket = bodies.filter((path) => site.read(path).includes("<"));
  expect(withBracket).toEqual([]);
  expect(site.json("v1/search")).toMatchObject({ data: { image: [{ description: evil }] } });
  expect(labelsOf(site)).toContainEqual({ key: evil, value: evil, containers: ["lab/tool:1.0"] });
});
