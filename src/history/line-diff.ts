import { structuredPatch } from "diff";

/*
 * jsdiff, and nothing else of it. Its time grows with the number of lines that differ, squared, and a stranger may write
 * two files of a million lines: what differs too much is not compared line by line. No clock decides that, so that the
 * same files make the same page everywhere.
 */

/** What differs in two texts: parts of them with some lines around, as `diff -u` prints them. */
export interface LineDiff {
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
}

export interface Hunk {
  /** `@@ -1,4 +1,5 @@` */
  readonly header: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly kind: "same" | "added" | "removed" | "note";
  readonly text: string;
}

/** How many lines of context stand around what differs. */
const CONTEXT = 3;
/** How many lines may differ. */
const MOST_EDITS = 1000;
/** How long the texts may be together, in lines. */
const MOST_LINES = 40_000;

/** Undefined where the texts are too long, or differ in too much, to be compared line by line. */
export function diffLines(before: string, after: string): LineDiff | undefined {
  if (countLines(before) + countLines(after) > MOST_LINES) return undefined;
  const patch = structuredPatch("", "", before, after, "", "", {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  if (!patch) return undefined;
  const hunks = patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    header: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    lines: lines.map(diffLine),
  }));
  return { hunks, added: countKind(hunks, "added"), removed: countKind(hunks, "removed") };
}

const KINDS: Readonly<Record<string, DiffLine["kind"]>> = { " ": "same", "+": "added", "-": "removed" };

/** A backslash: there is no line end behind the last line. */
function diffLine(line: string): DiffLine {
  return { kind: KINDS[line.charAt(0)] ?? "note", text: line.slice(1) };
}

function countKind(hunks: readonly Hunk[], kind: DiffLine["kind"]): number {
  return hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0);
}

function countLines(text: string): number {
  let count = 1;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) count++;
  return count;
}
