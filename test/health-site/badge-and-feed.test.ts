import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImageHealth } from "../../src/registry/health.ts";
import { escapeXml } from "../../src/xml.ts";
import { HOSTILE, launchBrowser } from "../support/browser.ts";
import { type Files, readJson, record2 } from "../support/registry.ts";
import { CHECKED, CHECKED_FILES, GONE, UNCHECKED, WELL, built, healthFile } from "./support.ts";

/** An XML document as a browser's own parser reads it: texts of elements by name, or its complaint. */
interface Parsed {
  readonly complaint?: string;
  readonly root: string;
  readonly namespace: string | null;
  readonly text: Readonly<Record<string, readonly string[]>>;
  readonly links: readonly (string | null)[];
}

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

function parse(xml: string): Promise<Parsed> {
  const script = `(xml) => {
    const parsed = new DOMParser().parseFromString(xml, "application/xml");
    const text = {};
    for (const element of parsed.querySelectorAll("*")) (text[element.localName] ??= []).push(element.textContent);
    const { localName: root, namespaceURI: namespace } = parsed.documentElement;
    const links = [...parsed.querySelectorAll("link")].map((link) => link.getAttribute("href"));
    const complaint = parsed.querySelector("parsererror")?.textContent;
    return { ...(complaint && { complaint }), root, namespace, text, links };
  }`;
  return page.evaluate<Parsed>(`(${script})(${JSON.stringify(xml)})`);
}

async function read(files: Files, path: string, url?: string): Promise<Parsed> {
  return parse(readFileSync(join(await built(files, url), path), "utf8"));
}

/** Nothing of it may become markup, or break the document. */
const STRANGE = `${HOSTILE} ]]> &amp; <!-- \u{0}\u{1}\u{b}\u{1f}\u{85}\u{fffe}\u{ffff}\u{d800} \u{1f600}`;
const HOSTILE_FILES: Files = {
  "registry.yml": `title: ${JSON.stringify(`${HOSTILE} ]]> & <!--`)}\n`,
  "registry/lab/tool/manifests/1.0+a/README.md": record2("", GONE.url),
  "health.json": healthFile({
    ...GONE,
    problem: { code: "image-differs", reason: STRANGE, since: "2026-11-18T04:17:00Z" },
  }),
};

describe("the badge", () => {
  const badge = (...images: ImageHealth[]) => ({ ...UNCHECKED, "health.json": healthFile(...images) });

  test.each([
    ["3 of 5 images there on 2026-11-20", "critical", CHECKED_FILES],
    ["1 of 1 image there on 2026-11-20", "success", badge(WELL)],
    [
      "0 of 2 images there between 2026-11-18 and 2026-11-20",
      "critical",
      badge(GONE, { ...GONE, url: WELL.url, checked: "2026-11-18T00:00:00Z" }),
    ],
    ["no image was asked for yet", "inactive", badge()],
  ])("says %s", async (message, color, files) => {
    const site = await built(files);
    expect(readJson(site, "health/badge.json")).toMatchObject({
      schemaVersion: 1,
      label: "health",
      message,
      color,
    });
    const { complaint, root, namespace, text } = await parse(
      readFileSync(join(site, "health/badge.svg"), "utf8"),
    );
    expect({ complaint, root, namespace }).toEqual({
      complaint: undefined,
      root: "svg",
      namespace: "http://www.w3.org/2000/svg",
    });
    expect(text["title"]).toEqual([`health: ${message}`]);
    expect(text["text"]).toEqual(["health", message]);
  });

  test("is small, and loads and runs nothing", async () => {
    const svg = readFileSync(join(await built(CHECKED_FILES), "health/badge.svg"), "utf8");
    expect(svg.length).toBeLessThan(1500);
    expect(svg).not.toMatch(/<(?:script|style|image|use|foreignObject)|href|url\((?!#)/);
  });
});

describe("the feed", () => {
  test("has an entry for each image that fails, since when and why", async () => {
    const feed = await read(CHECKED_FILES, "health/feed.xml", "https://a.org/b/");
    expect(feed).toMatchObject({ root: "feed", namespace: "http://www.w3.org/2005/Atom" });
    expect(feed).not.toHaveProperty("complaint");
    expect(feed.text["title"]).toEqual([
      "Lab: images that fail",
      "lab/other:latest and 1 more: not there",
      "lab/tool:wrong: not what its record says",
    ]);
    expect(feed.text["updated"]).toEqual([
      "2026-11-20T04:17:00.000Z",
      "2026-11-18T04:17:00.000Z",
      "2026-11-19T04:17:00.000Z",
    ]);
    expect(feed.text["content"]?.[0]).toContain("404 Not Found\nhttps://storage.example.org/gone.sif\n");
    expect(feed.links).toEqual([
      "https://a.org/b/health/feed.xml",
      "https://a.org/b/health/",
      "https://a.org/b/lab/other/tags/latest/",
      "https://a.org/b/lab/tool/tags/wrong/",
    ]);
    expect(feed.text["name"]).toEqual(["Lab"]);
    for (const id of feed.text["id"] ?? [])
      expect(id).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  });

  test("calls an entry the same until something else is wrong, or it is wrong once more", async () => {
    const idsOf = async (...images: ImageHealth[]) => {
      const files = { ...UNCHECKED, "health.json": healthFile(...images) };
      return (await read(files, "health/feed.xml")).text["id"] ?? [];
    };
    const [feed, first] = await idsOf(GONE);
    const later = await idsOf({ ...GONE, checked: "2026-11-19T00:00:00Z" }, { ...GONE, url: WELL.url });
    expect(later.slice(0, 2)).toEqual([feed, first]);
    expect(new Set(later).size).toBe(3);
    const problem = { ...GONE.problem, code: "image-unreachable", reason: "", since: CHECKED } as const;
    expect((await idsOf({ ...GONE, problem }))[1]).not.toBe(first);
  });

  test("is empty where nothing fails, and there", async () => {
    const feed = await read({ ...UNCHECKED, "health.json": healthFile(WELL) }, "health/feed.xml");
    expect(feed).not.toHaveProperty("complaint");
    expect(feed.text["entry"]).toBeUndefined();
    expect(feed.links).toEqual(["/health/feed.xml", "/health/"]);
  });

  test("holds hostile text as text", async () => {
    const feed = await read(HOSTILE_FILES, "health/feed.xml", "https://a.org/a&b/");
    expect(feed).not.toHaveProperty("complaint");
    expect(feed.text["title"]?.[0]).toBe(`${HOSTILE} ]]> & <!--: images that fail`);
    expect(feed.text["content"]?.[0]).toContain(`${HOSTILE} ]]> &amp; <!-- \u{fffd}\u{fffd}\u{fffd}\u{fffd}`);
    expect(feed.text["script"]).toBeUndefined();
    expect(feed.links[0]).toBe("https://a.org/a&b/health/feed.xml");
  });
});

test("every text that JavaScript can hold is text in XML", async () => {
  const codes = Array.from({ length: 0x300 }, (_, code) => code);
  const rare = [
    0x2028, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x10ffff,
  ];
  for (const start of ["", "\u{dc00}"]) {
    const text = start + String.fromCodePoint(...codes, ...rare);
    const { complaint } = await parse(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`);
    expect(complaint).toBeUndefined();
  }
});
