import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { brokenRules } from "../support/accessibility.ts";
import { HOSTILE, type ServedSite, launchBrowser, listenTo, serveRegistry } from "../support/browser.ts";
import { readJson } from "../support/registry.ts";
import { FOLDER, RECIPE, digestOf, pastIn, recordOf } from "./support.ts";

const README = `${FOLDER}/1.0/README.md`;
const DEFINITION = `${FOLDER}/1.0/Singularity`;
const ONE = `${RECIPE}\n%post\n    echo one\n`;
const TWO = `Bootstrap: docker\nFrom: busybox:1.37\n\n%post\n    echo ${HOSTILE.replaceAll("\n", " ")}\n`;

const TITLE = "Lab <b> & ]]> {{ 1 }}";

let browser: Browser;
let root: string;
let site: ServedSite;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stowage-test-"));
  pastIn(
    root,
    {
      "registry.yml": `title: ${JSON.stringify(TITLE)}\nrepository: https://git.example.org/lab\n`,
      [DEFINITION]: ONE,
      [README]: recordOf("a", "labels: { gone: x, changed: one }\n"),
      "registry/lab/other/manifests/latest/README.md": recordOf("o"),
      "registry/lab/other/README.md": `---\ndeprecated: ${JSON.stringify(`${HOSTILE} \u0001`)}\n---\n`,
    },
    {
      [DEFINITION]: TWO,
      [README]: recordOf("b", `labels: { changed: two, added: ${JSON.stringify(HOSTILE)} }\n`, 2_097_152),
    },
    { [DEFINITION]: ONE, [README]: recordOf("c") },
  );
  browser = await launchBrowser();
  site = await serveRegistry(root, "/registry/");
});
afterAll(async () => {
  await browser.close();
  site.close();
  rmSync(root, { recursive: true, force: true });
});

async function openPage(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context.newPage();
}

const at = (path: string) => `${site.host}/registry/${path}`;
const imagePage = (name: string) => `lab/tool/tags/${digestOf(name)}/`;
const asked = (a: string, b: string) => at(`compare/?${new URLSearchParams({ a, b }).toString()}`);

/** What a difference says, wherever it was made. */
async function differenceOn(page: Page): Promise<{ rows: string[]; lines: string[] }> {
  return {
    rows: await page.locator("table.difference tbody tr").allInnerTexts(),
    lines: (await page.locator("pre.diff code > *").allTextContents()).map((line) => line.trimEnd()),
  };
}

describe("any two images", () => {
  test("are compared in the browser as the page of the later one does", async () => {
    const page = await openPage();
    const log = listenTo(page);
    await page.goto(asked(`lab/tool@${digestOf("a")}`, `lab/tool@${digestOf("b")}`));
    await page.locator("[data-compare-result]:not([hidden])").waitFor();
    const made = await differenceOn(page);
    await page.goto(at(imagePage("b")));
    expect(made).toEqual(await differenceOn(page));
    expect(made.rows).toHaveLength(5);
    expect(made.lines.filter((line) => line.startsWith("+"))).toHaveLength(2);
    expect(log.complaints).toEqual([]);
    expect(await page.evaluate("window.hacked")).toBeUndefined();
  });

  test("are asked for in the form, sent on by their address, and gone back from", async () => {
    const page = await openPage();
    await page.goto(at("compare/"));
    await page.getByLabel("Before").fill(" lab/tool ");
    await page.getByLabel("After").fill("lab/other");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("lab/tool: there is no such image.").waitFor();
    await page.getByLabel("Before").fill("lab/tool:1.0");
    await page.keyboard.press("Enter");
    await page.getByText("lab/tool:1.0 and lab/other:").waitFor();
    expect(await page.locator("#diff-summary").innerText()).toBe(
      "Of one of the two the definition file is not known.",
    );
    expect(page.url()).toBe(asked("lab/tool:1.0", "lab/other"));
    await page.goBack();
    await page.getByText("lab/tool: there is no such image.").waitFor();
    expect(await page.getByLabel("Before").inputValue()).toBe("lab/tool");
  });

  test.each([
    ["../../etc/passwd", "../../etc/passwd is not a reference; expected one such as lab/tool:1.0."],
    ["lab/nothing", "lab/nothing: there is no such collection."],
    ["lab/tool:9", "lab/tool:9: there is no such image."],
    ["<img src=x onerror=hacked=1>", "<img src=x onerror=hacked=1> is not a reference;"],
    [`lab/tool@sha256:${"0".repeat(64)}`, "there is no such image."],
  ])("that are not there are told: %s", async (text, words) => {
    const page = await openPage();
    await page.goto(asked(text, "lab/tool:1.0"));
    await page.getByRole("status").getByText(words).waitFor();
    expect(await page.locator("[data-compare-result]").isVisible()).toBe(false);
  });

  test("may be the same, or differ in nothing but their bytes", async () => {
    const page = await openPage();
    await page.goto(asked("lab/tool:1.0", `lab/tool@${digestOf("c")}`));
    await page.getByText("Both are the same image.").waitFor();
    expect(await page.locator("table.difference").count()).toBe(0);
    await page.goto(asked(`lab/tool@${digestOf("a")}`, "lab/tool:1.0"));
    await page.getByText("The definition file is the same.").waitFor();
    expect(await page.locator("pre.diff").count()).toBe(0);
  });

  test("that the browser cannot fetch are told so", async () => {
    const page = await openPage();
    await page.route("**/api/v1/history/**", (route) => route.fulfill({ status: 503 }));
    await page.goto(asked("lab/tool", "lab/tool"));
    await page.getByText("The site answered 503 for api/v1/history/lab/tool.json.").waitFor();
    expect(await page.locator("[data-compare-result]").isVisible()).toBe(false);
  });

  test("are left to what is prepared where no script runs", async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await page.goto(at("compare/"));
    expect(await page.locator("main").innerText()).toContain("a script in your browser, which runs none");
    await page.locator(".timeline a").first().click();
    expect(page.url()).toBe(`${at(imagePage("c"))}#difference`);
    const { lines } = await differenceOn(page);
    expect(lines).toContain("+From: busybox:1.36");
  });
});

