import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readSif, bufferSource } from "../src/index.ts";
import { type ServedSite, HOSTILE, launchBrowser, listenTo, serveRegistry } from "./support/browser.ts";
import { PROJECT } from "./support/cli.ts";
import { listFiles } from "./support/registry.ts";
import { metadata, writeSif } from "./support/sif-writer.ts";

let browser: Browser;
let site: ServedSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), serveRegistry(PROJECT)]);
});
afterAll(async () => {
  site.close();
  await browser.close();
});

const IMAGES = listFiles(join(PROJECT, "images"));
const [IMAGE = ""] = IMAGES;

async function openPage(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  // What the page itself loads is there before anybody listens.
  await page.goto(`${site.host}/inspect/`, { waitUntil: "networkidle" });
  return page;
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<string> {
  await page.getByLabel("Drop a file here, or choose one").setInputFiles({
    name,
    mimeType: "application/octet-stream",
    buffer,
  });
  return shown(page);
}

async function ask(page: Page, address: string): Promise<string> {
  await page.getByLabel("Or the address of an image").fill(address);
  await page.getByRole("button", { name: "Look" }).click();
  return shown(page);
}

/** What is shown once nothing is being read any more. */
async function shown(page: Page): Promise<string> {
  await page.locator("#inspect-said", { hasNotText: /^(?:Reading .*)?$/ }).waitFor();
  return page.locator("#inspect-result").innerText();
}

describe("the page that looks into images", () => {
  test("shows an image that is chosen, with its map, and sends nothing anywhere", async () => {
    const page = await openPage();
    const { requests, complaints } = listenTo(page);
    const bytes = readFileSync(join(PROJECT, "images", IMAGE));
    const sif = await readSif(bufferSource(bytes));
    const text = await choose(page, "some image.sif", bytes);
    expect(text).toContain(sif.id);
    expect(text).toContain("amd64");
    for (const label of Object.keys(sif.labels)) expect(text).toContain(label);
    expect(await page.locator("#inspect-result .sif-map rect").count()).toBeGreaterThan(3);
    expect(await page.locator("#inspect-result .definition span").first().innerText()).toContain("Bootstrap");
    expect(await page.locator("#inspect-said").innerText()).toBe("some image.sif is shown below.");
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test("takes a file that is dropped", async () => {
    const page = await openPage();
    const data = await page.evaluateHandle(`{
      const transfer = new DataTransfer();
      transfer.items.add(new File(["Bootstrap: docker\\nFrom: debian:12.11\\n"], "Singularity"));
      transfer
    }`);
    await page.dispatchEvent("#inspect-zone", "drop", { dataTransfer: data });
    expect(await shown(page)).toContain("A definition file with 1 stage.");
  });

  test("reads of an image on this site no more than its beginning", async () => {
    const page = await openPage();
    const lengths: number[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/images/")) lengths.push(Number(response.headers()["content-length"]));
    });
    const text = await ask(page, `/images/${IMAGES.find((name) => name.includes("dd39c29c")) ?? IMAGE}`);
    expect(text).toContain("squashfs");
    expect(lengths.length).toBeLessThanOrEqual(3);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(65_536);
  });

  test("shows what strangers wrote as text, and an image that is damaged as far as it can be read", async () => {
    const page = await openPage();
    const { complaints } = listenTo(page);
    const sif = writeSif({
      objects: [
        { type: 0x4001, bytes: `Bootstrap: docker\nFrom: ${HOSTILE}\n` },
        { type: 0x4007, name: "inspect-metadata.json", bytes: metadata({ labels: { [HOSTILE]: HOSTILE } }) },
      ],
    });
    expect(await choose(page, `${HOSTILE}.sif`, sif.subarray(0, -3))).toContain("onerror=");
    expect(await page.locator("#inspect-result img, #inspect-result script").count()).toBe(0);
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    expect(await page.locator("#inspect-result .notice").first().innerText()).toContain("the file ends at");
    expect(complaints).toEqual([]);
  });

  test("says what is wrong with a file that is neither", async () => {
    const page = await openPage();
    expect(await choose(page, "notes.txt", Buffer.from("%nothing\n"))).toMatch(
      /no image, and no definition file: line 1/,
    );
    expect(await choose(page, "empty", Buffer.alloc(0))).toMatch(/empty: it is no image/);
  });

  test("says why another host's image cannot be read, and follows no link by itself", async () => {
    const page = await openPage();
    const linked = `${site.host}/inspect/?url=https://storage.example.org/x.sif`;
    await page.goto(linked, { waitUntil: "networkidle" });
    const { requests } = listenTo(page);
    expect(await page.getByLabel("Or the address of an image").inputValue()).toContain("storage.example.org");
    expect(requests).toEqual([]);
    expect(await ask(page, `${site.host}/images/nothing.sif`)).toContain("the answer is 404");
    expect(await ask(page, "https://127.0.0.1:1/x.sif")).toContain("CORS");
    expect(await ask(page, "https://")).toMatch(/https:/);
  });

  test("without scripts names the command that does the same", async () => {
    const page = await openPage({ javaScriptEnabled: false });
    expect(await page.locator("main").innerText()).toContain("stowage inspect FILE");
    expect(await page.locator("#inspect-zone").isVisible()).toBe(false);
  });

  test.each([
    ["light", 1280],
    ["dark", 360],
  ] as const)("can be used by everybody, %s, %d pixels wide", async (colorScheme, width) => {
    const page = await openPage({ colorScheme, viewport: { width, height: 800 } });
    await choose(page, "image.sif", readFileSync(join(PROJECT, "images", IMAGE)));
    const results = await new AxeBuilder({ page }).analyze();
    expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });
});

/** A server that other sites may read from, as a storage does that is set up for it. */
async function storage(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/image.sif`;
}

test("a server that sends only whole files is read up to 2 MiB", async () => {
  const bytes = readFileSync(join(PROJECT, "images", IMAGE));
  let sent = 0;
  const address = await storage((_, response) => {
    response.writeHead(200, { "access-control-allow-origin": "*", "access-control-allow-headers": "range" });
    response.write(bytes);
    const more = () => {
      while (!response.destroyed && sent < 64 * 1024 * 1024) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) break;
      }
    };
    response.on("drain", more);
    more();
  });
  // The page's own policy allows https alone: here a browser without it asks.
  const page = await openPage({ bypassCSP: true });
  expect(await ask(page, address)).toContain("amd64");
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});
