import { compareNatural } from "../format.ts";
import { printable } from "../printable.ts";

/** How much of a stranger's word a listing shows. */
const MOST_SHOWN = 160;

/** A stranger's topic, key or value for people: on one line, not too long, and never nothing. */
export function wordText(word: string): string {
  if (word.trim() === "") return "(empty)";
  // Cut before it is made printable, which could make a long one six times as long, and between whole characters.
  const cut =
    word.length > MOST_SHOWN ? `${word.slice(0, MOST_SHOWN).replace(/[\uD800-\uDBFF]$/, "")}…` : word;
  return printable(cut);
}

interface Counted {
  readonly name: string;
  readonly members: readonly unknown[];
}

/** By how many are in it, then as people read names. */
export function mostFirst(a: Counted, b: Counted): number {
  return b.members.length - a.members.length || byName(a, b);
}

/** As people read names. */
export function byName(a: Counted, b: Counted): number {
  return compareNatural(a.name, b.name);
}
