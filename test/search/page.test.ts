import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { brokenRules } from "../support/accessibility.ts";
import {
  HOSTILE,
  RICH_REGISTRY,
  type ServedSite,
  launchBrowser,
  listenTo,
  serveFiles,
} from "../support/browser.ts";
import { definition } from "./support.ts";

const FILES = {
  ...RICH_REGISTRY,
  "registry/lab/samtools/README.md": "---\ndescription: Reads alignments\ntopics: [genomics]\n---\n",
  "registry/lab/samtools/manifests/1.20/Singularity": definition("    wget needle.example.org\n"),
  ...Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [
      `registry/many/m${index}/manifests/x/Singularity`,
      definition(),
    ]),
  ),
};

/** Where the content of a page ends. */
const RIGHTMOST =
  "Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().right))";

let browser: Browser;
let site: ServedSite;
beforeAll(async () => {
  browser = await launchBrowser();
  site = await serveFiles(FILES, "/registry/");
});
afterAll(async () => {
  site.close();
  await browser.close();
});

async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(site.host + site.basePath + path);
  return page;
}

const box = (page: Page) => page.getByRole("searchbox", { name: "Find a collection" });
const rows = (page: Page) => page.locator("[data-row]");
const said = (page: Page) => page.locator("[data-search] output");
const text = (locator: ReturnType<Page["locator"]>, expected: string | RegExp) =>
  locator.filter({ hasText: expected }).waitFor();

describe("the page to search on", () => {
  test("answers while somebody types, marks why, and says how many there are", async () => {
    const page = await open("search/");
    await box(page).pressSequentially("samt");
    await text(said(page), /^1 result\.$/);
    expect(await rows(page).allInnerTexts()).toEqual(["lab/samtools"]);
    expect(await page.locator(".results mark").allInnerTexts()).toEqual(["samt"]);
    expect(await said(page).evaluate((output) => output.tagName)).toBe("OUTPUT");
  });

  test("says what matched where neither name nor description does", async () => {
    const page = await open("search/?q=genomics");
    await text(page.locator(".reasons"), "topic genomics");
    await box(page).fill("1.20");
    await text(page.locator(".reasons"), "tag 1.20");
    expect(await page.locator(".reasons a").getAttribute("href")).toBe(
      `${site.host}/registry/lab/samtools/tags/1.20/`,
    );
  });

  test("looks into definition files when somebody pauses, and shows the line", async () => {
    const page = await open("search/?q=needle");
    await text(page.locator(".reasons"), "definition file of 1.20, line 6 wget needle.example.org");
    expect(await rows(page).allInnerTexts()).toEqual(["lab/samtools"]);
  });

  test("forgives mistakes, and asks what was meant", async () => {
    const page = await open("search/");
    await box(page).fill("smatools");
    await text(said(page), "0 results for “smatools”. Did you mean samtools? 1 result.");
    await page.getByRole("link", { name: "samtools", exact: true }).click();
    await text(said(page), /^1 result\.$/);
    expect(await box(page).inputValue()).toBe("samtools");
  });

  test("says that there is nothing", async () => {
    const page = await open("search/?q=qqqqqq");
    await text(said(page), /^0 results\.$/);
    expect(await rows(page).count()).toBe(0);
  });

  test("opens the first result with Enter, at once", async () => {
    const page = await open("search/");
    await box(page).pressSequentially("samtools");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/registry/lab/samtools/");
    expect(await page.title()).toContain("lab/samtools");
  });

  test("moves through the results with arrows", async () => {
    const page = await open("search/?q=many");
    await rows(page).first().waitFor();
    await box(page).focus();
    const focused = () => page.evaluate<string>("document.activeElement.textContent");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    // Definition files were read meanwhile, and the rows drawn anew.
    await page.waitForURL("**/search/?q=many");
    expect(await focused()).toBe("many/m1");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate("document.activeElement.id")).toBe("search-query");
  });

  test("keeps the question and what narrows it in the address, and goes back to it", async () => {
    const page = await open("search/");
    await box(page).fill("lab");
    await page.waitForURL("**/search/?q=lab");
    const before = await rows(page).count();
    await page.locator("summary", { hasText: "topic" }).click();
    await page.getByLabel("genomics").check();
    await page.waitForURL("**/search/?q=lab&topic=genomics");
    await text(said(page), /^1 result\.$/);
    await rows(page).first().click();
    await page.waitForURL("**/registry/lab/samtools/");
    await page.goBack();
    await text(said(page), /^1 result\.$/);
    expect(await page.getByLabel("genomics").isChecked()).toBe(true);
    await page.goBack();
    await page.waitForURL("**/search/?q=lab");
    await page.waitForFunction(`document.querySelectorAll("[data-row]").length === ${before}`);
    expect(before).toBeGreaterThan(1);
  });

  test("shows more results when asked to", async () => {
    const page = await open("search/?q=many");
    await text(said(page), /^14 results\.$/);
    expect(await rows(page).count()).toBe(10);
    await page.getByRole("button", { name: "More results" }).click();
    await page.waitForFunction(`document.querySelectorAll("[data-row]").length === 14`);
    expect(await page.getByRole("button", { name: "More results" }).isVisible()).toBe(false);
  });

  test("leads who has no scripts to the list of all collections", async () => {
    const page = await open("search/?q=samtools", { javaScriptEnabled: false });
    expect(await box(page).count()).toBe(0);
    expect(await page.getByRole("link", { name: "all collections from A to Z" }).getAttribute("href")).toBe(
      "/registry/collections/",
    );
  });

  test("shows what strangers wrote as text, and asks nobody else", async () => {
    const page = await open("search/");
    const log = listenTo(page);
    await box(page).fill("hacked everything");
    await rows(page).first().waitFor();
    await text(page.locator(".results"), HOSTILE.slice(0, 40));
    await page.locator("summary").first().click();
    await box(page).fill(HOSTILE);
    await page.waitForURL(/onerror/);
    await page.goto(`${page.url()}&topic=${encodeURIComponent(HOSTILE)}`);
    await text(said(page), "result");
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await page.locator("main img, main script:not([src])").count()).toBe(0);
    expect(log.complaints).toEqual([]);
    expect(log.requests.filter((url) => !url.startsWith(`${site.host}/`))).toEqual([]);
  });

  test.each(["?q=everything", "?q=smatools", "?q=many&topic=x", ""])(
    "breaks no accessibility rule, and fits, at search/%s",
    async (query) => {
      const page = await open(`search/${query}`);
      if (query !== "") await text(said(page), "result");
      for (const summary of await page.locator("summary").all()) await summary.click();
      expect(await brokenRules(page, 320)).toEqual([]);
      // The page is as narrow as it was looked at last.
      expect(await page.evaluate<number>(RIGHTMOST)).toBeLessThanOrEqual(320);
    },
  );
});

