import { resolve } from "node:path";
import type { Place } from "../errors.ts";
import { readTextFile } from "../read-file.ts";

/** No file of a registry is read that is longer. */
const LARGEST_FILE = 1024 * 1024;

/**
 * Finds the line of a file that a place means; undefined where there is none, or it is blank. Places are relative to
 * `root`. One file is kept at a time: places that are sorted by file have each read once.
 */
export function sourceLinesOf(root: string): (place: Place) => string | undefined {
  let open: { readonly file: string; readonly lines: readonly string[] } | undefined;
  return ({ file, line }) => {
    if (line === undefined) return undefined;
    if (open?.file !== file) open = { file, lines: readLines(resolve(root, file)) };
    const text = open.lines[line - 1]?.trimEnd();
    return text === "" ? undefined : text;
  };
}

function readLines(path: string): readonly string[] {
  const file = readTextFile(path, LARGEST_FILE);
  return "text" in file ? file.text.split("\n") : [];
}
