import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedSite, listenTo, serveRegistry } from "../support/browser.ts";
import { PROJECT } from "../support/cli.ts";
import { listFiles } from "../support/registry.ts";
import { browserPages } from "./support.ts";

const EXAMPLE = join(PROJECT, "docs/theming-example");

const openPage = browserPages();
let site: ServedSite;
beforeAll(async () => {
  site = await serveRegistry(EXAMPLE, "/forest/");
});
afterAll(() => site.close());
const at = (path: string) => `${site.host}/forest/${path}`;

test("the example of docs/theming.md is made of the files that it lists", () => {
  const text = readFileSync(join(PROJECT, "docs/theming.md"), "utf8");
  const files = listFiles(EXAMPLE).filter((file) => !file.startsWith("registry/"));
  expect(files.filter((file) => !text.includes(`\n${file} `))).toEqual([]);
  expect(files).toHaveLength(6);
});

test("its pages have its paper, its letters, its logo and its footer", async () => {
  const page = await openPage();
  const log = listenTo(page);
  await page.goto(at(""));
  const styleOf = (selector: string, property: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).${property}`);
  expect(await styleOf("body", "backgroundColor")).toBe("rgb(255, 253, 246)");
  expect(await styleOf("h1", "fontFamily")).toContain("Georgia");
  expect(await styleOf("td", "paddingTop")).toBe("3.2px");
  expect(await page.evaluate("document.querySelector('.site-title img').naturalWidth")).toBeGreaterThan(0);
  expect(await page.getByRole("contentinfo").innerText()).toContain("Images of the forest group.");
  // The scripts of ours find their place in it.
  await page.getByRole("contentinfo").getByRole("button", { name: "Keyboard shortcuts" }).waitFor();
  await page.goto(at("404.html"));
  expect(await page.locator("h1").innerText()).toBe("Lost in the woods");
  expect(log.complaints).toEqual([]);
});

test("its pale accent can be read, in the light and in the dark", async () => {
  const page = await openPage();
  for (const path of ["", "collections/", "forest/canopy/", "404.html"]) {
    await page.goto(at(path));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect({ path, colorScheme, found: violations.map(({ id }) => id) }).toEqual({
        path,
        colorScheme,
        found: [],
      });
    }
  }
});
