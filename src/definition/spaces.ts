/**
 * Takes the white space off both ends of a text: what Go calls white space, as apptainer does. JavaScript's own trim
 * leaves U+0085 and takes a byte order mark, with which a definition file is refused.
 */
export function trim(text: string): string {
  const start = startOf(text);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The same at the beginning alone. */
export function trimStart(text: string): string {
  return text.slice(startOf(text));
}

/** The first character that is no white space; undefined where there is none. */
export function firstCharacter(text: string): string | undefined {
  return text[startOf(text)];
}

function startOf(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (code >= 0x2000 && code <= 0x200a) || OTHER_SPACES.has(code);
}

const OTHER_SPACES: ReadonlySet<number> = new Set([0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);
