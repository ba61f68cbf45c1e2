import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { listenTo } from "../support/browser.ts";
import { LISTED, browserPages, siteOfFiles } from "./support.ts";

const openPage = browserPages();
const site = siteOfFiles({
  ...LISTED,
  // A page with everything that a key leads to.
  "templates/namespace.njk": `{% extends "base.njk" %}{% block main %}<h1>{{ page.title }}</h1>
<pre data-copyable><code>pull {{ page.title }}</code></pre><pre data-copyable><code>another</code></pre>
<a data-permalink href="{{ site.base }}permanent/">permanent</a> <a data-difference href="{{ site.base }}lab/beta/">difference</a>
<textarea></textarea><p contenteditable="true">text</p>
<ol><li data-row><a href="{{ site.base }}first/">first</a></li><li data-row hidden><a href="#">hidden</a></li><li data-row><a href="{{ site.base }}second/">second</a></li></ol>
{% endblock %}`,
});
const at = (path: string) => `${site().host}/r/${path}`;

/** What has the focus, in words of its own; nothing where nothing has it. */
const focused = (page: Page) =>
  page.locator(":focus").evaluateAll((elements) => elements.map(({ textContent }) => textContent).join());
const clipboard = (page: Page) => page.evaluate<string>("navigator.clipboard.readText()");
const withClipboard = { permissions: ["clipboard-read", "clipboard-write"] };

async function pressAll(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

describe("keys", () => {
  test("lead to the search box, and from there a word to the search page", async () => {
    const page = await openPage();
    await page.goto(at("lab/beta/"));
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.closest('form').id")).toBe("site-search");
    await page.keyboard.type("j/c?");
    expect(await page.locator("#site-search input").inputValue()).toBe("j/c?");
    await page.keyboard.press("Enter");
    await page.waitForURL(at("search/?q=j%2Fc%3F"));
  });

  test("go through the rows of a listing, skip what a filter hides, and open one", async () => {
    const page = await openPage();
    await page.goto(at("collections/"));
    await pressAll(page, "j", "j");
    expect(await focused(page)).toBe("lab/beta");
    await pressAll(page, "ArrowDown", "j", "j", "j");
    expect(await focused(page)).toBe("zoo/alpha");
    await pressAll(page, "k", "ArrowUp");
    expect(await focused(page)).toBe("lab/tool9");
    await page.locator("#filter").fill("beta");
    await page.locator("h1").click();
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("lab/beta");
    await page.keyboard.press("Enter");
    await page.waitForURL(at("lab/beta/"));
  });

  test("go through results that are no table, backwards from the last", async () => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.keyboard.press("k");
    expect(await focused(page)).toBe("second");
    await page.keyboard.press("k");
    expect(await focused(page)).toBe("first");
  });

  test("leave arrows to the browser where nobody is in a listing", async () => {
    const page = await openPage({ viewport: { width: 1280, height: 300 } });
    await page.goto(at("collections/"));
    await page.keyboard.press("ArrowDown");
    expect(await focused(page)).toBe("");
    await page.waitForFunction("scrollY > 0");
  });

  test("copy the first command, and the permanent address or that of the page", async () => {
    const page = await openPage(withClipboard);
    await page.goto(at("lab/"));
    await page.keyboard.press("c");
    await page.getByRole("status").getByText("Copied").waitFor();
    expect(await clipboard(page)).toBe("pull lab");
    await page.keyboard.press("y");
    await page.waitForFunction(
      `navigator.clipboard.readText().then((text) => text === ${JSON.stringify(at("permanent/"))})`,
    );
    await page.goto(`${at("lab/beta/")}#tags-heading`);
    await page.keyboard.press("y");
    await page.waitForFunction(
      `navigator.clipboard.readText().then((text) => text === ${JSON.stringify(at("lab/beta/"))})`,
    );
  });

  test("open the difference", async () => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.keyboard.press("d");
    await page.waitForURL(at("lab/beta/"));
    expect(await page.locator("h1").innerText()).toBe("lab/beta");
  });

  test("do nothing, without a complaint, where a page has nothing for them", async () => {
    const page = await openPage();
    const log = listenTo(page);
    await page.goto(at("404.html"));
    await pressAll(page, "j", "k", "c", "d", "ArrowDown", "x", "Escape");
    expect(page.url()).toBe(at("404.html"));
    expect(log.complaints).toEqual([]);
  });

  test.each(["#site-search input", "textarea", "[contenteditable]"])("are text in %s", async (selector) => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.locator(selector).focus();
    await page.keyboard.type("jkcyd?/");
    expect(page.url()).toBe(at("lab/"));
    expect(await page.locator("dialog").count()).toBe(0);
    expect(
      await page.evaluate("document.activeElement.value ?? document.activeElement.textContent"),
    ).toContain("jkcyd?/");
  });

  test.each(["Control", "Alt", "Meta"])("are the browser's own with %s", async (modifier) => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await pressAll(page, `${modifier}+d`, `${modifier}+j`, `${modifier}+/`);
    expect(page.url()).toBe(at("lab/"));
    expect(await page.locator(":focus").count()).toBe(0);
  });
});

describe("the help", () => {
  test("lists the keys, keeps them from the page behind it, and gives the focus back", async () => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.locator("ol a").first().focus();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keyboard" });
    expect(await dialog.locator("kbd").allInnerTexts()).toEqual(["/", "j", "k", "Enter", "c", "y", "d", "?"]);
    await pressAll(page, "d", "j");
    expect(page.url()).toBe(at("lab/"));
    await page.keyboard.press("Escape");
    expect(await dialog.count()).toBe(0);
    expect(await focused(page)).toBe("first");
  });

  test("switches the keys off, on every page and for good, and on again", async () => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Single-key shortcuts" }).uncheck();
    await page.getByRole("button", { name: "Close" }).click();
    await pressAll(page, "j", "?");
    expect(await focused(page)).not.toBe("first");
    await page.goto(at("collections/"));
    await pressAll(page, "j", "?");
    expect(await focused(page)).toBe("");
    expect(await page.getByRole("dialog").count()).toBe(0);

    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await page.getByRole("checkbox").check();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("7zip/planned");
    await page.reload();
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("7zip/planned");
  });

  test("works where the browser remembers nothing", async () => {
    const page = await openPage();
    const log = listenTo(page);
    await page.addInitScript(
      'Object.defineProperty(window, "localStorage", { get() { throw new Error("refused"); } })',
    );
    await page.goto(at("collections/"));
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("7zip/planned");
    await page.keyboard.press("?");
    await page.getByRole("checkbox").uncheck();
    await pressAll(page, "Escape", "j");
    expect(await focused(page)).not.toBe("lab/beta");
    expect(log.complaints).toEqual([]);
  });

  test("breaks no rule of accessibility, in the light and in the dark", async () => {
    const page = await openPage();
    await page.goto(at("lab/"));
    await page.keyboard.press("?");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
    }
  });
});
