import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { DEFINITION, listFiles, record2, registryOf } from "../support/registry.ts";
import { NEIGHBOUR, expectHarmless, places, siteOf } from "./support.ts";

const MANIFEST = "manifests/latest/Singularity";

const BAD_NAMES = [
  "a\nb",
  "a\n::error::b",
  "\u001b[31mred",
  "a\u0007",
  "a\u007f",
  "a\u009b31m",
  "a\u202Etxt",
  "a\u200Fb",
  "-rf",
  "_x",
  "+x",
  "a b",
  " a",
  "a ",
  'quo"te',
  "it's",
  "<b>",
  "$(id)",
  "a;b",
  "a&b",
  "a|b",
  "a\\b",
  "a:b",
  "a@b",
  "a%2fb",
  "%2e%2e",
  "a~b",
  "a?b",
  "a#b",
  "{{7*7}}",
  "*",
  "größe",
  "аpple",
  "x".repeat(129),
];

describe("a name that cannot be served", () => {
  test("is one finding as a namespace, as a collection and as a tag, and nothing of it is written", async () => {
    const files: Record<string, string> = { [`registry/bad/one/${MANIFEST}`]: DEFINITION };
    const folders = BAD_NAMES.flatMap((name) => [
      `registry/${name}`,
      `registry/bad/${name}`,
      // OCI lets a tag begin with an underscore.
      ...(name === "_x" ? [] : [`registry/bad/one/manifests/${name}`]),
    ]);
    for (const folder of folders) {
      const rest = folder.includes("/manifests/")
        ? "Singularity"
        : folder.includes("/bad/")
          ? MANIFEST
          : `one/${MANIFEST}`;
      files[`${folder}/${rest}`] = DEFINITION;
    }
    const { findings, out } = await siteOf(files);
    expect(places(findings).sort()).toEqual(folders.map((folder) => `${folder} bad-name`).sort());
    expect(listFiles(out).filter((path) => path.startsWith("bad/"))).toEqual([
      "bad/index.html",
      "bad/one/index.html",
      "bad/one/manifests/latest/Singularity.def",
      "bad/one/tags/index.json",
      "bad/one/tags/latest/index.html",
    ]);
    // Images by their digests, and the page of a base, are called so by the site itself.
    const own = /sha256:[0-9a-f]{64}|busybox~1\.36/g;
    const strange = listFiles(out).filter((path) => /[^A-Za-z0-9._/-]/.test(path.replaceAll(own, "")));
    expect(strange).toEqual([]);
    expectHarmless(out);
  });

  test("that is no UTF-8 is one finding", async () => {
    const { findings } = await siteOf({ [`registry/bad/one/${MANIFEST}`]: DEFINITION }, (root) => {
      for (const folder of ["registry/", "registry/bad/", "registry/bad/one/manifests/"]) {
        const path = Buffer.concat([Buffer.from(join(root, folder)), Buffer.from([0x61, 0xff])]);
        mkdirSync(Buffer.concat([path, Buffer.from("/x/manifests")]), { recursive: true });
      }
    });
    expect(places(findings)).toEqual([
      "registry/a\uFFFD bad-name",
      "registry/bad/a\uFFFD bad-name",
      "registry/bad/one/manifests/a\uFFFD bad-name",
    ]);
  });

  test("that begins with a dot is not looked at", async () => {
    const { findings, out } = await siteOf({
      [`registry/bad/one/${MANIFEST}`]: DEFINITION,
      [`registry/..evil/one/${MANIFEST}`]: DEFINITION,
      [`registry/bad/.../${MANIFEST}`]: DEFINITION,
      "registry/bad/one/manifests/..evil/Singularity": DEFINITION,
    });
    expect(findings).toEqual([]);
    expect(listFiles(out).filter((path) => path.includes(".."))).toEqual([]);
  });

  test("as a whole is one finding where folders are nested for ever", async () => {
    const deep = `registry/deep/${"a/".repeat(400)}`;
    const { findings } = await siteOf({ [`${deep}${MANIFEST}`]: DEFINITION });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.code).toBe("bad-name");
  });
});

