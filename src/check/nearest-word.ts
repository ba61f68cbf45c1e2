/** No key that anybody mistypes is longer. */
const LONGEST_WORD = 30;

/** The word that somebody meant who wrote `text`; undefined where none is within a slip or two of it. */
export function nearestWord(text: string, words: Iterable<string>): string | undefined {
  if (text.length > LONGEST_WORD) return undefined;
  let nearest: string | undefined;
  // A third of a short word is another word.
  let best = Math.min(2, Math.floor((text.length - 1) / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(text.toLowerCase(), word.toLowerCase());
    if (distance < best) [nearest, best] = [word, distance];
  }
  return nearest;
}

/** How many letters are to be added, taken away, changed or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(change, at(last, j) + 1, at(row, j - 1) + 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) row[j] = Math.min(at(row, j), at(before, j - 2) + 1);
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
