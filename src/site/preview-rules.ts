import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostProfile } from "../host.ts";
import { statsOf } from "../read-file.ts";
import { contentTypes } from "./host-files.ts";

let typeRules: readonly (readonly [RegExp, string])[] | undefined;

/** The Content-Type that a host was told for a path; undefined where it goes by the file's name. */
export function contentTypeOf(host: HostProfile, path: string): string | undefined {
  if (!host.setsTypes) return undefined;
  typeRules ??= contentTypes(host).map(([pattern, type]) => [patternExpression(pattern), type]);
  const asCompared = compared(path, host);
  return typeRules.find(([expression]) => expression.test(asCompared))?.[1];
}

/** `*` as any text, `:name` as any text without a slash, both as groups of these names. */
function patternExpression(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace("*", "(?<splat>.*)")
    .replaceAll(/:([A-Za-z]\w*)/g, "(?<$1>[^/]+)");
  return new RegExp(`^${source}$`);
}

/** As hosts compare it: Cloudflare with how a path is written, the others with what it says. */
function compared(path: string, { redirects }: HostProfile): string {
  return redirects?.colons === false ? path : decoded(path);
}

/** Finds where `_redirects` of a site leads a path to; the file is read again when a new site takes its place. */
export function redirectFinder(directory: string, host: HostProfile): (path: string) => string | undefined {
  if (!host.redirects) return () => undefined;
  const file = join(directory, "_redirects");
  const hasPatterns = !host.redirects.colons;
  let version: number | undefined;
  let find = parseRedirects("", hasPatterns);
  return (path) => {
    const changed = statsOf(file)?.mtimeMs;
    if (changed !== version) {
      find = parseRedirects(changed === undefined ? "" : readFileSync(file, "utf8"), hasPatterns);
      version = changed;
    }
    return find(compared(path, host));
  };
}

/** What a path says, however it is written. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Only what host-files.ts writes: `from to status` a line, exact paths first, then patterns where the host has them. */
function parseRedirects(text: string, hasPatterns: boolean): (path: string) => string | undefined {
  const exact = new Map<string, string>();
  const patterns: (readonly [RegExp, string])[] = [];
  for (const line of text.split("\n")) {
    const [from = "", to = ""] = line.split(" ");
    if (hasPatterns && /\*|:[A-Za-z]/.test(from)) patterns.push([patternExpression(from), to]);
    else if (from !== "") exact.set(from, to);
  }
  return (path) => {
    const target = exact.get(path);
    if (target !== undefined) return target;
    for (const [expression, to] of patterns) {
      const groups = expression.exec(path)?.groups;
      if (groups)
        return to.replaceAll(/:([A-Za-z]\w*)/g, (placeholder, name: string) => groups[name] ?? placeholder);
    }
    return undefined;
  };
}
