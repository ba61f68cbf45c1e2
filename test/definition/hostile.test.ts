import fc from "fast-check";
import { expect, test } from "vitest";
import { definitionJson } from "../../src/definition/definition-json.ts";
import type { Section, Stage } from "../../src/definition/definition.ts";
import { highlightDefinition } from "../../src/definition/highlight.ts";
import { parseDefinition } from "../../src/definition/parse-definition.ts";
import { expectLinear, fill } from "../support/linear.ts";
import { ACCEPTED, REFUSED } from "./files.ts";

const TEXTS = [...Object.values(ACCEPTED), ...Object.values(REFUSED).map(([text]) => text)].filter(
  ({ length }) => length < 5000,
);
const PIECES = [
  ..."\n,\r,\t, ,\0,\ufeff,\u0085,\u00a0,%,#,:,\\,\",',{,},=".split(","),
  "%post",
  "%files from a",
  "%labels",
  "%arguments",
  "%apprun __proto__",
  "Bootstrap: x\n",
  "from: a\\\n",
  "{{ A }}",
  "A={{ A }}",
  "__proto__",
  "constructor",
];

/** A file with some pieces put in place of others. */
const mutated = fc
  .tuple(
    fc.constantFrom(...TEXTS),
    fc.array(fc.tuple(fc.nat(5000), fc.nat(20), fc.oneof(fc.constantFrom(...PIECES), fc.string())), {
      maxLength: 6,
    }),
  )
  .map(([text, changes]) =>
    changes.reduce((whole, [at, length, piece]) => {
      const start = at % (whole.length + 1);
      return whole.slice(0, start) + piece + whole.slice(start + length);
    }, text),
  );

function sectionsIn({ sections, apps }: Stage): Section[] {
  return [sections, ...Object.values(apps).map((app) => app.sections)].flatMap((each) => Object.values(each));
}

/** Every line is one of the file's, and every script is of its lines. */
function expectWellFormed(text: string): void {
  const lines = text.split("\n");
  const known = new Set(["", ...lines.map((line) => line.replace(/\r$/, ""))]);
  const expectLine = (line: number) => {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
  };
  const result = parseDefinition(text);
  if ("problem" in result) {
    expectLine(result.problem.line);
    expect(result.problem.reason).toMatch(/^\S.{10,250}$/s);
    return;
  }
  expect(result.definition.stages.length).toBeGreaterThan(0);
  for (const stage of result.definition.stages) {
    expect(Object.keys(stage.headerLines)).toEqual(Object.keys(stage.header));
    for (const line of Object.values(stage.headerLines)) expectLine(line);
    for (const { line, script } of sectionsIn(stage)) {
      expect(lines[line - 1]).toContain("%");
      for (const each of script.split("\n")) expect(known).toContain(each);
    }
  }
  expect(JSON.parse(JSON.stringify(definitionJson(result.definition)))).toHaveProperty("kind", "definition");
}

test("any text gives a definition or a problem with its line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), expectWellFormed));
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((list) => list.join(""));
  fc.assert(fc.property(pieces, expectWellFormed), { numRuns: 500 });
});

test("a file that was changed at random gives a definition or a problem with its line", () => {
  fc.assert(fc.property(mutated, expectWellFormed), { numRuns: 1000 });
});

test("pages mark the lines that the parser takes for keys and sections", () => {
  const expectSameMarks = (text: string) => {
    const result = parseDefinition(text);
    if ("problem" in result) return;
    const html = highlightDefinition(text);
    for (const stage of result.definition.stages) {
      for (const line of Object.values(stage.headerLines))
        expect(html).toMatch(new RegExp(`<span id="L${line}"><a [^>]*></a><u>`));
      for (const { line } of sectionsIn(stage))
        expect(html).toMatch(new RegExp(`<span id="L${line}"><a [^>]*></a>\\s*<b>%`));
    }
  };
  for (const text of TEXTS) expectSameMarks(text);
  fc.assert(fc.property(mutated, expectSameMarks), { numRuns: 500 });
});

const HEADER = "Bootstrap: docker\nFrom: {{ A }}\n%arguments\n    A=b\n";

test.each<readonly [name: string, textOf: (size: number) => string]>([
  ["an ordinary file", (size) => HEADER + fill("%post\n    echo {{ A }}\n", size)],
  ["one line", (size) => HEADER + fill("a", size)],
  ["empty lines", (size) => fill("\n", size)],
  ["spaces", (size) => `${HEADER}%labels\n${fill(" ", size)}x${fill(" ", size)}`],
  ["keys", (size) => fill("From: a\n", size)],
  ["a key of digits", (size) => `${fill("1", size)}x: a\n`],
  ["lines that continue", (size) => `Bootstrap: a\\\n${fill("b\\\n", size)}`],
  ["stages", (size) => fill("Bootstrap: {{ A }}\n%arguments\nA=a\n", size)],
  ["percent signs", (size) => `${HEADER}${fill("%", size)}`],
  ["sections", (size) => HEADER + fill("%test\n", size)],
  ["labels", (size) => `${HEADER}%labels\n${fill("    a {{ A }}\n", size)}`],
  ["arguments", (size) => `${HEADER}${fill("    A={{ A }}\n", size)}`],
  [
    "apps",
    (size) => HEADER + Array.from({ length: size / 20 }, (_, at) => `%applabels ${at}\na b\n`).join(""),
  ],
  [
    "lists of files",
    (size) => HEADER + Array.from({ length: size / 20 }, (_, at) => `%files from ${at}\na\n`).join(""),
  ],
  ["files", (size) => `${HEADER}%files\n${fill("a b\n", size)}`],
  ["quotes", (size) => `${HEADER}%files\n${fill("\"'", size)}`],
  ["single quotes", (size) => `${HEADER}%files\n${fill("'", size)}`],
  ["braces in a file name", (size) => `${HEADER}%files\n${fill("{", size)}`],
  ["variables in a file name", (size) => `${HEADER}%files\n${fill("{{ A }}{", size)}`],
  ["variables that do not end", (size) => `${HEADER}%files\n${fill("{{ A ", size)}`],
  ["a variable of spaces", (size) => `${HEADER}%files\n{{${fill(" ", size)}`],
  ["a variable of letters", (size) => `${HEADER}%labels\na {{${fill("a", size)}`],
  ["variables after a comment", (size) => `${HEADER}%labels\na # ${fill("{{ A }}", size)}`],
  [
    "a long value that is often used",
    (size) => `${HEADER}B=${"b".repeat(20_000)}\n${fill("%labels\na {{ B }}\n", size)}`,
  ],
  [
    "a long value of nothing that is often used",
    (size) => `${HEADER}C=\nB=${"{{ C }}".repeat(3000)}\n${fill("%labels\na {{ B }}\n", size)}`,
  ],
])("takes time in proportion to the length of %s", async (_, textOf) => {
  // In parts, too: of a section that is longer than 64 KiB, nothing is read.
  await expectLinear((text) => [text, ...cut(text)].map(parseDefinition), textOf);
});

/** The same in parts that apptainer could read. */
function cut(text: string): string[] {
  return Array.from(
    { length: Math.ceil(text.length / 50_000) },
    (_, at) => HEADER + text.slice(at * 50_000, (at + 1) * 50_000),
  );
}
