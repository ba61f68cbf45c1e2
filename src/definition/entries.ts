import type { FilePair } from "./definition.ts";
import { firstCharacter, trim } from "./spaces.ts";

/** Labels: a line is a key, one space, and the value. */
export function readLabels(lines: readonly string[]): [key: string, value: string][] {
  return entryLines(lines).map((line) => {
    const [key, value] = cutAtSpace(line);
    return [key, trim(value)];
  });
}

/**
 * Files of %files: a line is a source and a destination, in double quotes where there are spaces in them. Whatever
 * follows is ignored. Gives back the number of a line that is only a quote: apptainer crashes at it.
 */
export function readFiles(lines: readonly string[]): FilePair[] | number {
  const files: FilePair[] = [];
  for (const [index, each] of lines.entries()) {
    const line = trim(each);
    if (line === "" || line.startsWith("#")) continue;
    const [source, destination = ""] = firstWords(line);
    if (source === undefined) return index;
    files.push({ source: unquoted(source), destination: unquoted(destination) });
  }
  return files;
}

/** Files of %appfiles, which knows comments at a line's end and no quotes. */
export function readAppFiles(lines: readonly string[]): FilePair[] {
  return entryLines(lines).map((line) => {
    const [source, destination] = cutAtSpace(trim(line.split("#", 1)[0] ?? ""));
    return { source, destination };
  });
}

/** `KEY = VALUE` lines of %arguments: what variables are when nobody says otherwise. */
export function readArguments(lines: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of entryLines(lines)) {
    const sign = line.indexOf("=");
    const key = trim(line.slice(0, Math.max(sign, 0)));
    if (key !== "") values.set(key, trim(line.slice(sign + 1)));
  }
  return values;
}

function entryLines(lines: readonly string[]): string[] {
  return lines
    .filter((line) => {
      const first = firstCharacter(line);
      return first !== undefined && first !== "#";
    })
    .map(trim);
}

function cutAtSpace(line: string): [first: string, rest: string] {
  const space = line.indexOf(" ");
  return space === -1 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

function unquoted(word: string): string {
  return trim(word).replace(/^"+/, "").replace(/"+$/, "");
}

/** As many words of a line as count. */
function firstWords(line: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < line.length && words.length < 2;) {
    const end = endOfWord(line, at);
    if (end > at) words.push(line.slice(at, end));
    at = Math.max(end, at + 1);
  }
  return words;
}

/** Where a word that begins here ends; where none begins, here. */
function endOfWord(line: string, at: number): number {
  const quote = line[at];
  if (quote === '"') return line.indexOf('"', at + 1) + 1;
  // Apptainer does not take the second one for an end: 'a b' c is the words `'a b` and `' c`.
  if (quote === "'") {
    const next = line.indexOf("'", at + 1);
    return next === -1 ? line.length : next;
  }
  return endOfPlainWord(line, at);
}

/** A run without spaces and quotes. The spaces inside of `{{ variables }}` are no ends. */
function endOfPlainWord(line: string, at: number): number {
  const plain = endOf(PLAIN, line, at);
  let end = at;
  for (let run = plain; ; run = endOf(PLAIN, line, end)) {
    const variable = lastVariable(line, end, run);
    if (variable === undefined) return end === at ? plain : end;
    end = endOf(AFTER_VARIABLE, line, variable);
  }
}

const PLAIN = /[^\t\n\f\r "']*/y;
const AFTER_VARIABLE = /\}*[^\t\n\f\r {}"']*/y;
const VARIABLE = /\{\{[\t\n\f\r ]*\w+[\t\n\f\r ]*\}/y;

function endOf(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}

/** Where the last variable ends that begins in a part of a line. */
function lastVariable(line: string, start: number, end: number): number | undefined {
  for (let at = end; at > start;) {
    at = line.lastIndexOf("{{", at - 1);
    if (at < start) return undefined;
    const after = endOf(VARIABLE, line, at);
    if (after > at) return after;
  }
  return undefined;
}
