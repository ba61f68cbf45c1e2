import fc from "fast-check";
import { expect, test } from "vitest";
import { idList } from "../../src/search/id-list.ts";
import { fold, partsOf, wordsOf } from "../../src/search/words.ts";

interface ClientWords {
  fold(text: string): string;
  wordsOf(text: string): string[];
  partsOf(word: string): string[];
  mistakes(typed: string, word: string, most: number): number;
}

const CLIENT = new URL("../../templates/assets/search-words.js", import.meta.url).href;
const client = (await import(CLIENT)) as ClientWords;

/** Text with more of what matters here than chance would bring. */
const text = () =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom(...Array.from("aÄßøİıẞ.-_+/: 9容器ไทยカガ\u0301\u{1D4B3}")),
      ),
    )
    .map((parts) => parts.join(""));

test("the browser makes the same words of a text as the build does", () => {
  fc.assert(
    fc.property(text(), (written) => {
      expect(client.fold(written)).toBe(fold(written));
      expect(client.wordsOf(written)).toEqual(wordsOf(written));
      for (const word of wordsOf(written)) expect(client.partsOf(word)).toEqual(partsOf(word));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["ncbi-blast+, v2.16.0.", ["ncbi-blast+", "v2.16.0"]],
  ["lab/tool:1.0+cuda", ["lab", "tool", "1.0+cuda"]],
  ["Größe ÆSIR Łódź", ["grosse", "aesir", "lodz"]],
  ["容器注册", ["容", "器", "注", "册"]],
  ["... -- __", []],
  ["x".repeat(100), ["x".repeat(40)]],
])("the words of %j are %j", (written, words) => {
  expect(wordsOf(written)).toEqual(words);
});

test.each([
  ["ncbi-blast+", ["ncbi", "blast"]],
  ["2.16.0", []],
  ["1.0-cuda", ["1.0", "cuda"]],
  ["org.opencontainers.image", ["org", "opencontainers", "image"]],
  ["plain", []],
])("the parts of %j are %j", (word, parts) => {
  expect(partsOf(word)).toEqual(parts);
});

test.each([
  ["samtools", "samtools", 0],
  ["samt", "samtools", 0],
  ["smatools", "samtools", 1],
  ["samtolos", "samtools", 1],
  ["xamtools", "samtools", 1],
  ["samtoolss", "samtools", 1],
  ["smatoolz", "samtools", 2],
  ["quux", "samtools", Infinity],
  ["samtools", "", Infinity],
])("%s as the beginning of %s has %s mistakes", (typed, word, count) => {
  expect(client.mistakes(typed, word, 2)).toBe(count);
});

test("a list of ids takes a character for each that is near the one before", () => {
  expect(idList([])).toBe("");
  expect(idList([0, 1, 40])).toBe("AAmB");
  expect(idList([...Array(1000).keys()])).toHaveLength(1000);
});
