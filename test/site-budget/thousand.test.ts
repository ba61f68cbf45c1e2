import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateRegistry } from "../../bench/generate-registry.ts";
import { buildSite } from "../../src/index.ts";
import { PROJECT } from "../support/cli.ts";
import { listFiles } from "../support/registry.ts";

/** In kilobytes of 1000 bytes, gzipped: a page with what it loads, and its scripts alone. */
const MOST = { all: 30, scripts: 15 };
const BASE = "/registry/";

const unescapeHtml = (text: string) =>
  text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");

const valuesOf = (html: string, pattern: RegExp) =>
  [...html.matchAll(pattern)].map(([, value = ""]) => unescapeHtml(value));

describe.each([
  ["the example registry", () => PROJECT],
  [
    "a registry of 1000 collections",
    (folder: string) => {
      generateRegistry(folder, 1000, false);
      return folder;
    },
  ],
])("%s", (_, rootIn) => {
  let folder: string;
  let out: string;
  let files: Set<string>;
  let pages: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    out = join(folder, "_site");
    await buildSite({ root: rootIn(folder), out, url: `https://lab.example.org${BASE}` });
    files = new Set(listFiles(out));
    pages = [...files].filter((file) => file.endsWith(".html"));
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (file: string) => readFileSync(join(out, file), "utf8");
  /** The file that a path of the site is answered with; undefined: there is none. */
  const fileOf = (path: string) => {
    const below = decodeURIComponent(path.slice(BASE.length));
    return [below, `${below}index.html`, `${below}index.json`].find((file) => files.has(file));
  };

  test("has pages of collections that weigh little, with all that they load", () => {
    const weights = new Map<string, number>();
    const weigh = (file: string) => {
      const known = weights.get(file) ?? gzipSync(readFileSync(join(out, file))).length / 1000;
      weights.set(file, known);
      return known;
    };
    const collections = pages.filter((file) => existsSync(join(out, file, "../tags/index.json")));
    expect(collections.length).toBeGreaterThan(3);
    for (const page of collections) {
      const html = read(page);
      const scripts = valuesOf(html, /<script[^>]* src="([^"]*)"/g).map((path) => fileOf(path) ?? path);
      const styles = valuesOf(html, /<link rel="stylesheet" href="([^"]*)"/g).map(
        (path) => fileOf(path) ?? path,
      );
      const scriptsWeigh = scripts.reduce((sum, file) => sum + weigh(file), 0);
      const all = styles.reduce((sum, file) => sum + weigh(file), scriptsWeigh + weigh(page));
      expect({ page, all, isLight: all <= MOST.all }).toEqual({ page, all, isLight: true });
      expect(scriptsWeigh).toBeLessThanOrEqual(MOST.scripts);
      expect(html).not.toMatch(/<script(?![^>]* (?:defer|type="))/);
    }
  });

  test("loads nothing from anybody else", () => {
    for (const page of pages) {
      const html = read(page);
      const loaded = valuesOf(
        html,
        /<(?:script|img|source|iframe|object|embed)[^>]* (?:src|data)="([^"]*)"/g,
      );
      const linked = valuesOf(html, /<link rel="(?:stylesheet|icon|preload|modulepreload)" href="([^"]*)"/g);
      for (const url of [...loaded, ...linked])
        expect(`${page}: ${url}`).toBe(`${page}: ${url.replace(/^(?!\/registry\/).*/, "elsewhere")}`);
    }
    expect(read("assets/style.css")).not.toMatch(/@import|@font-face|url\(/);
  });

  test("has no link inside of it, and no anchor, that leads nowhere", () => {
    const ids = new Map<string, ReadonlySet<string>>();
    const idsOf = (file: string) => {
      const known = ids.get(file) ?? new Set(valuesOf(read(file), / id="([^"]*)"/g));
      ids.set(file, known);
      return known;
    };
    const broken = new Set<string>();
    for (const page of pages) {
      const own = `https://lab.example.org${BASE}${page.replace(/(^|\/)index\.html$/, "$1")}`;
      for (const link of valuesOf(read(page), / (?:href|src)="([^"]*)"/g)) {
        const url = new URL(link, own);
        if (url.host !== "lab.example.org") continue;
        const file = fileOf(url.pathname);
        const anchor = decodeURIComponent(url.hash.slice(1));
        const isThere = file !== undefined && (anchor === "" || idsOf(file).has(anchor));
        if (!isThere) broken.add(`${page}: ${link}`);
      }
    }
    expect([...broken].slice(0, 10)).toEqual([]);
  });
});
