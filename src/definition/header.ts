import type { DefinitionProblem } from "./definition.ts";
import { headerText, lineKinds } from "./lines.ts";
import { shown } from "./problem.ts";
import { trim } from "./spaces.ts";
import type { Block } from "./stages.ts";

const KEYS: ReadonlySet<string> = new Set([
  "bootstrap",
  "confurl",
  "fingerprints",
  "from",
  "include",
  "includecmd",
  "library",
  "mirrorurl",
  "modules",
  "namespace",
  "osversion",
  // How apptainer's own table spells the numbered ones below, and so it takes this, too.
  "otherurl&n",
  "product",
  "productpgp",
  "regcode",
  "registerurl",
  "registry",
  "setopt",
  "stage",
  "updateurl",
  "user",
]);
const NUMBERED_KEY = /^otherurl[0-9]+$/;

/** A key, what it says, and where it stands. */
interface HeaderLine {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Keys in lower case. One that is given twice has its last value. */
export type Header = ReadonlyMap<string, HeaderLine>;

/** Reads `KEY: VALUE` lines, with comments and values that a backslash continues in the next line. */
export function readHeader({ lines, line: firstLine }: Block): Header | DefinitionProblem {
  const kinds = lineKinds(lines);
  const header = new Map<string, HeaderLine>();
  let unfinished: HeaderLine | undefined;
  for (let index = 0; index < endOfHeader(lines); index++) {
    const kind = kinds[index];
    if (kind === "text" || kind === "comment") {
      if (unfinished) return nothingFollows(unfinished);
      continue;
    }
    const text = headerText(lines[index] ?? "");
    const read =
      kind === "continued" && unfinished
        ? { ...unfinished, value: unfinished.value + text }
        : readKey(text, firstLine + index);
    if (!("key" in read)) return read;
    // Not even the key is looked at where the last line ends in a backslash.
    if (read.value.endsWith("\\")) {
      unfinished = { ...read, value: withoutBackslash(read.value) };
      continue;
    }
    if (!KEYS.has(read.key) && !NUMBERED_KEY.test(read.key)) return unknownKey(read);
    header.set(read.key, read);
    // After `From: \`, apptainer waits for more even though another key follows.
    if (kind === "continued") unfinished = undefined;
  }
  return header;
}

/** Empty lines at the end are no part of it. */
function endOfHeader(lines: readonly string[]): number {
  let end = lines.length;
  while (end > 0 && trim(lines[end - 1] ?? "") === "") end--;
  return end;
}

function readKey(text: string, line: number): HeaderLine | DefinitionProblem {
  const colon = text.indexOf(":");
  if (colon === -1)
    return { line, reason: `${shown(text)} is no line of a header, which is KEY: VALUE; add the colon` };
  return { key: trim(text.slice(0, colon)).toLowerCase(), value: trim(text.slice(colon + 1)), line };
}

/** `\n` before the backslash breaks the line (for `Include` and the like). */
function withoutBackslash(value: string): string {
  const rest = value.slice(0, -1);
  return rest.endsWith("\\n") ? `${rest.slice(0, -2)}\n` : rest;
}

function nothingFollows({ key, line }: HeaderLine): DefinitionProblem {
  return {
    line,
    reason: `the value of ${shown(key)} ends in a backslash, but an empty line or a comment follows; delete the backslash`,
  };
}

function unknownKey({ key, line }: HeaderLine): DefinitionProblem {
  return { line, reason: `${shown(key)} is no key of a header; use one that apptainer knows, such as From` };
}
