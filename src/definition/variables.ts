const SPACES = "[\\t\\n\\f\\r ]*";
const VARIABLE = new RegExp(`\\{\\{${SPACES}(\\w+)${SPACES}\\}\\}`, "g");

/** Variables and their values, as %arguments gives them. */
export type Values = ReadonlyMap<string, string>;

/** How many characters may still be written. A value that is used often makes a short text very long. */
export interface Room {
  left: number;
}

/**
 * Puts values in place of `{{ VARIABLES }}`. One that has none stays, and so does one in a comment. Where there is no
 * room left at the end, the result is not all of it.
 */
export function fillLines(lines: readonly string[], values: Values, room: Room): string[] {
  const valueOf = (name: string): string | undefined => {
    const value = values.get(name);
    if (value === undefined) return undefined;
    // Looking through a value takes time even if little comes of it.
    room.left -= value.length;
    // A value may name others, which are taken as they are.
    return replaceVariables(value, (inner) => values.get(inner), room);
  };
  return lines.map((line) => (line.includes("{{") ? fillLine(line, valueOf, room) : line));
}

/** Apptainer takes what follows for a comment, wherever in a line the sign stands; `#!` is none. */
const COMMENT = /#[^!]/;

function fillLine(line: string, valueOf: (name: string) => string | undefined, room: Room): string {
  let isComment = false;
  const valueBefore = (name: string, before: string) => {
    isComment ||= COMMENT.test(before);
    return isComment ? undefined : valueOf(name);
  };
  return replaceVariables(line, valueBefore, room);
}

/** `before` is what stands between a variable and the one before it. */
function replaceVariables(
  text: string,
  valueOf: (name: string, before: string) => string | undefined,
  room: Room,
): string {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (room.left < 0) break;
    const [variable, name = ""] = match;
    const before = text.slice(end, match.index);
    const value = valueOf(name, before) ?? variable;
    room.left -= value.length;
    parts.push(before, value);
    end = match.index + variable.length;
  }
  parts.push(text.slice(end));
  return parts.join("");
}
