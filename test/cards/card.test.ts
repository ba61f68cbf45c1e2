import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Card, cardPainter } from "../../src/cards/card.ts";
import { type Face, readFaces } from "../../src/cards/glyphs.ts";
import { drawableText, widthOf, wrapName, wrapText } from "../../src/cards/lines.ts";
import { Picture, paletteOf } from "../../src/cards/picture.ts";
import { contrast } from "../../src/colour.ts";
import { expectLinear, fill } from "../support/linear.ts";
import { decodePng, inkedBox } from "./support.ts";

const CARD: Card = {
  namespace: "lab",
  name: "tool",
  description: "Counts the words of a text.",
  facts: [
    { value: "3", label: "tags" },
    { value: "62.4 MiB", label: "size of latest" },
    { value: "2026-11-20", label: "built" },
    { value: "amd64", label: "architecture" },
  ],
};
const paint = cardPainter({ title: "Our images" });
const face = readFaces().text;

/** Between the title and the line above the facts, below that line, and the edges of what may be drawn. */
const WORDS = [150, 500] as const;
const FACTS = [510, 630] as const;
const [LEFT, RIGHT] = [78, 1122];

/** Names as long as they can be, and what strangers write into descriptions. */
const HOSTILE = [
  ["a name without a break", { name: "W".repeat(128), namespace: "M".repeat(127) }],
  ["a name of many words", { name: "a-".repeat(63) + "bc", namespace: "a/".repeat(60) + "b" }],
  ["a long description", { description: "reads and writes ".repeat(20) }],
  ["a word that goes on", { description: "W".repeat(300) }],
  ["right to left", { description: "תיאור של כלי شرح الأداة" }],
  ["Chinese, Japanese and Korean", { description: "统计文本中的单词。単語を数える。단어를 센다." }],
  ["emoji", { description: "🎉👩‍🔬🇫🇷 1️⃣ done" }],
  ["combining marks", { description: "Z\u0301\u0302\u0303\u0304".repeat(80) }],
  ["control characters", { description: "a\u0000b\u001b[31mc\u202ed\r\n\te\uFEFF\u2028f" }],
  ["half of a surrogate pair", { description: "\uD800 a \uDC00" }],
  ["long facts", { facts: CARD.facts.map(() => ({ value: "W".repeat(128), label: "W".repeat(128) })) }],
] as const satisfies readonly (readonly [string, Partial<Card>])[];

