import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Finding, buildSite } from "../../src/index.ts";
import { startCli } from "../support/cli.ts";
import {
  DEFINITION,
  type Files,
  listFiles,
  record2,
  registryOf,
  temporaryFolder,
} from "../support/registry.ts";

/** A collection that nothing is wrong with: it is built whatever stands beside it. */
export const NEIGHBOUR: Files = {
  "registry/good/neighbour/manifests/latest/Singularity": DEFINITION,
  "registry/good/neighbour/manifests/latest/README.md": record2(),
};

/** The registry's limit for a README.md and for a definition file, in bytes. */
export const MEBIBYTE = 1024 * 1024;

export interface HostileSite {
  readonly root: string;
  readonly out: string;
  readonly findings: readonly Finding[];
  /** A file of the site as text. */
  readonly read: (path: string) => string;
}

/** Builds the files beside the good neighbour; `prepare` adds what is no plain file. The neighbour must be served. */
export async function siteOf(files: Files, prepare?: (root: string) => void): Promise<HostileSite> {
  const root = registryOf({ ...NEIGHBOUR, ...files });
  prepare?.(root);
  const out = join(root, "_site");
  const { registry } = await buildSite({ root, out });
  expectNeighbour(out);
  return {
    root,
    out,
    findings: registry.findings,
    read: (path) => readFileSync(join(out, path), "utf8"),
  };
}

export function expectNeighbour(out: string): void {
  expect(existsSync(join(out, "good/neighbour/manifests/latest/index.json"))).toBe(true);
  expect(existsSync(join(out, "good/neighbour/tags/latest/index.html"))).toBe(true);
}

/** Findings without their words. */
export function places(findings: readonly Finding[]): string[] {
  return findings.map(({ code, file, line }) => `${line === undefined ? file : `${file}:${line}`} ${code}`);
}

/** JavaScript that leaves a file behind if anybody runs it, and that file's path. */
export function payload(): { code: string; marker: string } {
  const marker = join(temporaryFolder(), "executed");
  return { marker, code: `require("fs").writeFileSync(${JSON.stringify(marker)}, "")` };
}

/** Whether any file of a site holds these bytes. */
export function holds(out: string, text: string): boolean {
  return listFiles(out).some((path) => readFileSync(join(out, path)).includes(text));
}

/** Builds a site in a process of its own, which is killed after `seconds`; then the status is null. */
export async function buildWithin(
  seconds: number,
  root: string,
): Promise<{ status: number | null; out: string }> {
  const out = join(root, "_site");
  const child = startCli(["site", "--root", root, "--out", out, "--quiet"]);
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  child.stdout?.resume();
  child.stderr?.resume();
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  return { status, out };
}

export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const NEXT_TAG =
  /<(?:!doctype html|\/[a-z][a-z0-9]*|([a-z][a-z0-9]*)((?:\s+[a-z][A-Za-z0-9-]*(?:="[^"<>]*")?)*)\s*\/?)>/y;
const ATTRIBUTE = /([A-Za-z0-9-]+)(?:="([^"]*)")?/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#92;": "\\",
  "&amp;": "&",
};

function decode(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|#39|#92|amp);/g, (entity) => ENTITIES[entity] ?? "");
}

/** The texts between the tags of a page, as a browser shows them. */
export function textsOf(html: string): string[] {
  return html.split(/<[^>]*>/).map((text) => decode(text).trim());
}

/** Every opening tag of a page. Fails where a `<` begins anything but a tag as Stowage writes them. */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", NEXT_TAG.lastIndex)) {
    NEXT_TAG.lastIndex = at;
    const match = NEXT_TAG.exec(html);
    if (!match) throw new Error(`no tag of ours: ${html.slice(at, at + 80)}`);
    const [, name, text = ""] = match;
    if (name === undefined) continue;
    const attributes: Record<string, string> = {};
    for (const [, key = "", value = ""] of text.matchAll(ATTRIBUTE)) {
      attributes[key] = decode(value);
    }
    tags.push({ name, attributes });
  }
  return tags;
}

const FORBIDDEN_TAGS = new Set([
  "iframe",
  "object",
  "embed",
  "base",
  "style",
  "math",
  "foreignobject",
  "use",
  "animate",
  "set",
  "image",
  "video",
  "audio",
]);
const FORBIDDEN_SCHEME = /^(?:javascript|data|vbscript|file|blob):/i;

/** A file of ours, or data, which no browser runs. */
function isOwnScript({ src, type }: Readonly<Record<string, string>>): boolean {
  return src === undefined ? type === "application/ld+json" : /^(?:\/[^/]+)*\/assets\/[\w-]+\.js$/.test(src);
}

/** What a page could do that it must not; empty for a harmless page. */
export function dangersIn(html: string): string[] {
  return tagsOf(html).flatMap(({ name, attributes }) => {
    const dangers = FORBIDDEN_TAGS.has(name) ? [`<${name}>`] : [];
    if (name === "script" && !isOwnScript(attributes)) dangers.push("<script>");
    // What we draw says how large it is.
    if (name === "svg" && !("viewBox" in attributes || "width" in attributes)) dangers.push("<svg>");
    if (name === "meta" && /refresh/i.test(attributes["http-equiv"] ?? "")) dangers.push("refresh");
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) dangers.push(key);
      // Browsers drop these before they look for a scheme.
      // oxlint-disable-next-line no-control-regex
      const address = value.replaceAll(/[\u0000-\u0020]/g, "");
      if (["href", "src", "action"].includes(key) && FORBIDDEN_SCHEME.test(address)) dangers.push(address);
    }
    return dangers;
  });
}

/** Every page does nothing, and every JSON parses and holds no `<` (schemas are ours). */
export function expectHarmless(out: string): void {
  for (const path of listFiles(out)) {
    const text = readFileSync(join(out, path), "utf8");
    if (path.endsWith(".html")) expect(dangersIn(text), path).toEqual([]);
    if (!path.endsWith(".json")) continue;
    expect(() => JSON.parse(text) as unknown, path).not.toThrow();
    if (!path.startsWith("schema/")) expect(text, path).not.toContain("<");
  }
}
