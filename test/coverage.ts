import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { PROJECT } from "./support/cli.ts";
import { linesThatRan } from "./support/run-lines.ts";

/*
 * Which lines of src the tests run: in the tests' own processes, and in those of the command line that they start, as it is
 * published. Prints a table, and fails where fewer lines run than should.
 *
 *     npm run coverage
 *     npm run coverage -- test/fuzz test/hostile
 */

/** Per cent of all lines. */
const LEAST = 90;

const REPORT_FILE = join(PROJECT, "coverage/coverage-final.json");

/** Also of tests that fail. */
const REPORT = ["--coverage.reporter=json", "--coverage.reportOnFailure"];

interface FileCoverage {
  readonly path: string;
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  /** How often each statement ran. */
  readonly s: Readonly<Record<string, number>>;
}

interface Row {
  readonly file: string;
  readonly lines: number;
  readonly missing: readonly number[];
}

/** `processes` is where the command line writes down what ran of it. */
function runTests(selection: readonly string[], processes: string): number {
  rmSync(REPORT_FILE, { force: true });
  const args = ["vitest", "run", ...selection, "--coverage", ...REPORT];
  const env = { ...process.env, CLI_COVERAGE: processes };
  return spawnSync("npx", args, { cwd: PROJECT, stdio: "inherit", env }).status ?? 1;
}

/** A line has a statement that begins in it. */
function rowOf(file: string, { statementMap, s }: FileCoverage, elsewhere: ReadonlySet<number>): Row {
  const ran = new Map<number, boolean>();
  for (const [id, { start }] of Object.entries(statementMap))
    ran.set(start.line, ran.get(start.line) === true || (s[id] ?? 0) > 0 || elsewhere.has(start.line));
  const missing = [...ran].flatMap(([line, isRun]) => (isRun ? [] : [line])).sort((a, b) => a - b);
  return { file, lines: ran.size, missing };
}

/** Worst last. */
function readRows(processes: string): Row[] {
  const files = JSON.parse(readFileSync(REPORT_FILE, "utf8")) as Readonly<Record<string, FileCoverage>>;
  const others = linesThatRan(processes);
  return Object.values(files)
    .map((each) => {
      const file = relative(PROJECT, each.path);
      return rowOf(file, each, others.get(file) ?? new Set());
    })
    .sort((a, b) => percentOf(b) - percentOf(a) || (a.file < b.file ? -1 : 1));
}

function percentOf({ lines, missing }: Pick<Row, "lines" | "missing">): number {
  return lines === 0 ? 100 : (100 * (lines - missing.length)) / lines;
}

/** `3, 7–9`, in as much room as a line has. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const text = ranges.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function print(rows: readonly Row[]): number {
  for (const row of rows)
    console.log(
      `${percentOf(row).toFixed(1).padStart(6)} %  ${row.file.padEnd(42)} ${rangesOf(row.missing)}`,
    );
  const lines = rows.reduce((sum, row) => sum + row.lines, 0);
  const percent = percentOf({ lines, missing: rows.flatMap(({ missing }) => missing) });
  console.log(`${percent.toFixed(2)} % of ${lines} lines in ${rows.length} files; ${LEAST} % are wanted`);
  return percent;
}

const processes = mkdtempSync(join(tmpdir(), "stowage-coverage-"));
try {
  const status = runTests(process.argv.slice(2), processes);
  process.exitCode = print(readRows(processes)) < LEAST ? 1 : status;
} finally {
  rmSync(processes, { recursive: true, force: true });
}
