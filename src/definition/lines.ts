import { firstCharacter, trim } from "./spaces.ts";

/**
 * What a line is:
 * - `stage`: `Bootstrap:` at its very beginning, wherever it stands: a new stage begins
 * - `key`: any other line of a header that should be `KEY: VALUE`
 * - `continued`: more of the value above, which ends in a backslash
 * - `section`: its first word begins with a percent sign, even inside a script
 * - `comment`: a number sign comes first
 * - `text`: empty lines, and all other lines of sections
 */
export type LineKind = "stage" | "key" | "continued" | "section" | "comment" | "text";

/** What the next line would be if nothing in it said otherwise. */
type Place = "header" | "value" | "section";

/** The kind of each line: the one place that knows where headers, sections and stages begin. */
export function lineKinds(lines: readonly string[]): LineKind[] {
  let place: Place = "header";
  return lines.map((line) => {
    const kind = lineKind(line, place);
    place = placeAfter(line, kind, place);
    return kind;
  });
}

function lineKind(line: string, place: Place): LineKind {
  if (beginsStage(line)) return "stage";
  const first = firstCharacter(line);
  if (first === undefined) return "text";
  if (first === "%") return "section";
  if (first === "#") return "comment";
  if (place === "section") return "text";
  return place === "value" ? "continued" : "key";
}

/** Unicode's idea of case, in which `ſ` is an s, is apptainer's. */
const STAGE = /^bootstrap:/iu;

function beginsStage(line: string): boolean {
  return (line[0] === "B" || line[0] === "b") && STAGE.test(line);
}

function placeAfter(line: string, kind: LineKind, place: Place): Place {
  switch (kind) {
    case "section":
      return "section";
    case "continued":
      return headerText(line).endsWith("\\") ? "value" : "header";
    case "stage":
    case "key":
      return continues(line) ? "value" : "header";
    default:
      return place === "section" ? "section" : "header";
  }
}

/** A value that is nothing but a backslash is not continued. */
function continues(line: string): boolean {
  const text = headerText(line);
  if (!text.endsWith("\\")) return false;
  const colon = text.indexOf(":");
  return colon !== -1 && trim(text.slice(colon + 1)).length > 1;
}

/** A line of a header without its comment. */
export function headerText(line: string): string {
  const comment = line.indexOf("#");
  return trim(comment === -1 ? line : line.slice(0, comment));
}
