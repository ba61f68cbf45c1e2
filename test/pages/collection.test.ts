import { beforeAll, describe, expect, test } from "vitest";
import { parseYamlMapping } from "../../src/registry/yaml.ts";
import { DEFINITION, record2 } from "../support/registry.ts";
import { type Built, FILES, built, digestOf, record, unescapeHtml } from "./support.ts";

let site: Built;
let page: string;
beforeAll(async () => {
  site = await built();
  page = site.page("lab/tool/");
});

/** Text as a reader sees it. */
function textOf(html: string): string {
  return unescapeHtml(html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " "));
}

function rowOf(tag: string): string {
  const row = page.split("<tr>").find((part) => part.includes(`/tags/${tag}/">`));
  return textOf(row ?? "").trim();
}

describe("the table of tags", () => {
  test("says how each image differs from the one made before it, whatever the tags are called", () => {
    expect(rowOf("1.0")).toMatch(/^1\.0 stale|^1\.0 built/);
    expect(rowOf("1.0")).not.toContain("since");
    expect(rowOf("1.9")).toContain("2.0 MiB +1.0 MiB since 1.0 2026-02-01 amd64");
    expect(rowOf("1.10")).toContain("1.5 MiB \u2212512 KiB since 1.9");
    expect(rowOf("latest")).toContain("+512 KiB since 1.10");
    expect(rowOf("same")).toContain("the same image as latest");
  });

  test("has a row for each tag in natural order, built or not", () => {
    const tags = [...page.matchAll(/<th scope="row"><a href="[^"]*">([^<]*)</g)].map(([, tag]) => tag);
    expect(tags).toEqual(["1.0", "1.9", "1.10", "2019", "elsewhere", "latest", "planned", "same", "strange"]);
    expect(rowOf("planned")).toBe("planned to build");
    expect(rowOf("2019")).not.toMatch(/MiB|KiB|since/);
  });

  test("has a bar for each size, to scale", () => {
    const bars = [...page.matchAll(/<path d="M0 0h(\d+)v4/g)].map(([, share]) => Number(share));
    expect(bars).toEqual([50, 100, 75, 1, 100, 100, 1]);
  });
});

describe("sizes over time", () => {
  test("are drawn from the first to the last, with the same in words", () => {
    const [, label] = /<svg[^>]*role="img" aria-label="(Sizes[^"]*)"/.exec(page) ?? [];
    expect(label).toBe("Sizes of 7 images, from 1.0: 1.0 MiB, 2026-01-01 to strange: 9 B, 2026-05-03");
    expect(page.match(/class="dot"/g)).toHaveLength(7);
    expect(page).not.toContain("NaN");
  });

  test.each([
    ["one image", { "registry/lab/tool/manifests/1/README.md": record2() }],
    [
      "images of one moment",
      {
        "registry/lab/tool/manifests/1/README.md": record2(),
        "registry/lab/tool/manifests/2/README.md": record2(),
      },
    ],
  ])("are not drawn of %s", async (_, files) => {
    expect((await built(files)).page("lab/tool/")).not.toContain("sizes-heading");
  });

  test("are drawn of images without a byte", async () => {
    const empty = await built({
      "registry/lab/tool/manifests/1/README.md": record(0, "2026-01-01", "a"),
      "registry/lab/tool/manifests/2/README.md": record(0, "2026-01-02", "b"),
    });
    expect(empty.page("lab/tool/")).toContain("sizes-heading");
    expect(empty.page("lab/tool/")).not.toMatch(/NaN|Infinity/);
  });
});

test("labels that every build writes are folded", () => {
  const [open = "", folded = ""] = page
    .slice(page.indexOf('labels-heading">'))
    .split("2 labels of the build");
  expect(open).toContain("org.opencontainers.image.title");
  expect(open).not.toContain("org.opencontainers.image.created");
  expect(folded.split("</details>")[0]).toContain("org.opencontainers.image.created");
  expect(folded.split("</details>")[0]).toContain("org.label-schema.usage");
});

describe("a citation", () => {
  const citation = (kind: string, from = page) => {
    const [, html = ""] =
      new RegExp(`Cite as ${kind}</summary>\\s*<pre[^>]*><code>([^]*?)</code>`).exec(from) ?? [];
    return unescapeHtml(html);
  };

  test("is BibTeX that executes nothing", () => {
    expect(citation("BibTeX")).toBe(`@misc{lab_tool_latest,
  author = {{Ada Lovelace \\{\\textbackslash{}input\\}}},
  title = {{lab/tool:latest}},
  howpublished = {Container image in {The <Lab>}},
  year = {2026},
  url = {https://lab.org/r/lab/tool/tags/latest/},
  note = {sha256:${digestOf("four")}, MIT}
}
`);
  });

  test("is a CITATION.cff, which is YAML", () => {
    expect(parseYamlMapping(citation("CITATION.cff"))).toMatchObject({
      "cff-version": "1.2.0",
      title: "lab/tool:latest",
      authors: [{ name: "Ada Lovelace {\\input}" }],
      version: "latest",
      "date-released": "2026-04-01",
      license: "MIT",
      identifiers: [{ type: "other", value: `sha256:${digestOf("four")}` }],
    });
  });

  test("names no author where no label does, and says so", async () => {
    const other = (await built({ "registry/lab/tool/manifests/1/README.md": record2() })).page("lab/tool/");
    expect(citation("BibTeX", other)).not.toContain("author");
    expect(citation("CITATION.cff", other)).not.toContain("authors");
    expect(other).toContain("a CITATION.cff has to name them");
    expect(page).not.toContain("a CITATION.cff has to name them");
  });
});

describe("the badge of a collection", () => {
  test("says its default tag and how large that image is, as a picture and as data", () => {
    expect(JSON.parse(site.read("badges/lab/tool.json"))).toEqual({
      schemaVersion: 1,
      label: "lab/tool",
      message: "latest · 2.0 MiB",
      color: "informational",
    });
    expect(site.read("badges/lab/tool.svg")).toContain("<title>lab/tool: latest · 2.0 MiB</title>");
    expect(site.read("badges/lab/tool.svg")).not.toMatch(/<(?:script|style|image|use)|href|url\((?!#)/);
  });

  test("says that there is no image, and no size where a record does not tell it", async () => {
    const messageOf = (text: string) => (JSON.parse(text) as { message: string }).message;
    expect(messageOf(site.read("badges/lab/none.json"))).toBe("no image yet");
    const old = await built({
      "registry/lab/tool/manifests/2/README.md": FILES["registry/lab/tool/manifests/2019/README.md"] ?? "",
    });
    expect(messageOf(old.read("badges/lab/tool.json"))).toBe("2");
  });

  test("is as wide on the page as it is", () => {
    const [, width] = /<svg [^>]*width="(\d+)"/.exec(site.read("badges/lab/tool.svg")) ?? [];
    expect(page).toContain(
      `<img src="/r/badges/lab/tool.svg" alt="lab/tool: latest · 2.0 MiB" width="${width}"`,
    );
  });

  test("is there to be shown elsewhere", () => {
    expect(page).toContain(
      "[![lab/tool](https://lab.org/r/badges/lab/tool.svg)](https://lab.org/r/lab/tool/)",
    );
    expect(textOf(page)).toContain('<img src="https://lab.org/r/badges/lab/tool.svg" alt="lab/tool">');
    expect(page).toContain(".. image:: https://lab.org/r/badges/lab/tool.svg");
  });
});

test("search engines are told what it is, of which nothing ends the script", () => {
  const [, text = ""] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(page) ?? [];
  expect(text).not.toContain("<");
  expect(JSON.parse(text)).toMatchObject({
    "@type": "SoftwareApplication",
    name: "lab/tool",
    description: "Does <things>.",
    softwareVersion: "latest",
    fileSize: "2098KB",
    license: "https://spdx.org/licenses/MIT",
    downloadUrl: `https://storage.example.org/sha256/${digestOf("four")}.sif`,
    identifier: `sha256:${digestOf("four")}`,
  });
});

test("somebody is led to the file to edit", async () => {
  const link = "https://github.com/lab/registry/blob/HEAD/registry/lab/tool/README.md";
  expect(page).toContain(`<a href="${link}">on GitHub</a>`);
  expect(site.page("lab/none/")).toContain("https://github.com/lab/registry/tree/HEAD/registry/lab/none");
  const unknown = await built({
    "registry.yml": "repository: https://git.example.org/lab/registry\n",
    "registry/lab/tool/manifests/1/Singularity": DEFINITION,
  });
  expect(unknown.page("lab/tool/")).not.toContain("<dt>Edit</dt>");
});
