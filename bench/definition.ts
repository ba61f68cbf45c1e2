import { readFileSync } from "node:fs";
import { join } from "node:path";
import { highlightDefinition } from "../src/definition/highlight.ts";
import { parseDefinition } from "../src/definition/parse-definition.ts";
import { scanRegistry } from "../src/index.ts";

const PROJECT = join(import.meta.dirname, "..");
const MILLISECONDS = 300;

benchmark();

/**
 * How long it takes to parse and to mark the definition files of the example registry, and a large one.
 *
 *     npx tsx bench/definition.ts
 */
function benchmark(): void {
  const files = exampleFiles();
  const all = files.map(([, text]) => text).join("\n");
  const large = all.repeat(Math.ceil((1024 * 1024) / all.length));
  process.stdout.write("     bytes     parse      mark\n");
  for (const [name, text] of [...files, ["all of them, many times", large] as const]) {
    const parse = timeOf(() => parseDefinition(text));
    const mark = timeOf(() => highlightDefinition(text));
    process.stdout.write(`${String(Buffer.byteLength(text)).padStart(10)}${ms(parse)}${ms(mark)}  ${name}\n`);
  }
}

function exampleFiles(): (readonly [name: string, text: string])[] {
  const tags = scanRegistry({ root: PROJECT }).collections.flatMap(({ tags: own }) => own);
  return tags.flatMap(({ folder, definition }) => {
    if (!definition) return [];
    const file = `${folder}/${definition.fileName}`;
    return [[file, readFileSync(join(PROJECT, file), "utf8")] as const];
  });
}

/** Milliseconds that one run takes, on average after a warm-up of as many. */
function timeOf(work: () => unknown): number {
  for (const start = performance.now(); performance.now() - start < MILLISECONDS;) work();
  let runs = 0;
  const start = performance.now();
  for (; performance.now() - start < MILLISECONDS; runs++) work();
  return (performance.now() - start) / runs;
}

function ms(time: number): string {
  return `${time.toFixed(3)} ms`.padStart(13);
}
