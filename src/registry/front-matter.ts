/** A README.md in two: the YAML between the `---` lines, and the Markdown below. */
export interface FrontMatter {
  /**
   * Undefined where the text has no front matter. It begins with the line end of the opening fence, so that its
   * lines count as the file's do.
   */
  readonly yaml: string | undefined;
  /** What stands behind the opening `---`, such as `js`: nothing but YAML is ever read. */
  readonly language: string;
  readonly body: string;
}

const FENCE = "---";

/**
 * Splits front matter off as gray-matter does (a test holds both to the same result), in one pass and
 * without evaluating anything. Takes CRLF; a byte-order mark is already gone (see read-file.ts).
 */
export function splitFrontMatter(text: string): FrontMatter {
  // gray-matter: a fourth dash makes it a thematic break.
  if (!text.startsWith(FENCE) || text[FENCE.length] === "-") {
    return { yaml: undefined, language: "", body: text };
  }
  const lineEnd = text.indexOf("\n");
  const language = text.slice(FENCE.length, lineEnd === -1 ? text.length : lineEnd).trim();
  const start = lineEnd === -1 ? text.length : lineEnd;
  const close = text.indexOf(`\n${FENCE}`, start);
  if (close === -1) return { yaml: text.slice(start), language, body: "" };
  return { yaml: text.slice(start, close), language, body: bodyAfter(text, close + 1 + FENCE.length) };
}

function bodyAfter(text: string, from: number): string {
  let start = from;
  if (text[start] === "\r") start++;
  if (text[start] === "\n") start++;
  return text.slice(start);
}
