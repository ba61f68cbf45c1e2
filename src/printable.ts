/**
 * A stranger's text for a terminal, on one line: control characters, line ends and marks that turn the direction of
 * text become escapes (`\u001b`), so that no terminal obeys them and no reader is deceived.
 */
export function printable(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex
    /#(?=#\[)|[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/g,
    escapeOf,
  );
}

/** The same for JSON, which leaves these as they are and takes their escapes for them; its own lines and colours stay. */
export function printableJson(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(
    /[\u007F-\u009F\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/g,
    escapeOf,
  );
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
