import { type Beginning, cutPages, wideBeginnings } from "./pages.ts";
import type { SearchPiece } from "./pieces.ts";
import type { TermIndex, TermRow } from "./term-index.ts";

/** An index, cut up. */
export interface CutTerms {
  readonly index: TermIndex;
  readonly terms: readonly string[];
  readonly pages: readonly (readonly TermRow[])[];
  readonly beginnings: readonly Beginning[];
}

export function cutTerms(index: TermIndex): CutTerms {
  const terms = index.terms();
  const { pages, at } = cutPages(
    terms.map((term) => index.row(term)),
    (row) => row.reduce((size, text) => size + text.length + 3, 0),
  );
  return { index, terms, pages, beginnings: wideBeginnings(terms, at) };
}

/**
 * `words/0` and so on, and for each wide beginning `words-starts/0` and so on: the word that is just this, and all that
 * begin so as if they were one word.
 */
export function* termPieces(
  name: string,
  { index, terms, pages, beginnings }: CutTerms,
): Iterable<SearchPiece> {
  for (const [number, page] of pages.entries()) yield { name: `${name}/${number}`, value: page };
  for (const [number, { text, start, end }] of beginnings.entries()) {
    const exact = terms[start] === text ? index.row(text) : [text];
    const all = [text, ...index.union(terms.slice(start, end))];
    yield { name: `${name}-starts/${number}`, value: [exact, all] };
  }
}

/** The first word of each page, and the wide beginnings. */
export function listPages({ pages, beginnings }: CutTerms): object {
  return {
    pages: pages.map(([first]) => first?.[0]),
    starts: beginnings.map(({ text }) => text),
  };
}
