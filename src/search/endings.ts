import { cutPages } from "./pages.ts";

const SHORTEST = 4;

/**
 * Words backwards, sorted, in pages: who mistypes the beginning of a word still ends it well. Short words and numbers
 * are left out, since too much is like them.
 */
export function endingPages(terms: readonly string[]): readonly (readonly string[])[] {
  const backwards = terms
    .filter((term) => term.length >= SHORTEST && /\p{L}/u.test(term))
    .map((term) => Array.from(term).toReversed().join(""))
    .sort();
  return cutPages(backwards, (word) => word.length + 3).pages;
}
