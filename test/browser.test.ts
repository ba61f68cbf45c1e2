import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { brokenRules } from "./support/accessibility.ts";
import {
  HOSTILE,
  type PageLog,
  RICH_REGISTRY,
  type ServedSite,
  launchBrowser,
  listenTo,
  serveFiles,
  serveRegistry,
} from "./support/browser.ts";
import { PROJECT } from "./support/cli.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function openPage(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context.newPage();
}

interface Looked {
  readonly serve: () => Promise<ServedSite>;
  /** One page of every kind and state, without the base path. */
  readonly kinds: readonly string[];
}

const EXAMPLE: Looked = {
  serve: () => serveRegistry(PROJECT),
  kinds: [
    "",
    "api/",
    "architectures/",
    "bases/",
    "changes/",
    "collections/",
    "compare/?a=vanessa/fortune:1.0&b=vanessa/fortune:latest",
    "inspect/",
    "labels/",
    "search/?q=shell",
    "sizes/",
    "sizes/vanessa/",
    "topics/",
    "topics/shell/",
    "vanessa/",
    "vanessa/fortune/",
    "vanessa/fortune/tags/latest/",
    "vanessa/fortune/tags/latest/history/",
    "vanessa/fortune/tags/sha256:ba4de09cb74a70b2b6f6902608986df0d13b98fdf13aa8f8780477be5e2a3f84/",
    "labels/org.opencontainers.image.licenses/",
    "nothing/here",
  ],
};
const RICH: Looked = {
  serve: () => serveFiles(RICH_REGISTRY, "/registry/"),
  kinds: [
    "",
    "collections/",
    "collections/by-size/",
    "health/",
    "lab/",
    "lab/tool/",
    "lab/headings/",
    "lab/empty/",
    "lab/tool/tags/1.9/",
    "lab/tool/tags/1.10/",
    "lab/tool/tags/2.0+cuda/",
    "lab/tool/tags/2019/",
    "lab/tool/tags/_frozen/",
    "lab/tool/tags/only-a-record/",
    "deep/er/and/deeper/ncbi-blast+/",
    "nothing/here",
  ],
};

describe.each([
  ["the example registry", EXAMPLE],
  ["a registry with one of everything, below a base path", RICH],
])("%s", (_, { serve, kinds }) => {
  let site: ServedSite;
  beforeAll(async () => {
    site = await serve();
  });
  afterAll(() => site.close());

  test.each(kinds)("breaks no accessibility rule at /%s", { timeout: 120_000 }, async (path) => {
    const page = await openPage();
    await page.goto(site.host + site.basePath + path);
    expect(await brokenRules(page)).toEqual([]);
  });

  test("asks no other host and makes the browser complain of nothing", async () => {
    const page = await openPage();
    const log = listenTo(page);
    for (const path of site.pages) await page.goto(site.host + path);
    expect(log.complaints).toEqual([]);
    expect(log.requests.filter((url) => !url.startsWith(`${site.host}/`))).toEqual([]);
    // Else this test would have looked at nothing.
    expect(log.requests).toContain(`${site.host}${site.basePath}assets/style.css`);
  });

  test("fits into 320 pixels", async () => {
    const page = await openPage({ viewport: { width: 320, height: 640 } });
    const wide: string[] = [];
    for (const path of site.pages) {
      await page.goto(site.host + path);
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      if (width > 320) wide.push(`${path}: ${width} pixels`);
    }
    expect(wide).toEqual([]);
  });

  test("leads to every page by links alone, without scripts", async () => {
    const page = await openPage({ javaScriptEnabled: false });
    const seen = new Set([site.basePath]);
    for (const path of seen) {
      await page.goto(site.host + path);
      for (const url of await linksOf(page, site)) if (isPage(url)) seen.add(url.pathname);
    }
    const expected = site.pages.filter((path) => !path.endsWith("/404.html"));
    expect([...seen].map((path) => decodeURIComponent(path)).sort()).toEqual([...expected].sort());
  });

  test("has no link that leads nowhere", async () => {
    const page = await openPage();
    const statuses = new Map<string, number>();
    const broken: string[] = [];
    for (const path of [...site.pages, `${site.basePath}nothing/here`]) {
      await page.goto(site.host + path);
      for (const url of await linksOf(page, site)) {
        if (url.pathname === path) continue;
        const address = url.origin + url.pathname;
        const status = statuses.get(address) ?? (await fetch(address, { method: "HEAD" })).status;
        statuses.set(address, status);
        if (status !== 200) broken.push(`${path}: ${url.pathname} (${status})`);
      }
    }
    expect(broken).toEqual([]);
  });

  test("has a target for every fragment", async () => {
    const page = await openPage();
    const target = await openPage();
    const broken: string[] = [];
    const checked = new Set<string>();
    for (const path of site.pages) {
      await page.goto(site.host + path);
      for (const url of await linksOf(page, site)) {
        if (url.hash === "" || checked.has(url.href)) continue;
        checked.add(url.href);
        await target.goto(url.href);
        if ((await target.locator(":target").count()) !== 1) broken.push(`${path}: ${url.href}`);
      }
    }
    expect(broken).toEqual([]);
    expect(checked.size).toBeGreaterThan(site.pages.length);
  });
});

