import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registryEndpoints } from "../../src/endpoints/index.ts";
import { siteOf } from "../../src/protocols/site.ts";
import { publicRegistry, scanRegistry } from "../../src/registry/scan.ts";
import { buildSite } from "../../src/index.ts";
import { cardView } from "../../src/site/card-view.ts";
import { servedPaths } from "../../src/site/served-paths.ts";
import { type ServedSite, launchBrowser, serveFiles } from "../support/browser.ts";
import { DEFINITION, type Files, RECORD_2019, record2, registryOf } from "../support/registry.ts";
import { decodePng, inkedBox } from "./support.ts";

const README = `---\ndescription: ${JSON.stringify('Counts <words> & "letters".')}\n---\n`;
const FILES: Files = {
  "registry.yml": 'title: Our images\ntheme: { accent: "#7a1f5c" }\n',
  "registry/lab/tool/README.md": README,
  "registry/lab/tool/manifests/latest/README.md": record2(),
  "registry/lab/tool/manifests/latest/Singularity": DEFINITION,
  "registry/lab/tool/deeper/manifests/old/README.md": RECORD_2019,
  "registry/lab/planned/manifests/latest/Singularity": DEFINITION,
  "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
  "registry/lab/secret/manifests/latest/README.md": record2(),
};
const NAMES = ["lab/planned", "lab/tool", "lab/tool/deeper"];

async function built(url: string): Promise<{ has(path: string): boolean; read(path: string): Buffer }> {
  const root = registryOf(FILES);
  const out = join(root, "_site");
  await buildSite({ root, out, ...(url !== "" && { url }) });
  return {
    has: (path) => existsSync(join(out, path)),
    read: (path) => readFileSync(join(out, path)),
  };
}

const metaOf = (html: string) =>
  [...html.matchAll(/<meta (?:property|name)="((?:og:image|twitter)[a-z:_]*)" content="([^"]*)">/g)].map(
    ([, key, value]) => [key, value],
  );

describe("the card of a collection", () => {
  test("is what its page and those of its tags name, by an absolute address", async () => {
    const site = await built("https://lab.org/r/");
    for (const page of ["lab/tool/index.html", "lab/tool/tags/latest/index.html"])
      expect(metaOf(site.read(page).toString())).toEqual([
        ["og:image", "https://lab.org/r/cards/lab/tool.png"],
        ["og:image:width", "1200"],
        ["og:image:height", "630"],
        ["og:image:alt", "lab/tool: Counts &lt;words&gt; &amp; &quot;letters&quot;."],
        ["twitter:card", "summary_large_image"],
      ]);
    for (const name of NAMES) expect(site.has(`cards/${name}.png`)).toBe(true);
    expect(decodePng(site.read("cards/lab/tool.png")).palette[15]).toBe("#7a1f5c");
    expect(metaOf(site.read("index.html").toString())).toEqual([]);
    // Of a record of 2019 nobody knows the unit of its size, nor the day: the number of tags stands alone.
    const factsEnd = (name: string) => inkedBox(decodePng(site.read(`cards/${name}.png`)), [510, 630])!.right;
    expect(factsEnd("lab/tool/deeper")).toBeLessThan(340);
    expect(factsEnd("lab/tool")).toBeGreaterThan(350);
    expect(factsEnd("lab/planned")).toBeGreaterThan(350);
  });

  test("is not there of a private collection", async () => {
    const site = await built("https://lab.org/");
    expect(site.has("cards/lab/secret.png")).toBe(false);
  });

  test("is not there where nobody knows the site's address", async () => {
    const site = await built("");
    expect(site.has("cards")).toBe(false);
    expect(metaOf(site.read("lab/tool/index.html").toString())).toEqual([]);
  });

  test("is the same bytes in every build, and follows what it says", () => {
    const cards = (files: Files) => {
      const registry = publicRegistry(scanRegistry({ root: registryOf(files) }));
      const site = siteOf(registry, { url: "https://lab.org/" });
      return [...registryEndpoints(registry, site)].flatMap((endpoint) =>
        endpoint.path.startsWith("cards/") && "body" in endpoint ? [endpoint] : [],
      );
    };
    const first = cards(FILES);
    expect(first.map(({ path, mediaType }) => [path, mediaType])).toEqual(
      NAMES.map((name) => [`cards/${name}.png`, "image/png"]),
    );
    expect(cards(FILES)).toEqual(first);
    const changed = cards({ ...FILES, "registry/lab/tool/manifests/1.0/README.md": record2() });
    const isSame = changed.map(({ body }, index) => (body as Buffer).equals(first[index]!.body as Buffer));
    expect(isSame).toEqual([true, false, true]);
  });
});

test("a page has no picture where nobody knows the site's address, whatever its template shows", () => {
  const registry = scanRegistry({ root: registryOf(FILES) });
  const [collection] = registry.collections;
  expect(cardView(collection!, siteOf(registry))).toEqual({});
  expect(cardView(collection!, siteOf(registry, { url: "https://lab.org/" }))).toMatchObject({
    ogImage: "https://lab.org/cards/lab/planned.png",
    ogImageAlt: "lab/planned",
  });
});

test("links to cards are answered as long as there are such collections", () => {
  const isServed = servedPaths(publicRegistry(scanRegistry({ root: registryOf(FILES) })));
  const names = ["lab/tool", "lab/secret", "lab/none"];
  expect(names.map((name) => isServed(`cards/${name}.png`))).toEqual([true, false, false]);
});

describe("in a browser", () => {
  let browser: Browser;
  let site: ServedSite;
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchBrowser(), serveFiles(FILES, "/r/")]);
  });
  afterAll(async () => {
    site.close();
    await browser.close();
  });

  test("a card is a picture of 1200 by 630 pixels with dark letters on white", async () => {
    const page = await browser.newPage();
    await page.goto(`${site.host}/r/lab/tool/`);
    const address = await page.locator("meta[property='og:image']").getAttribute("content");
    expect(address).toBe(`${site.host}/r/cards/lab/tool.png`);
    const response = await page.goto(address!);
    expect(response?.headers()["content-type"]).toBe("image/png");
    const size = "[document.images[0].naturalWidth, document.images[0].naturalHeight]";
    expect(await page.evaluate(size)).toEqual([1200, 630]);
    const counts = await page.evaluate<Record<string, number>>(COUNT_COLOURS);
    expect(counts["255,255,255"]).toBeGreaterThan(650_000);
    // The band and the icon; the name; what is quiet.
    expect(counts["122,31,92"]).toBeGreaterThan(16_800);
    expect(counts["27,35,38"]).toBeGreaterThan(3000);
    expect(counts["85,98,106"]).toBeGreaterThan(1000);
    await page.close();
  });
});

/** How many pixels of a picture have each colour. */
const COUNT_COLOURS = `(() => {
  const [image] = document.images;
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let at = 0; at < data.length; at += 4) {
    const colour = data[at] + "," + data[at + 1] + "," + data[at + 2];
    counts[colour] = (counts[colour] ?? 0) + 1;
  }
  return counts;
})()`;
