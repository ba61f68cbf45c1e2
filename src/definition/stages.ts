import { type LineKind, lineKinds } from "./lines.ts";

/** Lines that stand together, as they are (where the file has CRLF, with CR at their ends). */
export interface Block {
  readonly lines: readonly string[];
  /** Where the first of them stands, from 1. */
  readonly line: number;
}

/** The text of one stage, cut up. */
export interface StageText {
  /** All before the first section; may be no lines at all. */
  readonly header: Block;
  /** A block begins with the line that names its section. */
  readonly sections: readonly Block[];
}

/** The stages of a file in order. What stands above the first `Bootstrap:` is a stage, too. */
export function splitStages(text: string): StageText[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const kinds = lineKinds(lines);
  const starts = startsOf(kinds, 0, kinds.length, "stage");
  if (starts[0] !== 0 && lines.length > 0) starts.unshift(0);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    const sections = startsOf(kinds, start, end, "section");
    const blockOf = (from: number, to: number) => ({ lines: lines.slice(from, to), line: from + 1 });
    return {
      header: blockOf(start, sections[0] ?? end),
      sections: sections.map((from, at) => blockOf(from, sections[at + 1] ?? end)),
    };
  });
}

function startsOf(kinds: readonly LineKind[], start: number, end: number, kind: LineKind): number[] {
  const starts: number[] = [];
  for (let index = start; index < end; index++) if (kinds[index] === kind) starts.push(index);
  return starts;
}
