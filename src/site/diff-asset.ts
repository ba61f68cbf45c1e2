import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { SiteFile } from "./staging.ts";

/**
 * jsdiff for browsers, as its package has it, under its licence: the page that compares any two images makes the same
 * difference as the pages that are made here (src/history/line-diff.ts).
 */
export function diffAsset(): SiteFile {
  const folder = dirname(createRequire(import.meta.url).resolve("diff/package.json"));
  const read = (...names: readonly string[]) => readFileSync(join(folder, ...names), "utf8").trim();
  const license = read("LICENSE").replaceAll("*/", "* /");
  return {
    path: "assets/diff.js",
    source: { body: `/*! jsdiff\n\n${license}\n*/\n${read("dist", "diff.min.js")}\n` },
  };
}
