import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listFiles } from "../support/registry.ts";
import { CHECKED_FILES, GONE, UNCHECKED, WELL, built, healthFile } from "./support.ts";

/** Markup as its reader sees it, with the time behind each day. */
function textOf(html: string): string {
  return html
    .replaceAll(/<time datetime="([^"]*)"[^>]*>([^<]*)<\/time>/g, "$2[$1]")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function read(site: string, path: string): string {
  return textOf(readFileSync(join(site, path, "index.html"), "utf8"));
}

/** What stands beside a name in the list of facts. */
function factOf(site: string, path: string, name: string): string {
  const html = readFileSync(join(site, path, "index.html"), "utf8");
  const [, fact = "nothing"] = new RegExp(`<dt>${name}</dt><dd>(.*?)</dd>`).exec(html) ?? [];
  return textOf(fact);
}

const AT = "2026-11-20[2026-11-20T04:17:00Z]";

describe("the page of a tag", () => {
  test.each([
    ["well", `there on ${AT}`],
    ["kept", `there on ${AT}`],
    ["read", `there on ${AT}; verified on 2026-11-03[2026-11-03T04:20:00Z]`],
    [
      "gone",
      `not there since 2026-11-18[2026-11-18T04:17:00Z]: the answer was 404 Not Found; asked last on ${AT}`,
    ],
    [
      "wrong",
      `not what its record says since 2026-11-19[2026-11-19T04:17:00Z]: it has 12 bytes, the record says 1048576 bytes; asked last on ${AT}; verified on 2026-10-01[2026-10-01T04:17:00Z]`,
    ],
    ["new", "not asked for yet"],
  ])("says of an image that is %s: %s", async (tag, words) => {
    expect(factOf(await built(CHECKED_FILES), `lab/tool/tags/${tag}`, "Health")).toBe(words);
  });

  test("says nothing where nothing is built", async () => {
    expect(read(await built(CHECKED_FILES), "lab/tool/tags/unbuilt")).not.toMatch(/there on|asked for/);
  });

  test("marks an image that fails at its top, and only that", async () => {
    const site = await built(CHECKED_FILES);
    expect(read(site, "lab/tool/tags/gone")).toContain(" built not there ");
    expect(read(site, "lab/tool/tags/well")).toContain(" built Pull ");
  });
});

test("a collection's page marks the tags that fail", async () => {
  const text = read(await built(CHECKED_FILES), "lab/tool");
  expect(text).toContain(" gone built not there 1.0 MiB");
  expect(text).toContain(" wrong built not what its record says 1.0 MiB");
  expect(text).toContain(" new built 1.0 MiB");
});

describe("the first page", () => {
  test("tells where something fails, and leads to what", async () => {
    const site = await built(CHECKED_FILES, "https://a.org/b/");
    expect(read(site, "")).toContain("3 of 5 images there on 2026-11-20. What fails");
    expect(readFileSync(join(site, "index.html"), "utf8")).toContain('<a href="/b/health/">What fails</a>');
  });

  test("keeps silent where nothing does", async () => {
    const text = read(await built({ ...UNCHECKED, "health.json": healthFile(WELL) }), "");
    expect(text).not.toMatch(/there on|What fails/);
    expect(text).toContain(" Health ");
  });
});

describe("the page on health", () => {
  test("says when was checked, what fails, what was verified and what was never asked for", async () => {
    const text = read(await built(CHECKED_FILES), "health");
    expect(text).toContain(`Last checked on ${AT}`);
    expect(text).toContain("3 there 2 failing 1 not asked for yet");
    expect(text).toContain(
      `lab/other:latest , lab/tool:gone ${GONE.url} not there the answer was 404 Not Found since 2026-11-18[2026-11-18T04:17:00Z] asked on ${AT}`,
    );
    expect(text).toContain("1 of 3, the least recent on 2026-11-03[2026-11-03T04:20:00Z]");
    expect(text).toContain("Not asked for yet lab/tool:new Elsewhere");
  });

  test("says so where nothing fails, nothing was verified and nothing is left to ask for", async () => {
    const files = Object.fromEntries(
      Object.entries(UNCHECKED).filter(([path]) => !path.includes("manifests") || path.includes("/well/")),
    );
    const text = read(await built({ ...files, "health.json": healthFile(WELL) }), "health");
    expect(text).toContain("1 there 0 failing Failing Nothing that was asked for.");
    expect(text).toContain("No image that is there has been read to the end.");
    expect(text).not.toMatch(/not asked for yet/i);
  });

  test("names a hundred tags that were never asked for, and counts the others", async () => {
    const records = Array.from({ length: 103 }, (_, index) => [
      `registry/lab/many/manifests/${index}/README.md`,
      String(UNCHECKED["registry/lab/tool/manifests/new/README.md"]).replaceAll("new.sif", `${index}.sif`),
    ]);
    const text = read(await built({ ...Object.fromEntries(records), "health.json": healthFile() }), "health");
    expect(text.match(/lab\/many:/g)).toHaveLength(100);
    expect(text).toContain(" and 3 more ");
  });
});

test("no page says more than that something was there, or verified, on a day", async () => {
  const site = await built(CHECKED_FILES);
  for (const path of listFiles(site).filter((each) => each.endsWith(".html"))) {
    const text = textOf(readFileSync(join(site, path), "utf8"));
    for (const [words] of text.matchAll(/\bverified\b.{0,14}/g))
      expect(words).toMatch(/^verified on [\d-]{10}$/);
    expect(text).not.toMatch(/healthy|signed/i);
  }
});

test("pages are linked below a base path as at a root", async () => {
  const site = await built(CHECKED_FILES, "https://a.org/b/");
  const html = readFileSync(join(site, "health/index.html"), "utf8");
  const links = [...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link]) => link);
  expect(links).toEqual(
    expect.arrayContaining(["/b/health/badge.svg", "/b/health/feed.xml", "/b/lab/tool/tags/gone/"]),
  );
  for (const link of links) expect(link).toMatch(/^\/b\//);
  expect(html).toContain("[![health](https://a.org/b/health/badge.svg)](https://a.org/b/health/)");
});