describe("the age of a check", () => {
  let site: ServedSite;
  beforeAll(async () => {
    site = await serveFiles(RICH_REGISTRY);
  });
  afterAll(() => site.close());

  test.each([
    ["2026-11-20T04:17:00Z", "2026-11-20 (less than an hour ago)"],
    ["2026-11-20T05:18:00Z", "2026-11-20 (1 hour ago)"],
    ["2026-11-21T04:16:00Z", "2026-11-20 (23 hours ago)"],
    ["2026-11-21T04:17:00Z", "2026-11-20 (1 day ago)"],
    ["2027-11-20T04:17:00Z", "2026-11-20 (365 days ago)"],
    // A clock that is wrong.
    ["2026-11-20T04:16:00Z", "2026-11-20"],
  ])("at %s is told as %s", async (now, words) => {
    const page = await openPage();
    await page.clock.setFixedTime(now);
    await page.goto(`${site.host}/health/`);
    expect(await page.locator(".checked").innerText()).toBe(`Last checked on ${words}`);
  });

  test("is left to the reader without scripts", async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await page.goto(`${site.host}/health/`);
    expect(await page.locator(".checked").innerText()).toBe("Last checked on 2026-11-20");
  });
});

/** Every address of this site that a page names: links, pictures, styles and scripts. */
async function linksOf(page: Page, site: ServedSite): Promise<URL[]> {
  const links = await page
    .locator("[href], [src]")
    .evaluateAll((elements) =>
      elements.map((element) => String(element.getAttribute("href") ?? element.getAttribute("src"))),
    );
  return links.map((link) => new URL(link, page.url())).filter((url) => url.origin === site.host);
}

/** A folder that is a page and no endpoint. */
function isPage({ pathname }: URL): boolean {
  return (
    pathname.endsWith("/") && !/\/tags\/$|\/manifests\/[^/]+\/$|\/(?:schema|v2)\/$|\/api\/.+/.test(pathname)
  );
}

describe("with a keyboard", () => {
  let site: ServedSite;
  beforeAll(async () => {
    site = await serveFiles(RICH_REGISTRY);
  });
  afterAll(() => site.close());

  test("skips what every page begins with", async () => {
    const page = await openPage();
    await page.goto(`${site.host}/lab/tool/`);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    expect((await skip.boundingBox())?.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
    expect(await page.evaluate("document.activeElement.closest('header') === null")).toBe(true);
  });
});

describe("what strangers wrote", () => {
  let site: ServedSite;
  let page: Page;
  let log: PageLog;
  beforeAll(async () => {
    site = await serveFiles(RICH_REGISTRY);
    page = await browser.newPage();
    log = listenTo(page);
    return async () => {
      await page.close();
      site.close();
    };
  });

  test.each(["/", "/lab/", "/lab/tool/", "/lab/tool/tags/1.9/", "/health/", "/404.html"])(
    "does nothing on %s",
    async (path) => {
      log.complaints.length = 0;
      await page.goto(site.host + path);
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect(
        await page.locator("img:not(.site-header img, [src='/health/badge.svg'], [src^='/badges/'])").count(),
      ).toBe(0);
      expect(await page.locator("[onerror], [onfocus], [href^='javascript:']").count()).toBe(0);
      const foreign = "script:not([src^='/assets/'], [src^='/.stowage/'], [type='application/ld+json'])";
      expect(await page.locator(foreign).count()).toBe(0);
      expect(log.complaints).toEqual([]);
    },
  );

  test.each([
    ["/", "[data-listing] th p"],
    ["/collections/", "[data-listing] th p"],
    ["/lab/", "[data-listing] th p"],
    ["/", ".site-footer"],
    ["/lab/tool/", ".lead"],
    ["/lab/tool/", ".notice"],
    ["/lab/tool/", ".readme"],
    ["/lab/tool/", ".facts"],
    ["/lab/tool/tags/1.9/", "main .facts"],
    ["/health/", ".failing td"],
    ["/lab/tool/tags/1.9/", ".labels"],
    ["/lab/tool/tags/1.9/", ".definition"],
  ])("is shown as it was written, on %s in %s", async (path, selector) => {
    await page.goto(site.host + path);
    expect(await page.locator(selector).allTextContents()).toContainEqual(expect.stringContaining(HOSTILE));
  });
});
