import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** WCAG 2.2 AA, and what is good practice besides. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The accessibility rules that an open page breaks, in the light and in the dark, on a desk and on a phone. */
export async function brokenRules(page: Page, narrowest = 360): Promise<string[]> {
  const broken: string[] = [];
  for (const width of [1280, narrowest]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      for (const { id, nodes } of violations)
        for (const { html } of nodes) broken.push(`${colorScheme} ${width}: ${id}: ${html}`);
    }
  }
  return broken;
}
