import { printable } from "../printable.ts";

/** Marks a text for a terminal, where one shows it. */
type Paint = (style: "bold" | "dim" | "red" | "yellow", text: string) => string;

/** How a text for people is to look. */
export interface Look {
  /** Characters in a line. */
  readonly width: number;
  readonly paint: Paint;
}

/** A text, and what stands before it. */
export type Fact = readonly [name: string, text: string];

/** Of a stranger's text no more than this is shown to people. */
const LONGEST_TEXT = 400;

const NARROWEST = 10;
const MOST_WORDS = 100;

/** A title, and lines below it. */
export function section(title: string, lines: readonly string[], { paint }: Look): string[] {
  return ["", paint("bold", title), ...lines];
}

/** What is said by the way. */
export function aside(text: string, { width, paint }: Look): string[] {
  return wrap(text, width, 2).map((line) => paint("dim", line));
}

/** Names and texts in two columns; a name that would leave no room for its text stands on a line of its own. */
export function factLines(facts: readonly Fact[], look: Look): string[] {
  const widest = Math.floor(look.width * 0.5);
  const names = facts.map(([name]) => name.length).filter((length) => length <= widest);
  const column = names.reduce((most, length) => Math.max(most, length), 0);
  return facts.flatMap(([name, text]) => {
    const shown = printable(name);
    const isBroken = text.split(" ", MOST_WORDS).some((word) => word.length > look.width - column - 4);
    if (isBroken) return [`  ${shown}`, ...wrap(text, look.width, 4)];
    if (shown.length > column) return [`  ${shown}`, ...wrap(text, look.width, column + 4)];
    const [first = "", ...rest] = wrap(text, look.width, column + 4);
    return [`  ${shown.padEnd(column)}  ${first.trimStart()}`, ...rest];
  });
}

/** A stranger's text in lines of at most `width` characters, which begin with `indent` spaces. */
export function wrap(text: string, width: number, indent: number): string[] {
  const room = Math.max(width - indent, NARROWEST);
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  const lines: string[] = [];
  let line = "";
  for (const word of printable(cut).split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    for (; line.length > room; line = line.slice(room)) lines.push(line.slice(0, room));
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each);
}
