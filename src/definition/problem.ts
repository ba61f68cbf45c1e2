import type { DefinitionProblem } from "./definition.ts";

export function isProblem(value: object): value is DefinitionProblem {
  return "reason" in value;
}

/** How much of a stranger's text a sentence shows. */
const MOST_SHOWN = 60;

/** A stranger's text as one word of a sentence. */
export function shown(text: string): string {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
}
