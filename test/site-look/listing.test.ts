import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { DEFINITION } from "../support/registry.ts";
import { LISTED, browserPages, siteOfFiles } from "./support.ts";

const MANY: Record<string, string> = {};
for (let index = 0; index < 251; index++)
  MANY[`registry/many/t${index}/manifests/1/Singularity`] = DEFINITION;

const openPage = browserPages();
const site = siteOfFiles(LISTED);
const large = siteOfFiles(MANY);
const collections = () => `${site().host}/r/collections/`;

const rows = (page: Page) => page.locator("[data-listing] tbody tr:visible");
const names = (page: Page) => page.locator("[data-listing] tbody tr:visible th a").allInnerTexts();
const sortBy = (page: Page, name: string) =>
  page.locator("thead").getByRole("button", { name, exact: true }).click();

test("filters as somebody types, and says how many are left", async () => {
  const page = await openPage();
  await page.goto(collections());
  await page.locator("#filter").pressSequentially("LETTER 1.9");
  expect(await names(page)).toEqual(["lab/beta"]);
  const status = page.locator("output");
  expect(await status.innerText()).toBe("1 of 5 collections");
  await page.keyboard.type(" no such thing");
  expect(await rows(page).count()).toBe(0);
  expect(await status.innerText()).toBe("0 of 5 collections");
  await page.locator("#filter").fill("");
  expect(await rows(page).count()).toBe(5);
  expect(await status.textContent()).toBe("");
});

test("goes with Tab from the filter to what is left", async () => {
  const page = await openPage();
  await page.goto(collections());
  await page.locator("#filter").fill("tool9");
  await page.keyboard.press("Enter");
  expect(page.url()).toBe(collections());
  // Over the heads of the columns, which sort.
  await page.locator("thead button").last().focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/lab/tool9/");
});

test("sorts in place: sizes by bytes, days from the newest, names as people read them, what is unknown last", async () => {
  const page = await openPage();
  await page.goto(collections());
  await sortBy(page, "Size");
  expect(await names(page)).toEqual(["lab/tool10", "lab/beta", "lab/tool9", "7zip/planned", "zoo/alpha"]);
  expect(await page.locator("thead th[aria-sort]").allInnerTexts()).toEqual(["Size"]);
  expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
  await sortBy(page, "Size");
  expect(await names(page)).toEqual(["lab/tool9", "lab/beta", "lab/tool10", "7zip/planned", "zoo/alpha"]);
  await sortBy(page, "Updated");
  expect((await names(page))[0]).toBe("lab/beta");
  await sortBy(page, "Collection");
  expect(await names(page)).toEqual(["7zip/planned", "lab/beta", "lab/tool9", "lab/tool10", "zoo/alpha"]);
  expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
});

test("keeps what is filtered when it sorts", async () => {
  const page = await openPage();
  await page.goto(collections());
  await page.locator("#filter").fill("lab");
  await sortBy(page, "Tags");
  expect((await names(page)).toSorted()).toEqual(["lab/beta", "lab/tool10", "lab/tool9"]);
});

test("has neither filter nor buttons without scripts, but orders and letters", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto(collections());
  expect(await page.locator("#filter").isVisible()).toBe(false);
  expect(await page.locator("thead button").count()).toBe(0);
  await page.getByRole("navigation", { name: "Order" }).getByRole("link", { name: "largest" }).click();
  expect((await names(page))[0]).toBe("lab/tool10");
  await page.goto(collections());
  await page.getByRole("navigation", { name: "Letters" }).getByRole("link", { name: "Z" }).click();
  expect(await page.locator("tr:target a").first().innerText()).toBe("zoo/alpha");
});

test("filters one page of several, and hands its words on to the search of all", async () => {
  const page = await openPage();
  await page.goto(`${large().host}/r/collections/`);
  expect(await page.locator("thead button").count()).toBe(0);
  await page.getByLabel("Filter this page").pressSequentially("t24 & more");
  expect(await page.locator("output").innerText()).toBe("0 of 250 on this page");
  const everywhere = page.getByRole("link", { name: "Search all collections" });
  expect(await everywhere.getAttribute("href")).toMatch(/\/r\/search\/\?q=t24\+%26\+more$/);
});
