import type { DefinitionProblem } from "./definition.ts";
import { shown } from "./problem.ts";

const SECTIONS: ReadonlySet<string> = new Set([
  "arguments",
  "environment",
  "files",
  "help",
  "labels",
  "post",
  "pre",
  "runscript",
  "setup",
  "startscript",
  "test",
]);
const APP_SECTIONS: ReadonlySet<string> = new Set([
  "appenv",
  "appfiles",
  "apphelp",
  "appinstall",
  "applabels",
  "apprun",
  "appstart",
  "apptest",
]);

/** What the line that begins a section says. */
export interface SectionName {
  /** In lower case, without `app`. */
  readonly name: string;
  readonly app?: string;
  /** What follows the name and a space, as it stands. */
  readonly args?: string;
}

/**
 * Reads `%post -c /bin/bash` and `%apprun NAME`: a name, one space, and the rest.
 * Names are in any case, but those of apps in lower case.
 */
export function readSectionName(text: string, line: number): SectionName | DefinitionProblem {
  const [word, rest] = cut(text.replace(/^%+/, ""));
  const name = lowerCase(word);
  if (!text.startsWith("%")) return indented(text, line);
  if (SECTIONS.has(name)) return { name, ...(rest !== undefined && { args: rest }) };
  if (!APP_SECTIONS.has(name)) return unknown(word, line);
  if (word !== name) return { line, reason: `${shown(`%${word}`)} has to be in lower case: %${name}` };
  if (rest === undefined)
    return { line, reason: `%${name} does not say which app it is for; write its name: %${name} NAME` };
  const [app, args] = cut(rest);
  return { name: name.slice("app".length), app, ...(args !== undefined && { args }) };
}

/** At the first space: tabs are part of a word. */
function cut(text: string): [word: string, rest?: string] {
  const space = text.indexOf(" ");
  return space === -1 ? [text] : [text.slice(0, space), text.slice(space + 1)];
}

/** As Go has it, where a capital I with a dot becomes a plain i. */
function lowerCase(word: string): string {
  return word.replaceAll("İ", "i").toLowerCase();
}

function indented(text: string, line: number): DefinitionProblem {
  return {
    line,
    reason: `${shown(text.trim())} is taken for a section, because it begins with a percent sign; a section begins its line without spaces, and no line of a script may begin so`,
  };
}

function unknown(word: string, line: number): DefinitionProblem {
  const what = shown(`%${word}`);
  if (/\s/.test(word))
    return {
      line,
      reason: `${what} is no section; a single space follows the name of a section, and nothing else`,
    };
  return { line, reason: `${what} is no section that apptainer knows; such as %post or %runscript` };
}
