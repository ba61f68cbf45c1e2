import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/registry/digest.ts";
import { formatHealth } from "../../src/registry/health.ts";
import { freedBytes } from "../../src/registry/sizes.ts";
import { leavesOf } from "../../src/site/size-leaves.ts";
import { type Files, RECORD_2019, readJson } from "../support/registry.ts";
import { built, definitionOn, hex, recordOf, siteOfFiles } from "../groups/support.ts";

const at = (collection: string, tag: string, text: string): Files => ({
  [`registry/${collection}/manifests/${tag}/README.md`]: text,
});
const STALE = `recipe: sha256:${"0".repeat(64)}\n`;
const LONG_AGO = "2024-01-01T00:00:00Z";

const FILES: Files = {
  ...at("lab/a", "1.0", recordOf("a", 1000)),
  ...at("lab/a", "1.1", recordOf("a", 1000)),
  ...at("lab/b", "1.0", recordOf("a", 1000)),
  ...at("lab/b", "old", recordOf("b", 300, LONG_AGO)),
  ...at("lab/b", "base", recordOf("c", 200, LONG_AGO)),
  "registry/lab/b/manifests/young/Singularity": definitionOn("lab/b:base", "shub"),
  ...at("lab/b", "frozen", recordOf("d", 100, LONG_AGO)),
  "registry/lab/b/manifests/frozen/.frozen": "",
  ...at("lab/b", "2019", RECORD_2019),
  ...at("lab/b", "stale", recordOf("e", 50, undefined, STALE)),
  "registry/lab/b/manifests/stale/Singularity": definitionOn("busybox:1"),
  ...at("lab/b", "gone", recordOf("f", 40)),
  "registry/lab/c/README.md": "---\ndeprecated: Use lab/b.\n---\n",
  ...at("lab/c", "1.0", recordOf("1", 30)),
  ...at("lab/c", "shared", recordOf("a", 1000)),
  "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
  ...at("lab/secret", "1.0", recordOf("9", 1e9, "2026-11-21T12:00:00Z")),
  "health.json": formatHealth({
    checked: "2026-11-20T13:00:00Z",
    images: [
      {
        url: `https://storage.example.org/${hex("f")}.sif`,
        digest: `sha256:${hex("f")}` as Digest,
        checked: "2026-11-20T13:00:00Z",
        problem: { code: "image-unreachable", reason: "404", since: "2026-11-20T13:00:00Z" },
      },
    ],
  }),
};

describe("the room that images take", () => {
  test("counts an image once, however many tags have it, and none that is private or of 2019", () => {
    const { images, total, saved, unknown, newest } = siteOfFiles(FILES).sizes;
    expect(images.map(({ size }) => size)).toEqual([1000, 300, 200, 100, 50, 40, 30]);
    expect({ total, saved, unknown, newest }).toEqual({
      total: 1720,
      saved: 3000,
      unknown: 1,
      newest: "2026-11-20T13:00:00Z",
    });
  });

  test("advises on what is superseded, old or failing, and spares what is frozen or needed", () => {
    const { images } = siteOfFiles(FILES).sizes;
    expect(Object.fromEntries(images.map(({ size, advice }) => [size, advice]))).toEqual({
      1000: [],
      300: ["old"],
      200: [],
      100: [],
      50: ["stale"],
      40: ["failing"],
      30: ["deprecated"],
    });
    expect(freedBytes(images.filter(({ advice }) => advice.length > 0))).toBe(380);
  });

  test("knows no age where no record says when", () => {
    const text = recordOf("a", 10).replace(/created: .*\n/, "");
    const { images, newest } = siteOfFiles(at("lab/a", "1.0", text)).sizes;
    expect(newest).toBeUndefined();
    expect(images[0]).not.toHaveProperty("age");
  });
});

/** So many collections with an image each, in so many namespaces. */
function many(collections: number, namespaces: number): Files {
  const entries = Array.from({ length: collections }, (_, index) =>
    at(
      `ns${index % namespaces}/tool${index}`,
      "1.0",
      recordOf("a", index + 1).replaceAll(hex("a"), index.toString(16).padStart(64, "0")),
    ),
  );
  return Object.assign({}, ...entries) as Files;
}

describe("the leaves of a map", () => {
  test.each([
    [60, 1, 60],
    [61, 1, 60],
    [200, 4, 53],
    [200, 61, 60],
    [90, 30, 60],
  ])("of %i images in %i namespaces are at most sixty: %i", (collections, namespaces, count) => {
    const site = siteOfFiles(many(collections, namespaces));
    const { images, total } = site.sizes;
    const leaves = leavesOf({ namespace: "", images }, site);
    expect(leaves.length).toBeLessThanOrEqual(60);
    expect(leaves.length).toBe(count);
    expect(leaves.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
    expect(leaves.reduce((sum, leaf) => sum + leaf.images, 0)).toBe(collections);
  });

  test("fold what does not fit into one that leads nowhere", () => {
    const site = siteOfFiles(many(61, 1));
    const last = leavesOf({ namespace: "", images: site.sizes.images }, site).at(-1);
    expect(last).toMatchObject({ name: "2 others", bytes: 1 + 2, images: 2 });
    expect(last).not.toHaveProperty("href");
  });
});

describe("the pages on sizes", () => {
  const read = (site: string, path: string) => readFileSync(join(site, path, "index.html"), "utf8");

  test("show every leaf as a rectangle and as a row, and what could be deleted", async () => {
    const site = await built(FILES, "https://a.org/b/");
    const html = read(site, "sizes");
    const map = html.slice(
      html.indexOf('<svg class="treemap wide"'),
      html.indexOf('<svg class="treemap tall"'),
    );
    expect(map.match(/<title>/g)).toHaveLength(7);
    expect(html.match(/<td><span class="age /g)).toHaveLength(7);
    expect(html).toContain("<title>lab/a:1.0 +3: 1000 B, made on 2026-11-20</title>");
    expect(html).toContain("Without 1 tag with a record of 2019");
    expect(html).toContain("Deleting 3 images that are superseded or old would free 380 B");
    expect(html).not.toMatch(/secret|style=/);
    for (const [, link] of html.matchAll(/href="(\/[^"]*)"/g)) expect(link).toMatch(/^\/b\//);
    expect(read(site, "sizes/lab")).toContain("<title>a:1.0 +3: 1000 B, made on 2026-11-20</title>");
    expect(read(site, "")).toContain("1.7 KiB in 7 images");
  });

  test("say so where no size is known", async () => {
    const site = await built(at("lab/a", "2019", RECORD_2019));
    expect(read(site, "sizes")).toContain("There is no image whose size is known.");
    expect(read(site, "")).not.toContain("sizes-heading");
    expect(readJson(site, "api/v1/sizes.json")).toMatchObject({
      counts: { images: 0, unknown: 1 },
      images: [],
    });
  });

  test("never let text leave its rectangle", async () => {
    const html = read(await built(many(200, 5)), "sizes/ns1");
    for (const [, width, inner] of html.matchAll(/<svg class="age[^>]* width="([\d.]+)"[^>]*>(.*?)<\/svg>/g))
      for (const [, text] of (inner ?? "").matchAll(/<text[^>]*>([^<]*)</g))
        expect((text ?? "").length * 0.39 * 14).toBeLessThanOrEqual(Number(width) + 1);
  });
});
