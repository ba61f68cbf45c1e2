import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { checkRegistry } from "../../src/check/check-registry.ts";
import { describeFinding } from "../../src/check/catalogue.ts";
import { sourceReader } from "../../src/check/sources.ts";
import type { Finding, FindingCode } from "../../src/finding.ts";
import { type SiteOptions, siteOf } from "../../src/protocols/site.ts";
import { publicRegistry, scanRegistry } from "../../src/registry/scan.ts";
import { readLinks } from "../../src/site/markdown.ts";
import { servedPaths } from "../../src/site/served-paths.ts";
import { type Files, registryOf } from "../support/registry.ts";

const TODAY = "2026-11-21";
/** The folder of the tests' collection, lab/tool. */
export const TOOL = "registry/lab/tool";
export const TAGS = `${TOOL}/manifests`;

/** What `stowage check` finds in a registry, as far as it is about these codes; its words can be said. */
export function checkFiles(
  files: Files,
  codes: readonly FindingCode[],
  options: SiteOptions & { readonly today?: string; readonly links?: Readonly<Record<string, string>> } = {},
): Finding[] {
  const root = registryOf(files);
  for (const [path, target] of Object.entries(options.links ?? {})) symlinkSync(target, join(root, path));
  const registry = scanRegistry({ root });
  const served = publicRegistry(registry);
  const site = siteOf(served, options);
  const links = { basePath: site.basePath, readLinks, isServed: servedPaths(served) };
  const { today = TODAY } = options;
  const found = [...checkRegistry(registry, site, { today, readSource: sourceReader(root), links })];
  for (const finding of found) if (/undefined/.test(describeFinding(finding))) throw new Error(finding.code);
  return found.filter(({ code }) => codes.includes(code));
}

/** `file:line` of each. */
export function placesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ file, line }) => `${file}:${line}`);
}
