import { existsSync, readFileSync, readdirSync } from "node:fs";
import { SourceMap, type SourceMapPayload, type SourceMapping } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT } from "./cli.ts";

/** Which parts of a script ran in one process (count-lines.mjs). */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** The lines of src that ran in other processes, by the path of their file. */
export function linesThatRan(folder: string): ReadonlyMap<string, ReadonlySet<number>> {
  const scripts = new Map<string, Uint8Array>();
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    addProcess(scripts, JSON.parse(readFileSync(join(folder, name), "utf8")) as readonly ScriptCoverage[]);
  const lines = new Map<string, Set<number>>();
  for (const [url, ran] of scripts) addLines(lines, fileURLToPath(url), ran);
  return lines;
}

function addProcess(scripts: Map<string, Uint8Array>, process: readonly ScriptCoverage[]): void {
  for (const { url, functions } of process) {
    const ran = scripts.get(url) ?? new Uint8Array(readFileSync(fileURLToPath(url), "utf8").length);
    scripts.set(url, ran);
    const here = new Uint8Array(ran.length);
    // Outer parts come before those in them.
    for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges))
      here.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    for (const [at, isRun] of here.entries()) if (isRun) ran[at] = 1;
  }
}

/** The lines that the characters of a script which ran come from. */
function addLines(lines: Map<string, Set<number>>, script: string, ran: Uint8Array): void {
  const map = new SourceMap(JSON.parse(readFileSync(`${script}.map`, "utf8")) as SourceMapPayload);
  let start = 0;
  for (const [row, text] of readFileSync(script, "utf8").split("\n").entries()) {
    for (const { index } of text.matchAll(/\w+|[^\w\s]+/g)) {
      const { originalSource, originalLine } = map.findEntry(row, index) as Partial<SourceMapping>;
      if (!ran[start + index] || originalSource === undefined || originalLine === undefined) continue;
      const file = relative(PROJECT, join(script, "..", originalSource));
      lines.set(file, (lines.get(file) ?? new Set()).add(originalLine + 1));
    }
    start += text.length + 1;
  }
}
