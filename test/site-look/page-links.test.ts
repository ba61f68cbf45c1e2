import { expect, test } from "vitest";
import { pageLinks } from "../../src/site/page-links.ts";

const textsOf = (current: number, count: number) =>
  pageLinks(current, count, String)
    .map(({ text, isCurrent }) => (isCurrent ? `[${text}]` : text))
    .join(" ");

test.each([
  [1, 1, ""],
  [1, 2, "[1] 2 Next"],
  [3, 5, "Previous 1 2 [3] 4 5 Next"],
  [1, 40, "[1] 2 3 … 40 Next"],
  [5, 9, "Previous 1 … 3 4 [5] 6 7 … 9 Next"],
  [20, 40, "Previous 1 … 18 19 [20] 21 22 … 40 Next"],
  [40, 40, "Previous 1 … 38 39 [40]"],
])("page %i of %i names %s", (current, count, texts) => {
  expect(textsOf(current, count)).toBe(texts);
});
