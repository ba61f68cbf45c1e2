import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { HostName } from "../../src/host.ts";
import { type Finding, buildSite, publicRegistry, scanRegistry } from "../../src/index.ts";
import { wayName } from "../../src/protocols/pull-line.ts";
import { pullWays } from "../../src/protocols/pull-ways.ts";
import { siteOf } from "../../src/protocols/site.ts";
import { type Files, listFiles, readJson, registryOf } from "./registry.ts";

/** An image of a registry's own: its bytes may be any, since nobody here runs it. */
export interface TestImage {
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Relative to registry.yml and to the site. */
  readonly path: string;
}

export function testImage(text: string): TestImage {
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, sha256, path: `images/sha256/${sha256}.sif` };
}

export const IMAGE = testImage("an image");

/** A record of schema 2 of an image; `url` says where else it lies, `more` are further lines of front matter. */
export function recordOf(
  { bytes, sha256, path }: TestImage,
  { url = path, more = "", arch = "amd64" } = {},
): string {
  const { length } = bytes;
  return `---
schema: 2
created: "2026-11-20T12:00:00Z"
architecture: ${arch}
size: ${length}
digest: sha256:${sha256}
layers:
  - { size: ${length}, digest: "sha256:${sha256}", url: ${JSON.stringify(url)} }
${more}---
`;
}

/** The files of a tag whose image the registry keeps. */
export function storedTag(reference: string, image: TestImage = IMAGE, more = ""): Files {
  const [collection = "", tag = ""] = reference.split(":");
  return {
    [`registry/${collection}/manifests/${tag}/README.md`]: recordOf(image, { more }),
    [image.path]: image.bytes,
  };
}

export interface HostedAt {
  readonly url?: string;
  readonly host?: HostName;
}

/** A site that was built for a test. */
export interface TestSite {
  readonly root: string;
  readonly out: string;
  /** Every path, sorted. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
  readonly read: (path: string) => string;
  readonly json: (path: string) => unknown;
}

/** Builds the site of these files; at a host's root unless the test says otherwise. */
export async function buildFiles(
  files: Files,
  { url = "https://lab.org/", host = "pages" }: HostedAt = {},
): Promise<TestSite> {
  const root = registryOf(files);
  const out = join(root, "_site");
  const { findings } = await buildSite({ root, out, url, host });
  return {
    root,
    out,
    paths: listFiles(out),
    findings,
    read: (path) => readFileSync(join(out, path), "utf8"),
    json: (path) => readJson(out, path),
  };
}

/** Every way to pull a reference: the command, or `no: ` and the reason, by what people call the way. */
export function waysOf(
  files: Files,
  reference: string,
  { url, host }: HostedAt = {},
): Record<string, string> {
  const registry = scanRegistry({ root: registryOf(files) });
  const site = siteOf(publicRegistry(registry), {
    ...(url !== undefined && { url }),
    ...(host !== undefined && { host }),
  });
  const [name = "", tagName = ""] = reference.split(":");
  const collection = registry.collections.find((candidate) => candidate.name === name);
  const tag = collection?.tags.find((candidate) => candidate.name === tagName);
  if (!collection || !tag) throw new Error(`${reference} is not in the registry`);
  return Object.fromEntries(
    pullWays(collection, tag, site).map((way) => [
      wayName(way),
      "command" in way ? way.command : `no: ${way.reason}`,
    ]),
  );
}

/** Nothing lies beside the site but what a registry may hold. */
export function expectNothingOutside({ root }: TestSite): void {
  const known = ["_site", "images", "registry", "registry.yml", "keys", "templates"];
  expect(readdirSync(root).filter((name) => !known.includes(name))).toEqual([]);
}
