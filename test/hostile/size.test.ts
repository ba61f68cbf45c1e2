import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFINITION, type Files, record2, registryOf } from "../support/registry.ts";
import { MEBIBYTE, NEIGHBOUR, buildWithin, expectNeighbour } from "./support.ts";

/** A regression may take hours: the process is killed, and the test fails. In seconds. */
const PATIENCE = 50;

/** As much of a repeated text as a file may hold. */
function full(text: string, size = MEBIBYTE): string {
  return text.repeat(Math.floor(size / text.length));
}

/** As many numbered pieces as a file may hold. */
function numbered(piece: (index: number) => string, size = MEBIBYTE - 16): string {
  let text = "";
  for (let index = 0; text.length < size; index++) text += piece(index);
  return text.slice(0, text.lastIndexOf(piece(0).at(-1) ?? "", size - 1) + 1);
}

async function expectBuilt(files: Files): Promise<void> {
  const { status, out } = await buildWithin(PATIENCE, registryOf({ ...NEIGHBOUR, ...files }));
  expect(status).toBe(0);
  expectNeighbour(out);
  for (const path of Object.keys(files)) {
    const name = /^registry\/(bad\/[a-z0-9]+)\/manifests/.exec(path)?.[1];
    if (name !== undefined) expect(existsSync(join(out, name, "index.html")), name).toBe(true);
  }
}

/** Collections with these README.md files. */
function readmes(texts: readonly string[]): Files {
  const files: Record<string, string> = {};
  for (const [index, text] of texts.entries()) {
    files[`registry/bad/c${index}/README.md`] = text;
    files[`registry/bad/c${index}/manifests/1.0/Singularity`] = DEFINITION;
  }
  return files;
}

describe("a README.md of 1 MiB is rendered in seconds", () => {
  test.each([
    ["brackets", [full("["), full("]"), full("!["), full("[a](")]],
    [
      "emphasis",
      [full("*a **a "), full("a**b c*"), full("*_"), full("**a", MEBIBYTE / 2) + full("b**", MEBIBYTE / 2)],
    ],
    [
      "quotes and lists",
      [full(">"), full("> - "), full("1. "), full("* a\n"), full(">", 1000) + full("a\n", 1_000_000)],
    ],
    [
      "code and comments",
      [numbered((index) => `${"`".repeat(index + 1)} `), full("` `` "), full("<!--"), full("```\n")],
    ],
    [
      "tables",
      [`|a|b|\n|-|-|\n${full("|x|y|\n", 1_000_000)}`, `${full("|a", 500_000)}|\n${full("|-", 500_000)}|\n`],
    ],
    [
      "links",
      [full("[a](http://b.example) "), full("http://a.example "), full("<http://a"), full("<a@b.example> ")],
    ],
    [
      "references",
      [numbered((index) => `[a${index}]: b\n`), `[${full("a\n", 1_000_000)}`, full('[a]: b "\n')],
    ],
    ["entities and escapes", [full("&"), `&${full("a")}`.slice(1), full("&#x"), full("\\"), full("\0")]],
    [
      "white space",
      [full("\n"), full(" "), full("\t"), full("\r"), full("a  \n"), `# a${full(" #", 1_000_000)}b`],
    ],
    ["different headings", [numbered((index) => `# ${index}\n`)]],
    ["equal headings", [full("# a\n")]],
    ["addresses without a protocol", [full("//a.b/")]],
    ["addresses of mail", [full("mailto:a@b.c/"), full("a@b.c ")]],
  ])("%s", async (_, texts) => {
    await expectBuilt(readmes(texts));
  });

  test("one long address that is used again and again", async () => {
    await expectBuilt(
      readmes([`[a]: http://x.example/${full("b", MEBIBYTE / 4)}\n\n${full("[a]", 700_000)}`]),
    );
  });
});

describe("front matter of 1 MiB is read in seconds", () => {
  test.each([
    ["keys", [numbered((index) => `k${index}: v\n`), numbered((index) => `k${index}:\n`)]],
    [
      "values",
      [`a: ${full("b", 1_000_000)}`, `a: >\n${full("  b\n", 1_000_000)}`, `a:\n${full("- b\n", 1_000_000)}`],
    ],
    ["flows", [`a: [${full("b,", 1_000_000)}]`, `a: [${full("b: c, ", 1_000_000)}]`]],
    ["white space and comments", [full("\n", 1_000_000), full(" ", 1_000_000), full("#\n", 1_000_000)]],
    ["anchors", [numbered((index) => `k${index}: &a${index} v\n`), `a: &${full("x", 1_000_000)} v`]],
  ])("%s", async (_, yamls) => {
    await expectBuilt(readmes(yamls.map((yaml) => `---\n${yaml.slice(0, MEBIBYTE - 16)}\n---\n`)));
  });
});

test("a definition file of 1 MiB is shown in seconds, on one line and on a million", async () => {
  const texts = [
    full("a"),
    full(" "),
    full("a:"),
    `%${full("a")}`.slice(0, MEBIBYTE),
    full("\n"),
    full("<"),
    full("\r"),
  ];
  const files: Record<string, string> = {};
  for (const [index, text] of texts.entries())
    files[`registry/bad/one/manifests/t${index}/Singularity`] = text;
  await expectBuilt(files);
});

test("a record with a thousand labels of 1 MiB in all is shown in seconds", async () => {
  const labels = numbered((index) => `  k${index}: ${"v".repeat(1100)}\n`, 1_000_000);
  await expectBuilt({
    "registry/bad/one/manifests/1.0/README.md": record2(`labels:\n${labels}`),
  });
});
