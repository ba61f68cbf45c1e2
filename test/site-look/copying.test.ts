import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LISTED, browserPages, siteOfFiles } from "./support.ts";

const openPage = browserPages();
const site = siteOfFiles({
  ...LISTED,
  "templates/404.njk": `{% extends "base.njk" %}{% block main %}<h1>Lost</h1>
<pre id="definition"><code>Bootstrap: docker
From: &lt;base&gt;
</code></pre><button type="button" data-copy="#definition">Copy the recipe</button>{% endblock %}`,
});
const home = () => `${site().host}/r/`;

const clipboard = (page: Page) => page.evaluate<string>("navigator.clipboard.readText()");
const withClipboard = { permissions: ["clipboard-read", "clipboard-write"] };
const NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })";
const COMMAND = /^apptainer pull beta_1\.10\.sif /;

test("a click copies the command, not a letter more, and says so", async () => {
  const page = await openPage(withClipboard);
  await page.goto(home());
  const pull = page.locator("[data-copyable]").first();
  const button = pull.getByRole("button", { name: "Copy" });
  await button.click();
  await page.getByRole("status").getByText("Copied").waitFor();
  expect(await pull.getByRole("button").innerText()).toBe("Copied");
  expect(await clipboard(page)).toMatch(COMMAND);
  expect(await clipboard(page)).toBe(await pull.locator("code").textContent());
  await page.locator("[data-copyable]").nth(1).getByRole("button").click();
  await page.waitForFunction("navigator.clipboard.readText().then((text) => text.startsWith('curl -sL '))");
});

test("the keyboard copies as a click does", async () => {
  const page = await openPage(withClipboard);
  await page.goto(home());
  await page.locator("[data-copyable] button").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Copied").waitFor();
  expect(await clipboard(page)).toMatch(COMMAND);
});

test("a button of a page names the element whose text it copies", async () => {
  const page = await openPage(withClipboard);
  await page.goto(`${home()}404.html`);
  await page.getByRole("button", { name: "Copy the recipe" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await clipboard(page)).toBe("Bootstrap: docker\nFrom: <base>");
});

test("a site without https copies, too, and leaves the focus where it was", async () => {
  const page = await openPage(withClipboard);
  await page.addInitScript(NO_CLIPBOARD);
  await page.goto(home());
  const button = page.locator("[data-copyable] button").first();
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Copied").waitFor();
  expect(await page.evaluate("document.activeElement.dataset.copy")).toBe("");
  const other = await page.context().newPage();
  await other.goto(`${home()}404.html`);
  // The script runs in every new page of this context, so that the text is read by pasting it.
  await other.locator("#site-search input").focus();
  await other.keyboard.press("ControlOrMeta+V");
  expect(await other.locator("#site-search input").inputValue()).toMatch(COMMAND);
});

test("a browser that refuses is no success", async () => {
  const page = await openPage();
  await page.addInitScript(`${NO_CLIPBOARD}; document.execCommand = () => false;`);
  await page.goto(home());
  await page.locator("[data-copyable] button").first().click();
  await page.getByRole("status").getByText("This browser does not let a page copy").waitFor();
  expect(await page.locator("[data-copyable] button").first().innerText()).toBe("Copy");
});

test("nobody without scripts sees a button that does nothing", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto(home());
  expect(await page.getByRole("button").allInnerTexts()).toEqual(["Search"]);
});