describe("an address that is not there", () => {
  const nearest = (page: Page) => page.locator("[data-nearest]");

  test.each([
    ["lab/samtols/", "Did you mean lab/samtools?", "lab/samtools/"],
    ["samtools", "Did you mean lab/samtools?", "lab/samtools/"],
    ["lab/samtools/tags/1.2/", "Did you mean lab/samtools:1.20?", "lab/samtools/tags/1.20/"],
    ["lab/samtools:1.19", "Did you mean lab/samtools:1.20?", "lab/samtools/tags/1.20/"],
    ["Lab/SamTools/manifests/latest/", "Did you mean lab/samtools?", "lab/samtools/"],
    ["elsewhere/samtools/", "Did you mean lab/samtools?", "lab/samtools/"],
  ])("%s: %s", async (path, words, href) => {
    const page = await open(path);
    await text(nearest(page), words);
    expect(await nearest(page).getByRole("link").first().getAttribute("href")).toBe(
      `${site.host}/registry/${href}`,
    );
  });

  test.each([
    "nothing/like/it",
    "%3Cimg%20src=x%20onerror=%22window.hacked=1%22%3E/",
    "%E0%A4%A/%00",
    "constructor/__proto__/",
  ])("guesses nothing, and runs nothing, at %s", async (path) => {
    const page = await open("search/");
    const log = listenTo(page);
    const asked = page.waitForResponse(/search\/start\.json/);
    await page.goto(site.host + site.basePath + path);
    await asked;
    expect(await nearest(page).innerText()).toBe("");
    expect(await page.locator("main img").count()).toBe(0);
    expect(log.complaints.filter((words) => !words.includes("404"))).toEqual([]);
  });

  test("leads to a search and to all collections without scripts", async () => {
    const page = await open("lab/samtols/", { javaScriptEnabled: false });
    const links = await page
      .locator("main a")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toEqual(["/registry/search/", "/registry/collections/", "/registry/"]);
  });
});
