import { join } from "node:path";
import { expect, test } from "vitest";
import { buildSite } from "../../src/index.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { healthFile } from "../health-site/support.ts";
import { DEFINITION, type Files, listFiles, registryOf } from "../support/registry.ts";
import { LISTED, built, builtTag, listedNames, recordOf, rowText, waitingTag } from "./support.ts";

test("collections are listed A–Z as people read it, by name, newest first and largest first", async () => {
  const read = await built(LISTED);
  const orders = ["", "by-name/", "by-updated/", "by-size/"].map((order) =>
    listedNames(read(`collections/${order}index.html`)),
  );
  expect(orders).toEqual([
    ["7zip/planned", "lab/beta", "lab/tool9", "lab/tool10", "zoo/alpha"],
    ["zoo/alpha", "lab/beta", "7zip/planned", "lab/tool9", "lab/tool10"],
    ["lab/beta", "lab/tool9", "lab/tool10", "7zip/planned", "zoo/alpha"],
    ["lab/tool10", "lab/beta", "lab/tool9", "7zip/planned", "zoo/alpha"],
  ]);
});

test("a row tells of the newest tag, whatever its name, and of all architectures", async () => {
  const read = await built(LISTED);
  const html = read("collections/index.html");
  expect(rowText(html, "lab/beta")).toBe(
    "lab/beta deprecatedSecond &lt;letter&gt;.|2 tags|1.9|2.9 MiB|2026-03-01|amd64, arm64|",
  );
  expect(html).toContain('<a href="/r/lab/beta/tags/1.9/">1.9</a>');
});

test("a row says nothing of what is not known", async () => {
  const html = (await built(LISTED))("collections/index.html");
  expect(rowText(html, "zoo/alpha")).toBe("zoo/alpha|1 tag|2019||||");
  expect(rowText(html, "7zip/planned")).toBe("7zip/planned|1 tag|||||");
});

test("of tags that were made at once the one that is pulled first is the newest", async () => {
  const read = await built({
    ...builtTag("lab/tool:1.0", recordOf(1, "2026-01-01T00:00:00Z")),
    ...builtTag("lab/tool:latest", recordOf(2, "2026-01-01T00:00:00Z", 2_097_152)),
  });
  expect(rowText(read("lab/index.html"), "lab/tool")).toBe(
    "lab/tool|2 tags|latest|2.0 MiB|2026-01-01|amd64|",
  );
});

test("a row says how many tags fail, where somebody has checked", async () => {
  const image = (index: number) => ({
    url: `https://storage.example.org/${index.toString(16).padStart(64, "0")}.sif`,
    digest: `sha256:${index.toString(16).padStart(64, "0")}` as Digest,
    checked: "2026-03-02T00:00:00Z",
  });
  const problem = { code: "image-unreachable", reason: "404", since: "2026-03-02T00:00:00Z" } as const;
  const read = await built({
    ...LISTED,
    "health.json": healthFile({ ...image(1), problem }, image(2), image(3)),
  });
  const html = read("collections/index.html");
  expect(html).toContain('<th scope="col">Health</th>');
  expect(rowText(html, "lab/beta")).toContain("|amd64, arm64|1 failing|");
  expect(rowText(html, "lab/tool10")).toContain("|amd64|there|");
  expect(rowText(html, "lab/tool9")).toContain("|amd64|not all asked for|");
  expect(rowText(html, "7zip/planned")).toBe("7zip/planned|1 tag||||||");
});

test("letters lead to the first collection that begins with them", async () => {
  const read = await built(LISTED);
  const letters = (path: string) =>
    [...read(path).matchAll(/<a href="([^"]+#[^"]+)">(.{1,3})<\/a>/g)].map(([, to, letter]) => [letter, to]);
  expect(letters("collections/index.html")).toEqual([
    ["0–9", "/r/collections/#7zip/planned"],
    ["L", "/r/collections/#lab/beta"],
    ["Z", "/r/collections/#zoo/alpha"],
  ]);
  expect(letters("collections/by-name/index.html").map(([letter]) => letter)).toEqual(["A", "B", "P", "T"]);
  expect(letters("collections/by-size/index.html")).toEqual([]);
});

test("a private collection is in no order", async () => {
  const root = registryOf({ ...LISTED, "registry/lab/beta/README.md": "---\nvisibility: private\n---\n" });
  const out = join(root, "_site");
  await buildSite({ root, out });
  expect(listFiles(out).filter((path) => path.includes("beta"))).toEqual([]);
});

test("a registry of private collections alone has pages that say there is none", async () => {
  const read = await built({
    ...waitingTag("lab/tool:1.0"),
    "registry/lab/tool/README.md": "---\nvisibility: private\n---\n",
  });
  expect(read("collections/index.html")).toContain("<p>There is no collection yet.</p>");
  expect(read("index.html")).toContain("<p>There is none yet.</p>");
});

test("many collections are cut into pages, each collection on one of them", async () => {
  const files: Record<string, string> = {};
  for (let index = 0; index < 501; index++)
    files[`registry/lab/t${index}/manifests/1/Singularity`] = DEFINITION;
  files["registry/zoo/last/manifests/1/Singularity"] = DEFINITION;
  const read = await built(files satisfies Files);
  const pages = ["", "2/", "3/"].map((page) => read(`collections/${page}index.html`));
  expect(pages.map((html) => listedNames(html).length)).toEqual([250, 250, 2]);
  expect(pages.flatMap(listedNames)).toHaveLength(new Set(pages.flatMap(listedNames)).size);
  expect(pages[2]).toContain("501 to 502 of 502 collections");
  expect(pages[0]).toContain('<a href="/r/collections/2/" rel="next">Next</a>');
  expect(pages[1]).toContain('<a href="/r/collections/" rel="prev">Previous</a>');
  expect(pages[0]).toContain('<a href="/r/collections/3/#zoo/last">Z</a>');
  // In place nothing could be sorted but the rows of one page.
  expect(pages[0]).toContain('data-listing="page"');
  const namespace = read("lab/index.html");
  expect(listedNames(namespace)).toHaveLength(500);
  expect(namespace).toContain('<p><a href="/r/collections/3/#lab/t500">1 more collection</a></p>');
  expect(read("collections/by-size/3/index.html")).toContain("<title>Collections, largest first, page 3 ");
});
