import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM_ARGS, serveRegistry } from "./support/browser.ts";
import { PROJECT } from "./support/cli.ts";

/*
 * Pictures of every kind of page of the example registry, for a person to look at: on a desk in the light and in the dark,
 * and on a phone.
 *
 *     npm run screenshots                    # into _screenshots/
 *     npm run screenshots -- FOLDER [PATH…]
 */

const PAGES = [
  "",
  "collections/",
  "vanessa/",
  "vanessa/fortune/",
  "vanessa/fortune/tags/latest/",
  "vanessa/fortune/tags/latest/history/",
  "vanessa/fortune/tags/sha256:ba4de09cb74a70b2b6f6902608986df0d13b98fdf13aa8f8780477be5e2a3f84/",
  "tools/jq/tags/1.7.1/",
  "search/?q=shell",
  "labels/",
  "labels/org.opencontainers.image.licenses/",
  "topics/",
  "topics/shell/",
  "bases/",
  "architectures/",
  "sizes/",
  "changes/",
  "compare/?a=vanessa/fortune:1.0&b=vanessa/fortune:latest",
  "inspect/",
  "api/",
  "vanessa/greting/",
];

const LOOKS = [
  { name: "light", width: 1280, colorScheme: "light" },
  { name: "dark", width: 1280, colorScheme: "dark" },
  { name: "phone", width: 360, colorScheme: "light" },
] as const;

const [folder = join(PROJECT, "_screenshots"), ...chosen] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const executablePath = process.env["CHROMIUM_PATH"] ?? (await sparticuz.executablePath());
const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
const site = await serveRegistry(PROJECT);
try {
  for (const path of chosen.length > 0 ? chosen : PAGES) await shoot(browser, path);
} finally {
  site.close();
  await browser.close();
}

async function shoot(on: Browser, path: string): Promise<void> {
  for (const { name, width, colorScheme } of LOOKS) {
    const page = await on.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.goto(`${site.host}/${path}`, { waitUntil: "networkidle" });
    const file = `${path.replaceAll(/[^a-z0-9.]+/gi, "-") || "home"}-${name}.png`.replace(/^-/, "");
    await page.screenshot({ path: join(folder, file), fullPage: true });
    await page.close();
  }
}
