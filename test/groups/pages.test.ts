import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, listFiles, readJson } from "../support/registry.ts";
import { built, definitionOn, recordOf } from "./support.ts";

const HOSTILE = "<script>window.hacked=1</script>\"'&";

function tag(collection: string, name: string, digit: string, labels: string, from = "ubuntu:16.04"): Files {
  const folder = `registry/${collection}/manifests/${name}`;
  return {
    [`${folder}/Singularity`]: definitionOn(from),
    [`${folder}/README.md`]: recordOf(digit, 10, undefined, `labels:\n${labels}`),
  };
}

const FILES: Files = {
  "registry.yml": "title: Lab\n",
  "registry/lab/a/README.md": `---\ndescription: ${JSON.stringify(HOSTILE)}\ntopics: [rna, ${JSON.stringify(HOSTILE)}, alone]\n---\n`,
  "registry/lab/b/README.md": `---\ntopics: [rna, ${JSON.stringify(HOSTILE)}]\n---\n`,
  ...tag(
    "lab/a",
    "1.10",
    "a",
    `  color: red\n  date: one\n  only: here\n  ${JSON.stringify(HOSTILE)}: ${JSON.stringify(HOSTILE)}\n`,
  ),
  ...tag(
    "lab/a",
    "1.9",
    "b",
    `  color: red\n  date: two\n  ${JSON.stringify(HOSTILE)}: ${JSON.stringify(HOSTILE)}\n`,
  ),
  ...tag("lab/b", "1.0", "c", `  color: blue\n  date: three\n`, "ubuntu:22.04"),
  ...tag("lab/b", "1.1", "d", `  color: blue\n  date: four\n`, "ubuntu:22.04"),
  ...tag("lab/b", "1.2", "e", `  color: green\n`, "alpine:3.20"),
};

const read = (site: string, path: string) => readFileSync(join(site, path, "index.html"), "utf8");
const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

describe("the pages on what is in common", () => {
  test("list a kind, the most used first, with what one alone has behind", async () => {
    const text = textOf(read(await built(FILES), "topics"));
    expect(text).toMatch(/rna collections: 2 .*Only once .*alone lab\/a/);
  });

  test("say which bases get no updates any more by the newest day that is known", async () => {
    const site = await built(FILES);
    const text = textOf(read(site, "bases"));
    expect(text).toContain("ubuntu:16.04 tags: 2 no updates since 2021-04-30 (Ubuntu 16.04)");
    expect(text).toContain("ubuntu:22.04 tags: 2 until 2027-06-01 (Ubuntu 22.04)");
    expect(text).toContain("alpine:3.20 lab/b:1.2 no updates since 2026-04-01");
    expect(textOf(read(site, "bases/ubuntu~16.04"))).toMatch(
      /Built on it: 2 tags of 1 collection\. .*1\.9 1\.10/,
    );
  });

  test("say only until when, where no day is known", async () => {
    const site = await built({ "registry/lab/a/manifests/1/Singularity": definitionOn("ubuntu:16.04") });
    expect(textOf(read(site, "bases"))).toContain("ubuntu:16.04 lab/a:1 until 2021-04-30 (Ubuntu 16.04)");
  });

  test("count keys and values that one tag alone has, and have no page for them", async () => {
    const site = await built(FILES);
    expect(existsSync(join(site, "labels/only"))).toBe(false);
    expect(textOf(read(site, "labels"))).toContain("1 more keys that one tag alone has are not listed");
    expect(textOf(read(site, "labels/color"))).toMatch(
      /5 tags, 3 values .*blue tags: 2 lab\/b:1.0 , lab\/b:1.1/,
    );
    expect(textOf(read(site, "labels/date"))).toContain("Values that one tag alone has: 4.");
  });

  test("show what strangers wrote as text", async () => {
    const site = await built(FILES);
    for (const path of listFiles(site).filter((file) => /^(?:topics|labels|sizes)\//.test(file)))
      expect(readFileSync(join(site, path), "utf8")).not.toContain("<script>window");
    expect(read(site, "topics")).toContain("&lt;script&gt;window.hacked=1");
  });

  test("are cut into pages of 250 collections, and values with more than ten tags have their own", async () => {
    const files = Object.assign(
      {},
      ...Array.from({ length: 251 }, (_, index) => ({
        [`registry/lab/c${index}/README.md`]: "---\ntopics: [many]\n---\n",
        [`registry/lab/c${index}/manifests/1/Singularity`]: definitionOn("busybox:1", "docker", "    k v"),
      })),
    ) as Files;
    const site = await built(files, "https://a.org/b/");
    expect(read(site, "topics/many").match(/<tr>/g)).toHaveLength(251);
    expect(read(site, "topics/many/_2").match(/<tr>/g)).toHaveLength(2);
    expect(read(site, "topics/many")).toContain('href="/b/topics/many/_2/" rel="next"');
    expect(existsSync(join(site, "labels/k/v/_2/index.html"))).toBe(true);
    expect(read(site, "labels/k")).toContain('<a href="/b/labels/k/v/">all 251</a>');
  });

  test("have the same as JSON", async () => {
    const site = await built(FILES, "https://a.org/b/");
    expect(readJson(site, "api/v1/bases.json")).toMatchObject({
      kind: "bases",
      groups: [
        { name: "alpine:3.20", count: 1, member: "lab/b:1.2", end: { date: "2026-04-01" } },
        { name: "ubuntu:16.04", count: 2, url: "https://a.org/b/api/v1/bases/ubuntu~16.04.json" },
        { name: "ubuntu:22.04", page: "https://a.org/b/bases/ubuntu~22.04/" },
      ],
    });
    expect(readJson(site, "api/v1/topics/rna.json")).toMatchObject({ members: ["lab/a", "lab/b"] });
    expect(readJson(site, "api/v1/labels.json")).toMatchObject({ alone: 1 });
    expect(readJson(site, "api/v1/labels/color.json")).toMatchObject({
      count: 5,
      alone: 1,
      values: [{ value: "blue", members: ["lab/b:1.0", "lab/b:1.1"] }, { value: "red" }],
    });
  });
});