describe("a card", () => {
  test("has the size that is asked for, and its words in it", () => {
    const png = decodePng(paint(CARD));
    expect([png.width, png.height]).toEqual([1200, 630]);
    expect(inkedBox(png, [30, 140])).toMatchObject({ left: expect.closeTo(82, -1) as number });
    expect(inkedBox(png, WORDS)?.right).toBeGreaterThan(400);
    expect(inkedBox(png, FACTS)?.right).toBeGreaterThan(1000);
  });

  test("is the same bytes for the same words, whatever was drawn before", () => {
    const first = paint(CARD);
    paint({ namespace: "other", name: "tool", facts: [] });
    expect(paint(CARD).equals(first)).toBe(true);
    expect(cardPainter({ title: "Our images" })(CARD).equals(first)).toBe(true);
    expect(paint({ ...CARD, name: "toll" }).equals(first)).toBe(false);
  });

  test.each(HOSTILE)("keeps %s within its edges", (_, words) => {
    const png = decodePng(paint({ ...CARD, ...words }));
    for (const rows of [WORDS, FACTS]) {
      const box = inkedBox(png, rows)!;
      expect(box.left).toBeGreaterThanOrEqual(LEFT);
      expect(box.right).toBeLessThanOrEqual(RIGHT);
    }
    // Free rows below the title, above and below the line, and at the foot.
    for (const rows of [
      [140, 150],
      [473, 503],
      [507, 515],
      [612, 630],
    ] as const)
      expect(inkedBox(png, rows)).toBeUndefined();
  });

  test("shows letters whole where they overlap", () => {
    const glyph = { advance: 128, left: 0, top: -1, width: 3, height: 1 };
    const narrow: Face = new Map([
      ["a", { ...glyph, width: 4, pixels: Uint8Array.of(5, 4, 3, 5) }],
      ["b", { ...glyph, pixels: Uint8Array.of(1, 2, 5) }],
    ]);
    const rowOf = (x: number) => {
      const picture = new Picture(8, 1);
      picture.write("abz", narrow, "quiet", { x, y: 1 });
      const colours = { text: [0, 0, 0], quiet: [0, 0, 0], accent: [0, 0, 0] };
      return [...decodePng(picture.toPng(paletteOf([255, 255, 255], colours))).pixels];
    };
    expect(rowOf(0)).toEqual([10, 9, 8, 10, 10, 0, 0, 0]);
    expect(rowOf(1)).toEqual([0, 10, 9, 8, 10, 10, 0, 0]);
    // A letter that is not all inside would be on the next row.
    expect(rowOf(4)).toEqual([0, 0, 0, 0, 10, 9, 8, 10]);
  });

  test("is light: 20 kB at most for usual words", () => {
    const description =
      "Aligns sequences against a reference, in parallel, and reports what does not fit. ".repeat(2);
    expect(paint({ ...CARD, name: "sequence-aligner", description }).length).toBeLessThan(20_000);
  });

  test("is in the colours of the site, and of a theme where they can be read", () => {
    const coloursWith = (accent?: string) =>
      decodePng(cardPainter({ title: "a", ...(accent !== undefined && { accent }) })(CARD)).palette;
    expect(coloursWith()).toHaveLength(16);
    expect([0, 5, 10, 15].map((index) => coloursWith()[index])).toEqual([
      "#ffffff",
      "#1b2326",
      "#55626a",
      "#0b6b5d",
    ]);
    expect(coloursWith("#7a1f5c")[15]).toBe("#7a1f5c");
    expect(contrast(coloursWith("#ff0")[15]!, "#ffffff")).toBeGreaterThan(4.5);
  });

  test("has our icon, unless the registry has a logo of its own", () => {
    const inkOf = (hasLogo: boolean) => {
      const { pixels } = decodePng(cardPainter({ title: "a", hasLogo })(CARD));
      return pixels.subarray(30 * 1200, 140 * 1200).filter((colour) => colour > 10).length;
    };
    expect(inkOf(false)).toBeGreaterThan(1000);
    expect(inkOf(true)).toBe(0);
  });

  test("takes no longer than its words are long", async () => {
    for (const word of ["word ", "W", "\u0301", "統", "\uFDFA", "🎉"])
      await expectLinear(
        (description) => paint({ ...CARD, description }),
        (size) => fill(word, size),
      );
  });

  test("is drawn whatever a stranger writes", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(text, (words) => {
        const said = drawableText(words, face) ?? "";
        for (const character of said) expect(face.has(character)).toBe(true);
        for (const line of wrapText(said, face, { width: 300, most: 3 }))
          expect(widthOf(line, face)).toBeLessThanOrEqual(300);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a face can show of a text", () => {
  test.each([
    ["composes letters and their marks", "e\u0301 и\u0306", "é й"],
    ["leaves out marks that no letter has", "x\u0301y\u0489", "xy"],
    ["leaves out emoji, and what joins them", "a 👩‍🔬 b 1️⃣ 🇫🇷", "a b 1"],
    ["is one line", " a\n\tb\u2028c ", "a b c"],
    ["writes wide and joined letters as plain ones", "ＡＢＣ ﬁle ½", "ABC file ½"],
    ["shows a gap for words that it lacks", "counts 単語 in texts", "counts … in texts"],
    [
      "has the letters of European languages",
      "Größe čeština łódź ığ Ελληνικά Українська",
      "Größe čeština łódź ığ Ελληνικά Українська",
    ],
  ])("%s", (_, text, shown) => {
    expect(drawableText(text, face)).toBe(shown);
  });

  test("is no more than the first 600 characters", () => {
    expect(drawableText("a".repeat(100_000), face)).toHaveLength(600);
  });

  test.each(["統計", "تجربة", "שלום עולם a", "", " \u0000 ", "🎉", "\u0301", "統 …"])(
    "is nothing where most is lacking: %j",
    (text) => {
      expect(drawableText(text, face)).toBeUndefined();
    },
  );
});

describe("lines", () => {
  const at = (most: number, width = 300) => ({ width, most });

  test("break between words, and in words that are too long", () => {
    expect(wrapText("one two three four five", face, at(9))).toEqual(["one two three", "four five"]);
    expect(wrapText("a ".repeat(3) + "b".repeat(20), face, at(9))[0]).toBe("a a a");
    expect(wrapText("b".repeat(20), face, at(9)).join("")).toBe("b".repeat(20));
  });

  test("end in an ellipsis where something is left out, and only there", () => {
    expect(wrapText("one two three four five six seven eight", face, at(2))[1]).toBe("four five six…");
    expect(wrapText("one two three four, five six", face, at(1, 350))).toEqual(["one two three four…"]);
    expect(wrapText("one two three four five", face, at(2))[1]).toBe("four five");
    expect(wrapName("one-two-threefourfive", face, at(1))).toEqual(["one-two-threef…"]);
  });

  test("of names break behind what joins their words", () => {
    const { nameSmall } = readFaces();
    expect(wrapName("openmpi-cuda-12.4", nameSmall, at(2, 330))).toEqual(["openmpi-", "cuda-12.4"]);
  });

  test("hold a letter at least, however narrow they are", () => {
    expect(wrapText("abc", face, at(5, 0))).toEqual(["a", "b", "c"]);
  });
});
