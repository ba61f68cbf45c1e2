import type { Face } from "./glyphs.ts";

/** More of a stranger's text is not looked at: two lines hold about 120 characters. */
const MOST_CHARACTERS = 600;
const GAP = "…";

/**
 * A stranger's text as a face can show it: composed, on one line, without emoji, control characters and marks. A letter
 * that the face lacks is shown without its marks, else a gap; undefined where most would be gaps.
 */
export function drawableText(text: string, face: Face): string | undefined {
  const drawn: string[] = [];
  let [shown, missing] = [0, 0];
  for (const character of text.slice(0, MOST_CHARACTERS).normalize("NFC")) {
    const found = drawable(character, face);
    drawn.push(found);
    if (found !== GAP && found.trim() !== "") shown++;
    else if (found === GAP && character !== GAP) missing++;
  }
  if (shown === 0 || missing > shown) return undefined;
  return drawn.join("").replaceAll(/…+/g, GAP).replaceAll(/ {2,}/g, " ").trim();
}

function drawable(character: string, face: Face): string {
  if (/\s/.test(character)) return " ";
  if (face.has(character)) return character;
  if (/[\p{M}\p{C}\p{S}]/u.test(character)) return "";
  const plain = character.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return plain !== "" && Array.from(plain).every((part) => face.has(part)) ? plain : GAP;
}

/** How many pixels a text is wide. */
export function widthOf(text: string, face: Face): number {
  let width = 0;
  for (const character of text) width += face.get(character)?.advance ?? 0;
  return width / 64;
}

/** Behind what a line may end, and behind what an ellipsis may: in a name, which is one word, behind anything. */
interface Breaks {
  readonly ofLines: RegExp;
  readonly ofRest: RegExp;
}

const IN_TEXTS: Breaks = { ofLines: / /, ofRest: / / };
const IN_NAMES: Breaks = { ofLines: /[-._+/]/, ofRest: /(?!)/ };

/** A text in at most `most` lines of `width` pixels; what is left out is an ellipsis. */
export function wrapText(text: string, face: Face, { width, most }: Room): string[] {
  return wrap(text, face, { width, most }, IN_TEXTS);
}

/** The same for a name, which has no spaces. */
export function wrapName(text: string, face: Face, { width, most }: Room): string[] {
  return wrap(text, face, { width, most }, IN_NAMES);
}

interface Room {
  /** In pixels. */
  readonly width: number;
  readonly most: number;
}

function wrap(text: string, face: Face, { width, most }: Room, breaks: Breaks): string[] {
  const lines: string[] = [];
  let rest = Array.from(text);
  while (rest.length > 0) {
    const end = lineEnd(rest, face, width, breaks.ofLines);
    if (end < rest.length && lines.length === most - 1) {
      lines.push(shortened(rest, face, width, breaks.ofRest));
      break;
    }
    lines.push(rest.slice(0, end).join("").trimEnd());
    rest = rest.slice(end);
  }
  return lines;
}

/** How many characters go onto a line: all, or up to the last break, or as many as there is room for, but one at least. */
function lineEnd(characters: readonly string[], face: Face, width: number, breaks: RegExp): number {
  let used = 0;
  let lastBreak = 0;
  for (const [index, character] of characters.entries()) {
    used += (face.get(character)?.advance ?? 0) / 64;
    // A space may hang over the end of its line.
    if (used > width && character !== " ") return lastBreak || Math.max(index, 1);
    if (breaks.test(character)) lastBreak = index + 1;
  }
  return characters.length;
}

/** As many words or characters as there is room for with an ellipsis behind them. */
function shortened(characters: readonly string[], face: Face, width: number, breaks: RegExp): string {
  const end = lineEnd(characters, face, width - widthOf(GAP, face), breaks);
  return `${characters
    .slice(0, end)
    .join("")
    .replace(/[\s,.;:…]+$/, "")}${GAP}`;
}
