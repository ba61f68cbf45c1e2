import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildSite } from "../../src/index.ts";
import { publicRegistry, scanRegistry } from "../../src/registry/scan.ts";
import { HEX, listFiles, readJson, record2, registryOf } from "../support/registry.ts";
import {
  CHECKED,
  CHECKED_FILES,
  GONE,
  KEPT,
  UNCHECKED,
  VERIFIED,
  WELL,
  WRONG,
  built,
  healthFile,
} from "./support.ts";

interface CollectionJson {
  readonly tags: readonly { readonly name: string; readonly health?: object }[];
}

test("the API has every image that records name, with its tags and what is known of it", async () => {
  const site = await built(CHECKED_FILES, "https://a.org/b/");
  expect(readJson(site, "api/v1/health.json")).toEqual({
    schemaVersion: 1,
    checked: CHECKED,
    counts: { images: 6, well: 3, failing: 2, unknown: 1, verified: 1 },
    page: "https://a.org/b/health/",
    images: [
      { ...GONE, references: ["lab/other:latest", "lab/tool:gone"] },
      { url: "https://storage.example.org/new.sif", digest: `sha256:${HEX}`, references: ["lab/tool:new"] },
      { ...VERIFIED, references: ["lab/tool:read"] },
      { ...WELL, references: ["lab/tool:well"] },
      { ...WRONG, references: ["lab/tool:wrong"] },
      { ...KEPT, url: `https://a.org/b/${KEPT.url}`, references: ["lab/tool:kept"] },
    ],
  });
});

test("a collection's JSON says it of each tag, and nothing of those that nobody asked for", async () => {
  const site = await built(CHECKED_FILES);
  const { tags } = readJson(site, "api/v1/collections/lab/tool.json") as CollectionJson;
  expect(Object.fromEntries(tags.map(({ name, health }) => [name, health]))).toEqual({
    gone: { checked: CHECKED, problem: GONE.problem },
    kept: { checked: CHECKED },
    new: undefined,
    read: { checked: CHECKED, verified: VERIFIED.verified },
    unbuilt: undefined,
    well: { checked: CHECKED },
    wrong: { checked: CHECKED, verified: WRONG.verified, problem: WRONG.problem },
  });
});

test("a record with several images is as well as the worst known of them", async () => {
  const layers = (...urls: string[]) =>
    record2().replace(
      /layers:\n(?: .*\n)+/,
      `layers:\n${urls.map((url) => `  - { size: 1048576, digest: "sha256:${HEX}", url: "${url}" }\n`).join("")}`,
    );
  const early = { ...WELL, checked: "2026-11-19T23:00:00Z", verified: "2026-11-01T00:00:00Z" };
  const site = await built({
    "registry/lab/tool/manifests/both/README.md": layers(WELL.url, VERIFIED.url),
    "registry/lab/tool/manifests/one-gone/README.md": layers(WELL.url, GONE.url),
    "registry/lab/tool/manifests/one-new/README.md": layers(WELL.url, "https://storage.example.org/new.sif"),
    "registry/lab/tool/manifests/one-read/README.md": layers(VERIFIED.url, KEPT.url),
    "registry/lab/tool/manifests/twice/README.md": layers(WELL.url, WELL.url),
    [KEPT.url]: Buffer.alloc(1_048_576),
    "health.json": healthFile(early, VERIFIED, GONE, KEPT),
  });
  const { tags } = readJson(site, "api/v1/collections/lab/tool.json") as CollectionJson;
  expect(Object.fromEntries(tags.map(({ name, health }) => [name, health]))).toEqual({
    both: { checked: early.checked, verified: early.verified },
    "one-gone": { checked: CHECKED, problem: GONE.problem },
    "one-new": undefined,
    "one-read": { checked: CHECKED },
    twice: { checked: early.checked, verified: early.verified },
  });
  const { images } = readJson(site, "api/v1/health.json") as {
    images: { url: string; references: string[] }[];
  };
  expect(images.find(({ url }) => url === WELL.url)?.references).toEqual([
    "lab/tool:both",
    "lab/tool:one-gone",
    "lab/tool:one-new",
    "lab/tool:twice",
  ]);
});

test("one address with two digests is two images", async () => {
  const other = "sha256:" + "0".repeat(64);
  const site = await built({
    "registry/lab/tool/manifests/one/README.md": record2("", GONE.url),
    "registry/lab/tool/manifests/two/README.md": record2("", GONE.url).replaceAll(`sha256:${HEX}`, other),
    "health.json": healthFile(GONE),
  });
  const { tags } = readJson(site, "api/v1/collections/lab/tool.json") as CollectionJson;
  expect(tags.map(({ health }) => health !== undefined)).toEqual([true, false]);
});

test("the API's index leads there only where somebody has checked", async () => {
  const links = async (site: string) => (readJson(site, "api/v1/index.json") as { links: object }).links;
  expect(await links(await built(CHECKED_FILES))).toMatchObject({ health: "/api/v1/health.json" });
  expect(await links(await built(UNCHECKED))).not.toHaveProperty("health");
});

test("without health.json, and with one that cannot be read, nothing is said of health", async () => {
  for (const files of [UNCHECKED, { ...UNCHECKED, "health.json": '{"checked": "yesterday"}' }]) {
    const site = await built(files);
    const paths = listFiles(site).filter((path) => !path.startsWith("schema/"));
    expect(paths.filter((path) => /health/.test(path))).toEqual([]);
    for (const path of paths.filter((each) => /\.(?:html|json)$/.test(each)))
      expect(readFileSync(join(site, path), "utf8"), path).not.toMatch(/health|verified on|there on/i);
  }
});

test("nothing of private collections is in a byte that is served", async () => {
  const site = await built(CHECKED_FILES, "https://a.org/b/");
  const paths = listFiles(site);
  expect(paths).toContain("health/feed.xml");
  for (const path of paths)
    expect(readFileSync(join(site, path), "latin1"), path).not.toMatch(/hush|lab\/secret/);
  expect(readFileSync(join(site, "health/badge.svg"), "utf8")).toContain("3 of 5 images there");
});

test("what must not be served is gone before anything is made of it", () => {
  const registry = scanRegistry({ root: registryOf(CHECKED_FILES) });
  expect(registry.health?.images).toHaveLength(6);
  expect(publicRegistry(registry).health?.images).toEqual([GONE, VERIFIED, WELL, WRONG, KEPT]);
});

test("nobody's namespace can stand where the page on health is", async () => {
  const root = registryOf({ ...CHECKED_FILES, "registry/Health/badge/manifests/1.0/README.md": record2() });
  const { findings } = await buildSite({ root, out: join(root, "_site") });
  expect(findings.map(({ code, file }) => [code, file])).toContainEqual(["reserved-name", "registry/Health"]);
});

test("an image that public and private collections share is told of by the public ones", async () => {
  const site = await built({
    ...CHECKED_FILES,
    "registry/lab/secret/manifests/2.0/README.md": record2("", GONE.url),
  });
  const { images } = readJson(site, "api/v1/health.json") as { images: { references: string[] }[] };
  expect(images[0]?.references).toEqual(["lab/other:latest", "lab/tool:gone"]);
});
