import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { hex, recordOf } from "../groups/support.ts";
import { brokenRules } from "../support/accessibility.ts";
import { HOSTILE, type ServedSite, launchBrowser, listenTo, serveFiles } from "../support/browser.ts";
import type { Files } from "../support/registry.ts";

const LONG = "a-name-that-goes-on-and-on-without-a-place-to-break-it-".repeat(2).slice(0, 100);
const YEARS = ["2026-11", "2026-07", "2026-02", "2024-12", "2020-01"];

/** Images of all sizes and ages, with what strangers call things. */
function manyImages(): Files {
  const files: Record<string, string> = { "registry.yml": "title: Many\n" };
  for (let index = 0; index < 90; index++) {
    const name = `registry/${["lab", "people/ann", LONG][index % 3]}/tool-${index}`;
    const labels = `labels:\n  ${LONG}: ${JSON.stringify(HOSTILE)}\n  version: "${index % 4}"\n`;
    files[`${name}/README.md`] = `---\ntopics: [rna, ${JSON.stringify(HOSTILE)}, ${LONG}]\n---\n`;
    files[`${name}/manifests/1.0/Singularity`] =
      `Bootstrap: docker\nFrom: ubuntu:${14 + 2 * (index % 6)}.04\n`;
    files[`${name}/manifests/1.0/README.md`] = recordOf(
      "a",
      Math.round(1.2 ** index * 1000),
      `${YEARS[index % 5]}-01T00:00:00Z`,
      labels,
    ).replaceAll(hex("a"), index.toString(16).padStart(64, "0"));
  }
  return files;
}

let browser: Browser;
let site: ServedSite;
let ours: readonly string[];
beforeAll(async () => {
  browser = await launchBrowser();
  site = await serveFiles(manyImages(), "/registry/");
  ours = site.pages.filter((path) => /^\/registry\/(?:sizes|topics|bases|labels|architectures)\//.test(path));
});
afterAll(async () => {
  await browser.close();
  site.close();
});

async function openPage(width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  onTestFinished(() => context.close());
  return context.newPage();
}

test.each([
  "",
  "sizes/",
  "sizes/lab/",
  "bases/",
  "bases/ubuntu~16.04/",
  "topics/",
  "labels/",
  "labels/version/",
])("breaks no accessibility rule at /%s", async (path) => {
  const page = await openPage(1280);
  const log = listenTo(page);
  await page.goto(site.host + site.basePath + path);
  expect(await brokenRules(page)).toEqual([]);
  expect(log.complaints).toEqual([]);
});

test("pages fit into 320 pixels", async () => {
  const page = await openPage(320);
  const wide: string[] = [];
  for (const path of ours) {
    await page.goto(site.host + path);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    if (width > 320) wide.push(`${path}: ${width} pixels`);
  }
  expect(ours.length).toBeGreaterThan(15);
  expect(wide).toEqual([]);
});

test.each([320, 480, 768, 769, 1280])(
  "the text of a map has 11 pixels at least and stays in its rectangle, and what leads somewhere is 24 wide, at %i",
  async (width) => {
    const page = await openPage(width);
    await page.goto(`${site.host}/registry/sizes/`);
    const found = await page.evaluate<{
      least: number;
      texts: number;
      outside: string[];
      target: number;
    }>(`(() => {
      const svg = [...document.querySelectorAll("svg.treemap")].find((each) => each.getBoundingClientRect().width > 0);
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const texts = [...svg.querySelectorAll("text")];
      const boxOf = (element) => element.getBoundingClientRect();
      return {
        least: parseFloat(getComputedStyle(texts[0]).fontSize) * scale,
        texts: texts.length,
        outside: texts
          .filter((text) => boxOf(text).right > boxOf(text.parentNode.querySelector("rect")).right)
          .map((text) => text.textContent),
        target: Math.min(...[...svg.querySelectorAll("a rect")].flatMap((rect) => [boxOf(rect).width, boxOf(rect).height])),
      };
    })()`);
    expect(found.least).toBeGreaterThanOrEqual(11);
    expect(found.texts).toBeGreaterThan(5);
    expect(found.outside).toEqual([]);
    expect(found.target).toBeGreaterThanOrEqual(24);
  },
);

test("pages are valid HTML, and every link of theirs leads somewhere", async () => {
  const validator = new HtmlValidate(
    new StaticConfigLoader({
      extends: ["html-validate:recommended", "html-validate:a11y"],
      rules: { "doctype-style": ["error", { style: "lowercase" }], "long-title": "off" },
    }),
  );
  const complaints: string[] = [];
  const links = new Set<string>();
  for (const path of ours) {
    const html = readFileSync(join(site.directory, path.slice("/registry/".length), "index.html"), "utf8");
    const report = await validator.validateString(html);
    for (const { messages } of report.results)
      for (const { ruleId, message, line } of messages)
        complaints.push(`${path}:${line}: ${ruleId}: ${message}`);
    for (const [, link = ""] of html.matchAll(/href="(\/[^"]*)"/g)) links.add(link);
  }
  expect(complaints).toEqual([]);
  const broken: string[] = [];
  for (const link of links)
    if ((await fetch(site.host + link, { method: "HEAD" })).status !== 200) broken.push(link);
  expect(broken).toEqual([]);
  expect(links.size).toBeGreaterThan(100);
});
