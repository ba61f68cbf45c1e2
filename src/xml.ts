import { escapeHtml } from "./html.ts";

/** All but what XML 1.0 (2.2) lets a document hold: control characters, halves of characters, and two more. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text for XML, in elements and in quoted attributes alike; what XML cannot hold is shown as a character that is missing. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replaceAll(FORBIDDEN, "\u{FFFD}"));
}
