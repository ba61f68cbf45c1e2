import { describe, expect, test } from "vitest";
import { diffLines } from "../../src/history/line-diff.ts";

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("");

describe("a difference by lines", () => {
  test("shows three lines around what differs", () => {
    const before = lines(20, String);
    const found = diffLines(before, before.replace("\n10\n", "\nten\n"));
    expect(found).toMatchObject({ added: 1, removed: 1, hunks: [{ header: "@@ -8,7 +8,7 @@" }] });
    expect(found?.hunks[0]?.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "same 7",
      "same 8",
      "same 9",
      "removed 10",
      "added ten",
      "same 11",
      "same 12",
      "same 13",
    ]);
  });

  test("tells a line end that is missing", () => {
    const kinds = diffLines("a\n", "a")?.hunks[0]?.lines.map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual(["removed a", "added a", "note  No newline at end of file"]);
  });

  test("takes no line for a sign of its own", () => {
    const found = diffLines("--- a\n+++ b\n", "--- a\n\\ x\n@@ -1 +1 @@\n");
    expect(found).toMatchObject({ added: 2, removed: 1 });
  });

  // A mebibyte each: the largest definition file that is read.
  test.each([
    ["are too long", lines(500_000, () => "a"), lines(500_000, () => "b")],
    ["differ in every line", lines(15_000, (i) => `a${i}`), lines(15_000, (i) => `b${i}`)],
    [
      "repeat two lines",
      lines(19_000, (i) => (i % 2 ? "a" : "b")),
      lines(19_000, (i) => (i % 3 ? "a" : "b")),
    ],
  ])("gives up soon on texts that %s", (_, before, after) => {
    const start = performance.now();
    expect(diffLines(before, after)).toBeUndefined();
    // A bound for a machine that does much else; alone it takes a tenth of that.
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("bears one line of a mebibyte", () => {
    const long = "x".repeat(1024 * 1024);
    expect(diffLines(long, `${long}y`)).toMatchObject({ added: 1, removed: 1 });
  });
});
