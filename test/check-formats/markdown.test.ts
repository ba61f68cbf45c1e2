import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { formatMarkdown } from "../../src/check/formats/markdown.ts";
import type { Finding } from "../../src/index.ts";
import { markdownCode, markdownSentence } from "../../src/markdown-table.ts";
import { printable } from "../../src/printable.ts";
import { ERROR, HOSTILE_NAMES, NOTE, WARNING, hostile } from "./findings.ts";

const renderer = new MarkdownIt({ html: true, linkify: true });
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(
      /&(amp|lt|gt|quot);/g,
      (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "",
    );
/** The cells of a rendered table, as HTML. */
const cellsOf = (markdown: string) =>
  [...renderer.render(markdown).matchAll(/<tr>\n((?:<td>.*<\/td>\n)+)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<td>(.*)<\/td>/g)].map(([, cell = ""]) => cell),
  );
/** What GitHub makes links of stands in no text but code. */
const LINKED = /@[a-z\d]|#\d|\bGH-\d|https?:|www\.|\b[0-9a-f]{7,40}\b|:[a-z]+:|\$/i;

describe("findings as Markdown", () => {
  test("are a table, the worst first", () => {
    expect(formatMarkdown([NOTE, WARNING, ERROR])).toBe(`1 error, 1 warning, 1 note:

| severity | where | what is wrong |
| --- | --- | --- |
| error | \`registry/c/README.md:3\` | the record cannot be served: size: expected a value of type integer; delete the \`README.md\` to have the tag built again (\`bad-record\`) |
| warning | \`registry/b\` | \`"Tool"\` and \`"tool"\` differ by case alone; some disks and clients take them for one (\`case-clash\`) |
| note | \`registry/a\` | \`lab/a\` has no tag latest, which clients ask for where no tag is named; add one, or name a tag in the \`README.md\` (\`no-latest\`) |`);
  });

  test("are counted, and a sentence where nothing is wrong", () => {
    expect(formatMarkdown([])).toBe("Nothing is wrong.");
    expect(formatMarkdown([WARNING])).toMatch(/^0 errors, 1 warning:\n/);
  });

  test.each(HOSTILE_NAMES)("have no markup, mention or link of the name %j", (name) => {
    const cells = cellsOf(formatMarkdown([hostile(name), ERROR]));
    expect(cells.map((row) => row.length)).toEqual([3, 3]);
    const [[severity, place = "", what = ""] = []] = cells;
    expect(severity).toBe("error");
    expect(place).toMatch(/^<code>[^<]*<\/code>$/);
    expect(textOf(place)).toBe(printable(`registry/lab/${name}`));
    expect(what.replaceAll(/<code>[^<]*<\/code>/g, "")).not.toMatch(/[<`]/);
    expect(what.replaceAll(/<code>[^<]*<\/code>/g, "")).not.toMatch(LINKED);
  });

  test("fit in what GitHub takes, and say how many are left out", () => {
    const many = Array.from({ length: 20_000 }, (_, index): Finding => ({
      ...WARNING,
      file: `registry/${index}`,
    }));
    const text = formatMarkdown([...many, ERROR]);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    const [, count = ""] = /And (\d+) more/.exec(text) ?? [];
    expect(cellsOf(text)).toHaveLength(20_001 - Number(count));
    expect(text).toContain("| error |");
  });

  test("one that is too long hides no other", () => {
    const text = formatMarkdown([{ ...ERROR, file: "x".repeat(5000) }, WARNING], { longest: 2000 });
    expect(text).toContain("| warning |");
    expect(text).toContain("And 1 more");
  });

  test("are made in a time that grows as they do", () => {
    for (const unit of ["a ", "`", "|", "a", "'a", "0", "(", "."]) {
      const start = performance.now();
      markdownSentence(unit.repeat(500_000));
      markdownCode(unit.repeat(500_000));
      expect(performance.now() - start).toBeLessThan(5000);
    }
  });
});
