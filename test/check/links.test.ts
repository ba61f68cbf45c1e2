import { describe, expect, test } from "vitest";
import { renderMarkdown, readLinks } from "../../src/site/markdown.ts";
import { DEFINITION, type Files, HEX, record2 } from "../support/registry.ts";
import { TAGS, TOOL, checkFiles } from "./support.ts";

const IMAGE = `images/sha256/${HEX}.sif`;
const FILES: Files = {
  [`${TAGS}/1.0/Singularity`]: DEFINITION,
  [`${TAGS}/1.0/README.md`]: record2("log: build.log.gz\n", IMAGE),
  [`${TAGS}/1.0/build.log.gz`]: "x",
  [`${TAGS}/2.0/Singularity`]: DEFINITION,
  [`${TOOL}/docs/usage.md`]: "# usage\n",
  "registry/lab/deep/other/manifests/latest/Singularity": DEFINITION,
  "registry/lab/hidden/README.md": "---\nvisibility: private\n---\n[x](gone.md)\n",
  "registry/lab/hidden/manifests/latest/Singularity": DEFINITION,
  [IMAGE]: "x",
};

const check = (body: string, url?: string) =>
  checkFiles({ ...FILES, [`${TOOL}/README.md`]: body }, ["dead-link"], url === undefined ? {} : { url });

const targets = (body: string, url?: string) => check(body, url).map(({ args }) => args["target"]);

describe("a link of a collection's README.md leads nowhere", () => {
  test("where the site does not serve the file, of which the line is told", () => {
    const body =
      "---\ndescription: x\n---\n\n# tool\n\nSee [usage](docs/usage.md)\nand [the tag](tags/3.0/).\n";
    const reason = "the site serves no such path; files of the repository are not on it";
    expect(check(body)).toEqual([
      { code: "dead-link", file: `${TOOL}/README.md`, line: 7, args: { target: "docs/usage.md", reason } },
      { code: "dead-link", file: `${TOOL}/README.md`, line: 8, args: { target: "tags/3.0/", reason } },
    ]);
  });

  test("where no heading is called so", () => {
    expect(check("# Usage\n\n[x](#usage) [y](#instalation)\n")).toEqual([
      {
        code: "dead-link",
        file: `${TOOL}/README.md`,
        line: 3,
        args: { target: "#instalation", reason: "no heading of this README.md is called so" },
      },
    ]);
  });

  test.each([
    "manifests/1.0/Singularity",
    "manifests/2.0/",
    "../nothing/",
    "../hidden/",
    "/lab/gone",
    "/docs/x.html",
    "/images/sha256/0.sif",
    "./LICENSE",
    "tags/1.0/index.htm",
    "%zz",
  ])("%s", (target) => {
    expect(targets(`[x](${target})`)).toEqual([target.replace("%zz", "%25zz")]);
  });

  test("as a picture, as a reference and in a list", () => {
    expect(targets("![x](logo.png)\n\n[y][ref]\n\n- [z](z.md)\n\n[ref]: y.md\n")).toEqual([
      "logo.png",
      "y.md",
      "z.md",
    ]);
  });

  test("below a base path, where the host's root is not the site's", () => {
    const url = "https://lab.github.io/registry/";
    expect(
      targets("[a](/lab/tool/) [b](/registry/lab/gone/) [c](../../../elsewhere) [d](/another/place)", url),
    ).toEqual(["/registry/lab/gone/"]);
  });
});

describe("a link of a collection's README.md leads somewhere", () => {
  test.each([
    "#usage",
    "#readme-usage",
    "#",
    "#top",
    "../tool",
    "../",
    "..",
    "/",
    "/lab/tool/#tags-heading",
    "tags/",
    "tags/1.0/",
    "tags/1.0/?x=1",
    "manifests/1.0/",
    "manifests/1.0/index.json",
    "manifests/1.0/Singularity.def",
    "manifests/1.0/build.log.gz",
    "../deep/",
    "../deep/other/",
    `/${IMAGE}`,
    "/api/v1/collections/lab/tool.json",
    "/schema/",
    "//example.org/x",
    "https://example.org/gone",
    "mailto:ada@example.org",
    "javascript:alert(1)",
  ])("%s", (target) => {
    expect(targets(`# Usage\n\n[x](${target})`)).toEqual([]);
  });

  test("in a fenced block or in code it is none", () => {
    expect(targets("```\n[x](gone.md)\n```\n\n`[x](gone.md)`\n")).toEqual([]);
  });

  test("in a private collection nobody sees it", () => {
    expect(checkFiles(FILES, ["dead-link"])).toEqual([]);
  });
});

describe("a link to a heading", () => {
  test.each([
    ["## What's new in 1.0?", "#whats-new-in-10", "#readme-what-s-new-in-1-0"],
    ["## Über uns", "#über-uns", "#readme-%C3%BCber-uns"],
    ["# A\n# A", "#a-1", "#readme-a~1"],
    ["# A\n# A-1\n# A", "#a-1", "#readme-a-1"],
  ])("%j is led to where the page has it", (headings, target, expected) => {
    const html = renderMarkdown(`[x](${target})\n\n${headings}\n`);
    expect(html).toContain(`<a href="${expected}"`);
    const id = decodeURIComponent(expected.slice(1));
    expect(html).toContain(` id="${id}"`);
    expect([...readLinks(`${headings}\n`).anchors]).toContain(id);
  });

  test("that is not there stays as it is", () => {
    expect(renderMarkdown("# A\n\n[x](#b)\n")).toContain('<a href="#b"');
  });
});
