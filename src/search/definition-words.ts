import type { Collection } from "../registry/model.ts";
import { wordsOf } from "./words.ts";

const SHORTEST_WORD = 3;
/** A number, a digest, a piece of base64: nobody types it, and each is another word. */
const NOISE = /^[\d._+-]+$|[0-9a-f]{16,}|\d[a-z]+\d[a-z]+\d/;
/** In characters, of all definition files of a collection; what is behind is not searched. */
const LONGEST_TEXT = 256 * 1024;

/** The words of a collection's definition files, all in one place. */
export function definitionWords(collection: Collection): Map<string, number> {
  const words = new Map<string, number>();
  for (const word of wordsOf(differentLines(collection).join("\n"))) {
    if (word.length >= SHORTEST_WORD && !words.has(word) && !NOISE.test(word)) words.set(word, 0);
  }
  return words;
}

/** Tags mostly repeat each other's lines: each is read once. */
function differentLines({ tags }: Collection): string[] {
  const lines = new Set<string>();
  let room = LONGEST_TEXT;
  for (const { definition } of tags) {
    for (const line of definition?.text.split("\n") ?? []) {
      if (lines.has(line)) continue;
      room -= line.length;
      if (room < 0) break;
      lines.add(line);
    }
  }
  return [...lines];
}
