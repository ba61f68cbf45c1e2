// How what somebody types becomes words: as src/search/words.ts does with the registry's texts.

const LONGEST_WORD = 40;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Lower case without accents: "Größe" is "grosse". */
export function fold(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
}

const SIGN = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
const WORD = new RegExp(`${SIGN}|(?:(?!${SIGN})[\\p{L}\\p{N}_])(?:(?!${SIGN})[\\p{L}\\p{N}_.+-])*`, "gu");

/** The words of a text, folded. */
export function wordsOf(text) {
  const words = fold(text).match(WORD) ?? [];
  return words.map((word) => word.replace(/[._-]+$/, "").slice(0, LONGEST_WORD)).filter(Boolean);
}

/** What a word is made of, where it is more than one. */
export function partsOf(word) {
  return word.split(/[-_+]+|\.(?!\d)|(?<!\d)\./).filter((part) => part !== "" && part !== word);
}

/**
 * How many letters are wrong in `typed`, if it is the beginning of `word`: one too many, one missing, another one, or
 * two that changed places. More than `most` is Infinity.
 */
export function mistakes(typed, word, most) {
  let before = [];
  let last = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let row = 1; row <= typed.length; row++) {
    const next = [row];
    for (let column = 1; column <= word.length; column++) {
      const isSame = typed[row - 1] === word[column - 1];
      let cost = Math.min(last[column] + 1, next[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1));
      const isSwapped = typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1];
      if (isSwapped) cost = Math.min(cost, before[column - 2] + 1);
      next.push(cost);
    }
    if (Math.min(...next) > most) return Infinity;
    before = last;
    last = next;
  }
  const fewest = Math.min(...last.slice(1));
  return fewest <= most ? fewest : Infinity;
}
