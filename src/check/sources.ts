import { resolve } from "node:path";
import { readTextFile, withoutByteOrderMark } from "../read-file.ts";
import { splitFrontMatter } from "../registry/front-matter.ts";
import { lineOfPath } from "../registry/yaml.ts";

/**
 * The text of a file that findings name, relative to registry.yml; undefined where it cannot be read. The model has no
 * lines: a rule that found something reads the file again to say where.
 */
export type ReadSource = (file: string) => string | undefined;

/** No README.md is read that is longer. */
const LARGEST_FILE = 1024 * 1024;

/** Reads the sources of the registry at `root`. */
export function sourceReader(root: string): ReadSource {
  return (path) => {
    // The folder of a tree that lies elsewhere is absolute.
    const file = readTextFile(resolve(root, path), LARGEST_FILE);
    return "text" in file ? withoutByteOrderMark(file.text) : undefined;
  };
}

/** A place in the front matter of a README.md, by its keys; without a line where the file cannot be read. */
export function placeOfKey(
  file: string,
  path: readonly string[],
  readSource: ReadSource,
): { readonly file: string; readonly line?: number } {
  const { yaml } = splitFrontMatter(readSource(file) ?? "");
  return yaml === undefined ? { file } : { file, line: lineOfPath(yaml, path) };
}
