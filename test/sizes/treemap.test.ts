import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layTreemap } from "../../src/site/treemap.ts";
import { fitText } from "../../src/site/treemap-svg.ts";

const BOX = { width: 1024, height: 480 };
const sizes = fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 60 });

const lay = (bytes: readonly number[], isRow: boolean) =>
  layTreemap(
    [bytes.filter((_, index) => index % 2 === 0), bytes.filter((_, index) => index % 2 === 1)]
      .filter((group) => group.length > 0)
      .map((group) => group.map((each) => ({ bytes: each }))),
    BOX,
    isRow,
  ).items;

describe.each([
  ["a map", false],
  ["a row", true],
])("%s", (_, isRow) => {
  test("has areas as the bytes are", () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const total = bytes.reduce((sum, each) => sum + each, 0);
        const placed = lay(bytes, isRow);
        expect(placed).toHaveLength(bytes.length);
        for (const { item, width, height } of placed)
          expect((width * height) / (BOX.width * BOX.height)).toBeCloseTo(item.bytes / total, 8);
      }),
    );
  });

  test("stays in its box, and nothing in it overlaps", () => {
    fc.assert(
      fc.property(sizes, (bytes) => {
        const placed = lay(bytes, isRow);
        for (const [index, a] of placed.entries()) {
          expect(Math.min(a.x, a.y, a.width, a.height)).toBeGreaterThanOrEqual(-1e-6);
          expect(a.x + a.width).toBeLessThanOrEqual(BOX.width + 1e-6);
          expect(a.y + a.height).toBeLessThanOrEqual(BOX.height + 1e-6);
          for (const b of placed.slice(index + 1)) {
            const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
            const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
            expect(Math.min(across, down)).toBeLessThanOrEqual(1e-6);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

test.each([
  ["lab/tool:1.0", 20, "lab/tool:1.0"],
  ["lab/tool:1.0", 5.2, "lab/tool…"],
  ["lab/tool:1.0", 2, undefined],
  ["", 0, ""],
])("of %j there is so much in %d em: %j", (text, room, shown) => {
  expect(fitText(text, room)).toBe(shown);
});
