import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { scanRegistry, siteOf } from "../../src/index.ts";
import type { Collection } from "../../src/registry/model.ts";
import type { CollectionName } from "../../src/registry/reference.ts";
import { collectionsPages } from "../../src/site/collections-view.ts";
import { pageDrawer } from "../../src/site/templates.ts";
import { browserPages, siteOfFiles } from "../site-look/support.ts";
import { RICH_REGISTRY } from "../support/browser.ts";
import { PROJECT } from "../support/cli.ts";

const KB = 1000;
const zipped = (...texts: readonly (string | Buffer)[]) =>
  texts.reduce((sum, text) => sum + gzipSync(text, { level: 6 }).length, 0);
const asset = (name: string) => readFileSync(join(PROJECT, "templates/assets", name));

describe("what a visitor loads", () => {
  test("with every page is at most 6 kB of scripts and 10 kB of style, gzipped", () => {
    expect(zipped(asset("site.js"), asset("keyboard.js"))).toBeLessThanOrEqual(6 * KB);
    expect(zipped(asset("style.css"))).toBeLessThanOrEqual(10 * KB);
  });

  test("of 10,000 collections is at most 25 kB gzipped for each page of the listing", () => {
    const example = scanRegistry({ root: PROJECT });
    const [model] = example.collections;
    if (!model) throw new Error("the example registry has a collection");
    const collections = Array.from({ length: 10_000 }, (_, index) => numbered(model, index));
    const site = siteOf({ ...example, collections }, { url: "https://lab.example.org/registry/" });
    const draw = pageDrawer(PROJECT, example.config, site);
    const sizes = [...collectionsPages({ ...example, collections }, site)].map((page) => zipped(draw(page)));
    expect(sizes).toHaveLength(4 * 40);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(25 * KB);
  });
});

const WORDS =
  "aligns reads calls variants plots meshes folds proteins trains models on clusters with gpus".split(" ");

/** A collection with a name and a description that are not those of its neighbours, as far as zip can see. */
function numbered(model: Collection, index: number): Collection {
  const scattered = (index * 2_654_435_761) % 2 ** 32;
  const words = Array.from({ length: 12 }, (_, at) => WORDS[(scattered >>> (at * 2)) % WORDS.length]);
  const name = `lab-${scattered % 499}/${words[0]}-${index}` as CollectionName;
  return { ...model, name, description: `${words.join(" ")} ${scattered.toString(36)}.` };
}

describe("nothing moves while a page loads", () => {
  const openPage = browserPages();
  const site = siteOfFiles(RICH_REGISTRY);

  /** Layout shifts up to now, as the browser sums them up. */
  const shiftOf = (page: Page) =>
    page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) sum += value; })
        .observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum))));
    })`);

  test.each([
    "",
    "collections/",
    "lab/",
    "lab/tool/",
    "lab/tool/tags/1.9/",
    "health/",
    "sizes/",
    "changes/",
    "404.html",
  ])("on /%s", async (path) => {
    for (const width of [1280, 360]) {
      const page = await openPage({ viewport: { width, height: 800 } });
      await page.goto(`${site().host}/r/${path}`, { waitUntil: "load" });
      expect({ width, shift: await shiftOf(page) }).toEqual({ width, shift: 0 });
    }
  });

  test("as far as a browser can tell", async () => {
    const page = await openPage();
    await page.goto(`${site().host}/r/`);
    await shiftOf(page);
    await page.evaluate(
      "document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'moves all' }))",
    );
    expect(await shiftOf(page)).toBeGreaterThan(0);
  });
});

describe("a page", () => {
  const openPage = browserPages();
  const site = siteOfFiles(RICH_REGISTRY);

  test("is readable on paper: no boxes that nobody can use, black on white, addresses of links elsewhere", async () => {
    const page = await openPage({ colorScheme: "dark" });
    await page.goto(`${site().host}/r/`);
    await page.emulateMedia({ media: "print" });
    for (const selector of [
      "#site-search",
      ".site-header nav",
      "[data-copyable] button",
      ".site-footer button",
    ])
      expect(await page.locator(selector).first().isVisible()).toBe(false);
    expect(await page.locator(".collections thead").innerText()).toContain("Newest tag");
    const [colour, page_] = await page.evaluate<string[]>(
      "[getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor]",
    );
    expect({ colour, page: page_ }).toEqual({ colour: "rgb(27, 35, 38)", page: "rgb(255, 255, 255)" });
    const after = "getComputedStyle(document.querySelector('.beside a[href^=http]'), '::after').content";
    expect(await page.evaluate(after)).toContain("https://git.example.org/lab/registry");
  });

  test("moves nothing by itself, whatever a visitor prefers", () => {
    expect(asset("style.css").toString()).not.toMatch(/transition|animation|scroll-behavior: smooth/);
  });

  test("can be told apart in colours that the system forces", async () => {
    const page = await openPage({ forcedColors: "active" });
    await page.goto(`${site().host}/r/collections/`);
    const border = "getComputedStyle(document.querySelector('.status')).borderTopWidth";
    expect(await page.evaluate(border)).toBe("1px");
    await page.keyboard.press("j");
    const outline = "getComputedStyle(document.activeElement).outlineStyle";
    expect(await page.evaluate(outline)).toBe("solid");
  });
});
