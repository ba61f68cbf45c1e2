import { join } from "node:path";
import { buildSite } from "../../src/index.ts";
import { siteOf } from "../../src/protocols/site.ts";
import type { Site } from "../../src/protocols/site.ts";
import { publicRegistry, scanRegistry } from "../../src/registry/scan.ts";
import { type Files, registryOf } from "../support/registry.ts";

/** The site of a registry with these files, which is not built. */
export function siteOfFiles(files: Files, url?: string): Site {
  const registry = publicRegistry(scanRegistry({ root: registryOf(files) }));
  return siteOf(registry, url === undefined ? {} : { url });
}

/** Builds a site and returns its folder. */
export async function built(files: Files, url?: string): Promise<string> {
  const root = registryOf(files);
  const out = join(root, "_site");
  await buildSite({ root, out, ...(url !== undefined && { url }) });
  return out;
}

export const hex = (digit: string) => digit.repeat(64);

/** The record of an image: what its digest is made of, how many bytes it has, and when it was made. */
export function recordOf(digit: string, size: number, created = "2026-11-20T12:00:00Z", more = ""): string {
  return `---
schema: 2
created: "${created}"
architecture: amd64
size: ${size}
digest: sha256:${hex(digit)}
layers:
  - size: ${size}
    digest: sha256:${hex(digit)}
    url: https://storage.example.org/${hex(digit)}.sif
${more}---
`;
}

export const definitionOn = (from: string, bootstrap = "docker", labels = "") =>
  `Bootstrap: ${bootstrap}\nFrom: ${from}\n\n${labels === "" ? "" : `%labels\n${labels}\n`}%post\n    true\n`;