test("a visitor without scripts goes from a tag through its history to an old image", async () => {
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto(at("lab/tool/tags/1.0/history/"));
  await page.locator("tbody tr").last().locator("td a").first().click();
  expect(page.url()).toBe(at(imagePage("a")));
  expect(await page.locator("main").innerText()).toContain("No tag points to this image any more");
  await page.getByRole("link", { name: "manifest" }).click();
  expect(JSON.parse(await page.locator("body").innerText())).toMatchObject({ schemaVersion: 2 });
});

describe.each([
  ["the history of a tag", () => "lab/tool/tags/1.0/history/"],
  ["an image", () => imagePage("b")],
  ["an image that no tag has", () => imagePage("a")],
  ["changes", () => "changes/"],
  ["compare", () => `compare/?a=lab/tool@${digestOf("a")}&b=lab/tool@${digestOf("b")}`],
])("the page of %s", (_, path) => {
  test("breaks no accessibility rule", async () => {
    const page = await openPage();
    const log = listenTo(page);
    await page.goto(at(path()));
    if (path().startsWith("compare")) await page.locator("pre.diff").waitFor();
    expect(await brokenRules(page)).toEqual([]);
    expect(log.complaints).toEqual([]);
    expect(log.requests.filter((url) => !url.startsWith(site.host))).toEqual([]);
  });

  test("fits into 320 pixels", async () => {
    const page = await openPage({ viewport: { width: 320, height: 640 } });
    await page.goto(at(path()));
    if (path().startsWith("compare")) await page.locator("pre.diff").waitFor();
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(320);
  });
});

interface Feed {
  readonly complaint: string | null;
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  readonly updated: readonly string[];
  readonly links: readonly string[];
  readonly contents: readonly string[];
}

/** An Atom feed as a browser's own parser reads it. */
async function feedAt(path: string): Promise<Feed> {
  const page = await openPage();
  const script = `(xml) => {
    const feed = new DOMParser().parseFromString(xml, "application/xml");
    const texts = (name) => [...feed.querySelectorAll(name)].map((each) => each.textContent);
    return {
      complaint: feed.querySelector("parsererror")?.textContent ?? null,
      ids: texts("id"),
      titles: texts("title"),
      updated: texts("updated"),
      links: [...feed.querySelectorAll("entry link")].map((link) => link.getAttribute("href")),
      contents: texts("content"),
    };
  }`;
  const xml = readFileSync(join(site.directory, path), "utf8");
  return page.evaluate<Feed>(`(${script})(${JSON.stringify(xml)})`);
}

describe("feeds", () => {
  test("tell what is new, each entry by an identifier of its own, dated by its commit", async () => {
    const { complaint, ids, titles, updated, links, contents } = await feedAt("changes/feed.xml");
    expect(complaint).toBeNull();
    expect(titles).toEqual([
      `${TITLE}: changes`,
      "lab/tool:1.0 was rebuilt",
      "lab/tool:1.0 was rebuilt",
      "lab/other is deprecated",
      "lab/other:latest was published",
      "lab/tool:1.0 was published",
    ]);
    expect(new Set(ids).size).toBe(titles.length);
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(updated[0]).toBe(updated[1]);
    expect(updated.slice(1, 3)).toEqual(["2026-01-03T12:00:00.000Z", "2026-01-02T12:00:00.000Z"]);
    expect(links[0]).toBe(at(imagePage("c")));
    // XML cannot hold what stands for a character that is missing here.
    expect(contents[2]).toContain(`${HOSTILE} \u{FFFD}\ncommit `);
    for (const link of links) expect((await fetch(link)).status).toBe(200);
  });

  test("keep their identifiers when the site moves", async () => {
    const { ids } = await feedAt("changes/feed.xml");
    const other = await serveRegistry(root, "/elsewhere/");
    onTestFinished(() => other.close());
    const moved = readFileSync(join(other.directory, "changes/feed.xml"), "utf8");
    for (const id of ids.slice(1)) expect(moved).toContain(`<id>${id}</id>`);
  });

  test("are there for each collection, and say the same as JSON", async () => {
    const { complaint, titles, updated, ids, links } = await feedAt("changes/lab/tool.xml");
    expect(complaint).toBeNull();
    const feed = readJson(site.directory, "changes/lab/tool.json") as {
      items: { id: string; title: string; url: string; date_published: string }[];
    };
    expect(feed).toMatchObject({
      version: "https://jsonfeed.org/version/1.1",
      home_page_url: at("lab/tool/"),
      feed_url: at("changes/lab/tool.json"),
    });
    expect(feed.items.map(({ title }) => title)).toEqual(titles.slice(1));
    expect(feed.items.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(feed.items.map(({ url }) => url)).toEqual(links);
    expect(feed.items.map((item) => Date.parse(item.date_published))).toEqual(
      updated.slice(1).map((time) => Date.parse(time)),
    );
  });
});
