import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { brokenRules } from "../support/accessibility.ts";
import { type ServedSite, launchBrowser, listenTo, serveFiles } from "../support/browser.ts";
import { htmlComplaints } from "../support/valid-html.ts";
import { FILES, record } from "./support.ts";

/** An image at an address that one protocol alone can be given, and the pages that the tests look at. */
const SITE_FILES = {
  ...FILES,
  "registry/lab/far/manifests/latest/README.md": record(9, "2026-01-01", "far", "", "ftp://a.org/far.sif"),
};
const COLLECTION = "/lab/tool/";
const TAG = "/lab/tool/tags/latest/";
const PAGES = [COLLECTION, TAG, "/lab/tool/tags/planned/", "/lab/tool/tags/elsewhere/", "/lab/none/"];

let browser: Browser;
let site: ServedSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveFiles(SITE_FILES)]);
});
afterAll(async () => {
  site.close();
  await browser.close();
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(site.host + path);
  return page;
}

const shownCommand = (page: Page) => page.locator(".pull pre:visible code").allInnerTexts();

describe("the choice of a protocol", () => {
  test("shows one command, and is remembered on other pages", async () => {
    const page = await open(COLLECTION);
    const log = listenTo(page);
    expect(await shownCommand(page)).toEqual([
      expect.stringContaining("apptainer pull tool_latest.sif http"),
    ]);
    await page.getByRole("radio", { name: "curl" }).check();
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL -o tool_latest.sif")]);
    await page.goto(`${site.host}/lab/tool/tags/1.9/`);
    expect(await page.getByRole("radio", { name: "curl" }).isChecked()).toBe(true);
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL -o tool_1.9.sif")]);
    expect(log.complaints).toEqual([]);
  });

  test("puts the chosen command first, which is the one that a key copies", async () => {
    const page = await open(COLLECTION);
    const first = page.locator("[data-copyable] code").first();
    await page.getByRole("radio", { name: "curl" }).check();
    expect(await first.innerText()).toContain("curl -fL");
    await page.reload();
    expect(await first.innerText()).toContain("curl -fL");
  });

  test("falls back to the best where an image does not have the chosen one", async () => {
    const page = await open(COLLECTION);
    await page.getByRole("radio", { name: "sregistry" }).check();
    await page.goto(`${site.host}/lab/far/`);
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL -o far_latest.sif")]);
    await page.goto(site.host + COLLECTION);
    expect(await shownCommand(page)).toEqual([expect.stringContaining("sregistry pull")]);
  });

  test("works without scripts, and is not remembered", async () => {
    const page = await open(COLLECTION, { javaScriptEnabled: false });
    await page.getByRole("radio", { name: "curl" }).check();
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL")]);
    await page.reload();
    expect(await shownCommand(page)).toEqual([expect.stringContaining("apptainer pull")]);
  });

  test("works where a browser keeps nothing", async () => {
    const page = await open("/404.html");
    const log = listenTo(page);
    await page.addInitScript(
      'Object.defineProperty(window, "localStorage", { get() { throw new Error("no"); } });',
    );
    await page.goto(site.host + COLLECTION);
    await page.getByRole("radio", { name: "curl" }).check();
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL")]);
    expect(log.complaints).toEqual([]);
  });

  test("is made with the arrows of a keyboard, and moves nothing", async () => {
    const page = await open(COLLECTION);
    const below = page.locator(".jumps");
    const before = await below.boundingBox();
    await page.getByRole("radio", { checked: true }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await shownCommand(page)).toEqual([expect.stringContaining("curl -fL")]);
    expect(await below.boundingBox()).toEqual(before);
  });
});

test("a pull command is copied as it stands", async () => {
  const page = await open(TAG, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("radio", { name: "curl" }).check();
  await page.locator(".way:visible").getByRole("button", { name: "Copy" }).click();
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(copied).toMatch(
    /^curl -fL -o tool_latest\.sif https:\/\/storage\.example\.org\/sha256\/[0-9a-f]{64}\.sif$/,
  );
});

test("a line of a definition file is marked by its address, with and without scripts", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open(`${TAG}#L4`, { javaScriptEnabled });
    const line = page.locator(".definition :target");
    expect(await line.innerText()).toBe("%post");
    expect(await line.evaluate("(line) => getComputedStyle(line).backgroundColor")).not.toBe(
      "rgba(0, 0, 0, 0)",
    );
    await page.locator('.definition a[href="#L2"]').click();
    expect(page.url()).toBe(`${site.host}${TAG}#L2`);
    expect(await line.innerText()).toBe("From: busybox:1.36");
  }
});

test("without scripts every tag, size, label and form can be reached", async () => {
  const page = await open(COLLECTION, { javaScriptEnabled: false });
  expect(await page.locator(".tags tbody tr:visible").count()).toBe(9);
  await page.getByText("labels of the build").click();
  expect(await page.getByText("org.label-schema.usage").isVisible()).toBe(true);
  await page.goto(site.host + TAG);
  await page.getByText("Snakemake", { exact: true }).click();
  expect(await page.getByText("rule tool:").isVisible()).toBe(true);
});

test.each(PAGES)(
  "breaks no accessibility rule with everything unfolded at %s",
  { timeout: 240_000 },
  async (path) => {
    const page = await open(path);
    await page.evaluate('document.querySelectorAll("details").forEach((details) => (details.open = true))');
    expect(await brokenRules(page)).toEqual([]);
  },
);

test("nothing is wider than 320 pixels with everything unfolded", async () => {
  const page = await open(COLLECTION, { viewport: { width: 320, height: 640 } });
  const wide: string[] = [];
  for (const path of PAGES) {
    await page.goto(site.host + path);
    await page.evaluate('document.querySelectorAll("details").forEach((details) => (details.open = true))');
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    if (width > 320) wide.push(`${path}: ${width} pixels`);
  }
  expect(wide).toEqual([]);
});

test("pages are valid HTML", async () => {
  for (const path of PAGES) {
    const html = readFileSync(join(site.directory, path, "index.html"), "utf8");
    expect(await htmlComplaints(path, html)).toEqual([]);
  }
});

/** As much as a page may weigh with all that it loads, and its scripts alone: kilobytes of 1000 bytes, gzipped. */
const BUDGET = { all: 30, scripts: 15 };

test.each([COLLECTION, TAG])("with its styles and scripts %s is light", async (path) => {
  const page = await open("/404.html");
  const log = listenTo(page);
  await page.goto(site.host + path);
  const files = log.requests
    .map((url) => new URL(url).pathname)
    .filter((name) => !/\.(?:svg|png)$|^\/\.stowage\//.test(name));
  const weigh = (names: readonly string[]) =>
    names.reduce((sum, name) => {
      const file = join(site.directory, name.endsWith("/") ? `${name}index.html` : name);
      return sum + gzipSync(readFileSync(file)).length;
    }, 0) / 1000;
  expect(files).toContain("/assets/pull.js");
  expect(weigh(files)).toBeLessThan(BUDGET.all);
  expect(weigh(files.filter((name) => name.endsWith(".js")))).toBeLessThan(BUDGET.scripts);
  expect(await page.locator("script[src]:not([defer], [type=module])").count()).toBe(0);
});
