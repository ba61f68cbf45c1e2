import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedSite, RICH_REGISTRY, serveFiles, serveRegistry } from "./support/browser.ts";
import { PROJECT } from "./support/cli.ts";
import { htmlComplaints } from "./support/valid-html.ts";

describe.each([
  ["the example registry", () => serveRegistry(PROJECT)],
  ["a registry with one of everything", () => serveFiles(RICH_REGISTRY)],
  ["the same below a base path", () => serveFiles(RICH_REGISTRY, "/registry/")],
])("%s", (_, serve) => {
  let site: ServedSite;
  let pages: Map<string, string>;

  beforeAll(async () => {
    site = await serve();
    pages = new Map(site.pages.map((page) => [page, readFileSync(fileOf(site, page), "utf8")]));
  });
  afterAll(() => site.close());

  test("has pages that are valid HTML", async () => {
    const complaints: string[] = [];
    for (const [page, html] of pages) complaints.push(...(await htmlComplaints(page, html)));
    expect(complaints).toEqual([]);
  });

  test("has no link that leads nowhere", () => {
    const broken: string[] = [];
    for (const [page, html] of pages) {
      for (const link of linksOf(html)) {
        const url = new URL(link, site.host + page);
        if (url.host === new URL(site.host).host && !leadsSomewhere(site, url))
          broken.push(`${page}: ${link}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test("has no identifier twice on a page", () => {
    for (const [page, html] of pages) {
      const ids = idsOf(html);
      expect(ids, page).toEqual([...new Set(ids)]);
    }
  });

  test("has one title a page, of its own", () => {
    const titles = [...pages.values()].map((html) => /<title>([^<]*)<\/title>/.exec(html)?.[1]);
    expect(titles).toEqual([...new Set(titles)]);
  });

  test("has neither scripts nor styles in its pages", () => {
    for (const [page, html] of pages) {
      expect(html, page).not.toMatch(
        /<style|<[^>]+ style=|<[^>"]+ on[a-z]+=|<script(?! src="| type="application\/ld\+json">)/i,
      );
      expect(html, page).toContain('http-equiv="Content-Security-Policy" content="default-src \'none\'');
    }
  });
});

/** The file behind the path of a page. */
function fileOf({ directory, basePath }: ServedSite, path: string): string {
  const below = decodeURIComponent(path).slice(basePath.length);
  return join(directory, below.endsWith("/") || below === "" ? `${below}index.html` : below);
}

function leadsSomewhere(site: ServedSite, { pathname, hash }: URL): boolean {
  if (!pathname.startsWith(site.basePath)) return false;
  const page = fileOf(site, pathname);
  const file = existsSync(page) ? page : page.replace(/\.html$/, ".json");
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  return hash === "" || idsOf(readFileSync(file, "utf8")).includes(decodeURIComponent(hash.slice(1)));
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link = ""]) => unescapeHtml(link));
}

function idsOf(html: string): string[] {
  return [...html.matchAll(/<[^>]* id="([^"]*)"/g)].map(([, id = ""]) => unescapeHtml(id));
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}
