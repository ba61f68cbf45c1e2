import type { DefinitionProblem } from "./definition.ts";
import type { Block, StageText } from "./stages.ts";

/** How many bytes apptainer reads at once. */
const BUFFER = 64 * 1024;
const MOST_BYTES_OF_A_CHARACTER = 3;

/** Apptainer reads a header or a section together with the line that follows, and all of that has to fit. */
export function findTooLong({ header, sections }: StageText): DefinitionProblem | undefined {
  const blocks = header.lines.length > 0 ? [header, ...sections] : sections;
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1]?.lines.slice(0, 1);
    // The last one has to leave a byte over, or apptainer does not see that it is the last.
    if (isLonger([...block.lines, ...(next ?? [])], next ? BUFFER : BUFFER - 1)) return tooLong(block);
  }
  return undefined;
}

function isLonger(lines: readonly string[], most: number): boolean {
  const text = `${lines.join("\n")}\n`;
  if (text.length * MOST_BYTES_OF_A_CHARACTER <= most) return false;
  return new TextEncoder().encode(text).length > most;
}

function tooLong({ line, lines }: Block): DefinitionProblem {
  const what = lines[0]?.trimStart().startsWith("%") ? "the section that begins here" : "the header";
  return {
    line,
    reason: `${what} is longer than 64 KiB, which apptainer cannot read; put some of it into a file`,
  };
}