describe("a reserved name", () => {
  test.each(["index.json", "index.html", "Index.JSON", "TAGS", "tags"])(
    "%s is a finding as a collection",
    async (name) => {
      const { findings, out } = await siteOf({
        [`registry/bad/one/${MANIFEST}`]: DEFINITION,
        [`registry/bad/${name}/${MANIFEST}`]: DEFINITION,
      });
      expect(places(findings)).toEqual([`registry/bad/${name} reserved-name`]);
      expect(existsSync(join(out, "bad/one/tags/latest/index.html"))).toBe(true);
    },
  );

  test("is a finding as a tag and as a namespace", async () => {
    const tags = ["tags", "manifests", "index.json", "index.html", "Index.JSON", "TAGS"];
    const namespaces =
      "api API v1 v2 pks schema assets images search version architectures badges bases cards changes collections compare health inspect Labels sizes topics tags manifests 404.html index.html index.json robots.txt sitemap.xml openapi.json SHA256SUMS".split(
        " ",
      );
    const files: Record<string, string> = { [`registry/bad/one/${MANIFEST}`]: DEFINITION };
    for (const tag of tags) files[`registry/bad/one/manifests/${tag}/Singularity`] = DEFINITION;
    for (const namespace of namespaces) files[`registry/${namespace}/one/${MANIFEST}`] = DEFINITION;
    const { findings, out } = await siteOf(files);
    const reserved = places(findings).filter((place) => place.endsWith(" reserved-name"));
    expect(reserved.sort()).toEqual(
      [
        ...tags.map((tag) => `registry/bad/one/manifests/${tag}`),
        ...namespaces.map((name) => `registry/${name}`),
      ]
        .map((path) => `${path} reserved-name`)
        .sort(),
    );
    expect(existsSync(join(out, "bad/one/tags/latest/index.html"))).toBe(true);
  });

  test("is one that would lie on the API's files", async () => {
    const { findings } = await siteOf({
      [`registry/bad/one/${MANIFEST}`]: DEFINITION,
      [`registry/bad/one.json/two/${MANIFEST}`]: DEFINITION,
      [`registry/bad/collections.json/${MANIFEST}`]: DEFINITION,
    });
    expect(places(findings)).toEqual(["registry/bad/one.json/two reserved-name"]);
  });
});

test("names that differ by case alone are served both, with a warning each", async () => {
  const { findings, out } = await siteOf({
    [`registry/Good/neighbour/${MANIFEST}`]: DEFINITION,
    [`registry/good/Neighbour/${MANIFEST}`]: DEFINITION,
    "registry/good/neighbour/manifests/LATEST/Singularity": DEFINITION,
  });
  expect(places(findings)).toEqual([
    "registry/good case-clash",
    "registry/good/neighbour case-clash",
    "registry/good/neighbour/manifests/latest case-clash",
  ]);
  for (const path of ["Good/neighbour", "good/Neighbour", "good/neighbour"]) {
    expect(existsSync(join(out, path, "tags/latest/index.html"))).toBe(true);
  }
});

/** What a terminal obeys, or shows in another order than it stands. */
// oxlint-disable-next-line no-control-regex
const TERMINAL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]|\p{Bidi_Control}|[\u2028\u2029]/u;

test("no name, key or front matter reaches the terminal with what it would obey", async () => {
  const files: Record<string, string | Buffer> = { ...NEIGHBOUR };
  for (const name of BAD_NAMES) files[`registry/bad/${name}/${MANIFEST}`] = DEFINITION;
  const escape = String.raw`\e[2J\u202E\u009b`;
  const raw = "\u202E\u2066\u200F";
  const readmes = [
    `---${raw}\u009b\n---\n`,
    `---\na: *${raw}\n---\n`,
    `---\na: !${raw} b\n---\n`,
    `---\na: !%1b%5b2J b\n---\n`,
    `---\na: !<%1b%5b2J> b\n---\n`,
    `---\n%${raw} b\n---\n`,
  ];
  for (const [index, readme] of readmes.entries()) {
    files[`registry/mean/c${index}/README.md`] = readme;
    files[`registry/mean/c${index}/${MANIFEST}`] = DEFINITION;
  }
  files["registry/mean/labels/manifests/latest/README.md"] = record2(`labels: {"${escape}": [a]}\n`);
  const root = registryOf(files);
  const result = await runCli(["site", "--root", root, "--out", join(root, "_site"), "--quiet"]);
  expect(result.status).toBe(0);
  expect(TERMINAL.exec(result.stderr)).toBe(null);
  expect(TERMINAL.exec(result.stdout)).toBe(null);
  // A line break in a name begins no line that looks like another finding.
  expect(result.stderr.trimEnd().split("\n")).toHaveLength(BAD_NAMES.length + readmes.length + 1);
});

test("no option reaches the terminal with what it would obey", async () => {
  const evil = "\u001b[2J\u202E\u009b";
  for (const args of [
    ["site", "--tree", evil],
    ["site", "--root", evil],
    ["site", "--url", evil],
    ["new", evil],
    [evil],
    [`--${evil}`],
  ]) {
    const { status, stderr } = await runCli(args);
    expect([1, 2]).toContain(status);
    expect(TERMINAL.exec(stderr), stderr).toBe(null);
  }
});
