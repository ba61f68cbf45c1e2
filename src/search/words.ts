/*
 * How text becomes the words that can be searched for. templates/assets/search-words.js does the same to what somebody
 * types; a test holds both together.
 */

/** In characters; a longer word is cut, in the index and in the box alike. */
const LONGEST_WORD = 40;

const PLAIN = /^[ -~\s]*$/;
/** Letters that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** Lower case without accents: `Größe` is `grosse`. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter);
}

/** Scripts that put no spaces between words: each sign is one. */
const SIGN = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
const WORD = new RegExp(`${SIGN}|(?:(?!${SIGN})[\\p{L}\\p{N}_])(?:(?!${SIGN})[\\p{L}\\p{N}_.+-])*`, "gu");
const ENDS_IN_MARKS: ReadonlySet<string | undefined> = new Set("._-");
const PLAIN_WORD = /[a-z0-9_][a-z0-9_.+-]*/g;

/** The words of a text, folded: `ncbi-blast+, v2.16.0.` is `ncbi-blast+` and `v2.16.0`. */
export function wordsOf(text: string): string[] {
  const folded = fold(text);
  const words: string[] = [];
  for (const match of folded.match(PLAIN.test(folded) ? PLAIN_WORD : WORD) ?? []) {
    const word = ENDS_IN_MARKS.has(match.at(-1)) ? match.replace(/[._-]+$/, "") : match;
    if (word !== "") words.push(word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word);
  }
  return words;
}

/** What a word is made of: `ncbi-blast+` of `ncbi` and `blast`. None where it is but one; numbers keep their dots. */
export function partsOf(word: string): string[] {
  if (!/[-_+.]/.test(word)) return [];
  return word.split(/[-_+]+|\.(?!\d)|(?<!\d)\./).filter((part) => part !== "" && part !== word);
}
