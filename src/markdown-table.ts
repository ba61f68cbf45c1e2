import { printable } from "./printable.ts";

/** A table of GitHub's Markdown. Cells are Markdown; a stranger's text comes through {@link markdownCode}. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map(markdownRow).join("\n");
}

/** One line of a table. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/**
 * A stranger's text as code in a table: nothing in it is markup, a mention, a link or the end of a cell. What a code
 * span cannot hold there stands in an element, in which nothing but letters and digits is left as it is.
 */
export function markdownCode(text: string): string {
  const shown = printable(text);
  if (shown !== "" && !/[`|\\]|^\s|\s$/.test(shown)) return `\`${shown}\``;
  const escaped = shown.replaceAll(/[^A-Za-z0-9 ]/gu, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${escaped}</code>`;
}

/** A word of letters, or a number, with what may stand around it. GitHub takes more hexadecimal digits for a commit. */
const PLAIN = /^(?![0-9a-f]{7})\(?(?:\p{L}+(?:['-]\p{L}+)*|\d+(?:\.\d+)?)[).,;:]*$/iu;

/**
 * A sentence with strangers' names in it, for a table: plain words stay as they are, and whatever could be more than
 * that (an address, `@name`, `#1`, a digest) is code.
 */
export function markdownSentence(text: string): string {
  const parts: string[] = [];
  let code: string[] = [];
  const endCode = () => {
    if (code.length > 0) parts.push(codeBeforePunctuation(code.join(" ")));
    code = [];
  };
  for (const word of printable(text).split(" ")) {
    if (!PLAIN.test(word)) code.push(word);
    else {
      endCode();
      parts.push(word);
    }
  }
  endCode();
  return parts.join(" ");
}

/** A comma that ends a part of the sentence is none of the name before it. */
function codeBeforePunctuation(text: string): string {
  const last = text.at(-1) ?? "";
  if (text.length === 1 || !",;:".includes(last)) return markdownCode(text);
  return markdownCode(text.slice(0, -1)) + last;
}
