import fc from "fast-check";
import matter from "gray-matter";
import { expect, test } from "vitest";
import { splitFrontMatter } from "../src/registry/front-matter.ts";
import { YamlError, lineOfPath, parseYamlMapping } from "../src/registry/yaml.ts";

/** What gray-matter makes of a text, with our YAML reader behind it. */
function reference(text: string): { data: unknown; body: string } | "refused" {
  try {
    const refuse = () => {
      throw new YamlError("not YAML", 1);
    };
    const engines = { yaml: parseYamlMapping, javascript: refuse, json: refuse };
    const { data, content } = matter(text, { engines, language: "yaml" });
    return { data: { ...data }, body: content };
  } catch {
    return "refused";
  }
}

function ours(text: string): { data: unknown; body: string } | "refused" {
  try {
    const { yaml, language, body } = splitFrontMatter(text);
    if (language !== "" && language !== "yaml") return "refused";
    return { data: { ...parseYamlMapping(yaml ?? "") }, body };
  } catch {
    return "refused";
  }
}

const line = fc.oneof(
  fc.constantFrom(
    "---",
    "----",
    "--- ",
    "---yaml",
    " ---",
    "...",
    "",
    "# comment",
    "a: 1.10",
    "b: [x, y]",
    "c:",
  ),
  fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text)),
);
const text = fc
  .tuple(fc.boolean(), fc.array(line, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"))
  .map(([isFenced, lines, end]) => (isFenced ? ["---", ...lines] : lines).join(end) + end);

test("front matter is split as gray-matter splits it", () => {
  fc.assert(
    fc.property(text, (readme) => {
      expect(ours(readme)).toEqual(reference(readme));
    }),
    { numRuns: 3000 },
  );
});

test("any text is split or refused, and never throws anything else", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (tail) => {
      const { yaml = "", body } = splitFrontMatter(`---\n${tail}`);
      expect(typeof body).toBe("string");
      try {
        parseYamlMapping(yaml);
      } catch (error) {
        expect(error).toBeInstanceOf(YamlError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("the line of a value is found by its path", () => {
  const yaml =
    "a: 1\nlayers:\n  - size: 1\n    url: x\n  - size: 2\n    'url': y\nlabels: {x: 1, y: [1,\n 2]}\n";
  expect(lineOfPath(yaml, ["a"])).toBe(1);
  expect(lineOfPath(yaml, ["layers", "0", "url"])).toBe(4);
  expect(lineOfPath(yaml, ["layers", "1", "url"])).toBe(6);
  expect(lineOfPath(yaml, ["labels", "y", "1"])).toBe(8);
  expect(lineOfPath(yaml, ["layers", "7"])).toBe(3);
  expect(lineOfPath("", ["a"])).toBe(1);
});
