import { idList } from "./id-list.ts";

/** Where a word was found, the best first: it decides the order of results. */
export const PLACES = ["name", "part of the name", "tag", "description", "label"] as const;

/** A word and the collections that have it: one list of ids for each place; empty ones at the end are left out. */
export type TermRow = readonly [term: string, ...lists: string[]];

/** Which collections have which words, each in its best place. */
export class TermIndex {
  /** A collection's id and the place in one number. */
  readonly #postings = new Map<string, number[]>();

  /** Ids have to come in ascending order. */
  add(id: number, places: ReadonlyMap<string, number>): void {
    for (const [term, place] of places) {
      const code = id * PLACES.length + place;
      const postings = this.#postings.get(term);
      if (postings) postings.push(code);
      else this.#postings.set(term, [code]);
    }
  }

  /** In the order in which JavaScript compares strings. */
  terms(): string[] {
    return [...this.#postings.keys()].sort();
  }

  row(term: string): TermRow {
    return [term, ...listsOf(this.#postings.get(term) ?? [])];
  }

  /** The lists of all these words together, each collection once, in its best place. */
  union(terms: readonly string[]): string[] {
    const best: number[] = [];
    for (const term of terms) {
      for (const code of this.#postings.get(term) ?? []) {
        const id = Math.floor(code / PLACES.length);
        best[id] = Math.min(best[id] ?? code, code);
      }
    }
    // Leaves out the holes.
    return listsOf(best.filter((code) => code >= 0));
  }
}

function listsOf(codes: readonly number[]): string[] {
  const ids: number[][] = PLACES.map(() => []);
  for (const code of codes) {
    ids[code % PLACES.length]?.push(Math.floor(code / PLACES.length));
  }
  const lists = ids.map(idList);
  while (lists.at(-1) === "") lists.pop();
  return lists;
}
