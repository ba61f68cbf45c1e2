import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { buildSite } from "../../src/index.ts";
import { type ServedSite, launchBrowser, serveFiles } from "../support/browser.ts";
import { DEFINITION, type Files, HEX, registryOf } from "../support/registry.ts";

/** A record of an image of its own: `index` makes its digest. */
export function recordOf(index: number, created: string, size = 1_048_576, architecture = "amd64"): string {
  const hex = index.toString(16).padStart(64, "0");
  return `---
schema: 2
created: "${created}"
architecture: ${architecture}
size: ${size}
digest: sha256:${hex}
layers:
  - { size: ${size}, digest: "sha256:${hex}", url: "https://storage.example.org/${hex}.sif" }
---
`;
}

/** The files of a built tag. */
export function builtTag(reference: string, record: string): Files {
  const [collection = "", tag = ""] = reference.split(":");
  const folder = `registry/${collection}/manifests/${tag}`;
  return { [`${folder}/Singularity`]: DEFINITION, [`${folder}/README.md`]: record };
}

/** The files of a tag that is to be built. */
export function waitingTag(reference: string): Files {
  const [collection = "", tag = ""] = reference.split(":");
  return { [`registry/${collection}/manifests/${tag}/Singularity`]: DEFINITION };
}

/** What listings must tell apart: names, dates, sizes and architectures that sort differently. */
export const LISTED: Files = {
  ...builtTag("lab/beta:1.9", recordOf(1, "2026-03-01T00:00:00Z", 3_000_000)),
  ...builtTag("lab/beta:1.10", recordOf(2, "2026-01-01T00:00:00Z", 9_000_000_000, "arm64")),
  ...builtTag("lab/tool10:1.0", recordOf(3, "2026-02-01T00:00:00+02:00", 2_000_000_000)),
  ...builtTag("lab/tool9:1.0", recordOf(4, "2026-01-31T23:00:00Z", 500)),
  ...builtTag(
    "zoo/alpha:2019",
    `---\nsize: 100\ndigest: sha256:${HEX}\nlayers:\n- size: 100\n  digest: "sha256:${HEX}"\n  url: "https://storage.example.org/x.sif"\n---\n`,
  ),
  ...waitingTag("7zip/planned:latest"),
  "registry/lab/beta/README.md": "---\ndescription: Second <letter>.\ndeprecated: true\n---\n",
};

/** Builds a site and returns a reader of its files. */
export async function built(files: Files, url = "https://lab.org/r/"): Promise<(path: string) => string> {
  const root = registryOf(files);
  const out = join(root, "_site");
  await buildSite({ root, out, ...(url !== "" && { url }) });
  return (path) => readFileSync(join(out, path), "utf8");
}

/** The names of the collections that a page lists, from top to bottom. */
export function listedNames(html: string): string[] {
  return [...html.matchAll(/<tr id="([^"]+)">/g)].map(([, name = ""]) => name);
}

/** A row of a listing without its markup, cells apart by bars. */
export function rowText(html: string, name: string): string {
  const row = html.split("\n").find((line) => line.startsWith(`<tr id="${name}">`)) ?? "";
  return row.replaceAll(/<\/t[hd]>/g, "|").replaceAll(/<[^>]*>/g, "");
}

/** A browser for the tests of a file, and pages in it that are closed after each. */
export function browserPages(): (options?: Parameters<Browser["newContext"]>[0]) => Promise<Page> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  return async (options) => {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    return context.newPage();
  };
}

/** A served registry for the tests of a file. */
export function siteOfFiles(files: Files): () => ServedSite {
  let site: ServedSite;
  beforeAll(async () => {
    site = await serveFiles(files, "/r/");
  });
  afterAll(() => site.close());
  return () => site;
}
