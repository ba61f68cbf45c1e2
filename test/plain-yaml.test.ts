import fc from "fast-check";
import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { parsePlainYaml } from "../src/registry/plain-yaml.ts";
import { RECORD_2019, record2 } from "./support/registry.ts";

const fences = /^---\n|---\n*$/g;
const reference = (text: string) => load(text, { schema: FAILSAFE_SCHEMA, maxAliases: 0, maxDepth: 32 });

const key = fc.oneof(
  fc.constantFrom(
    "size",
    "layers",
    "url",
    "a.b-c",
    "__proto__",
    "constructor",
    "no",
    "<<",
    "a b",
    "'q'",
    "?",
    "-",
  ),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,4}$/),
);
const scalar = fc.oneof(
  fc.constantFrom(
    "",
    "1.10",
    "~",
    "null",
    '"a b"',
    "'x'",
    '""',
    "a: b",
    "a #b",
    "a#b",
    "a:b",
    "- x",
    "[a]",
    "{a: b}",
  ),
  fc.constantFrom(
    "|",
    ">",
    "&a",
    "*a",
    "!t x",
    '"\\n"',
    '"a" b',
    "'it''s'",
    "% x",
    "@x",
    "a,b",
    "x:",
    ":x",
    "#",
    "---",
  ),
  fc.string({ maxLength: 6, unit: "grapheme-ascii" }),
  fc.string({ maxLength: 3, unit: "binary" }),
);
const line = fc
  .tuple(
    fc.constantFrom("", "", "", " ", "  ", "  ", "   ", "    ", "\t"),
    fc.constantFrom("", "", "- ", "-  ", "-"),
    fc.oneof(
      fc.tuple(key, fc.constantFrom(": ", ":", ":  "), scalar).map((parts) => parts.join("")),
      scalar,
    ),
    fc.constantFrom("", "", "", " ", " # note"),
  )
  .map((parts) => parts.join(""));
/** Lines that mostly are plain, so that what they make together is put to the test. */
const plainLine = fc
  .tuple(
    fc.constantFrom("", "", "", "  ", "  ", "    ", " "),
    fc.constantFrom("", "", "", "- "),
    fc.constantFrom("a: ", "b: ", "c:", "d:", "layers:", "e: ", ""),
    fc.constantFrom(
      "",
      "1.10",
      "x y",
      "[a, b c]",
      "[a,b, c]",
      "[a]",
      "[a, ]",
      '"q r"',
      "'s'",
      "https://x.org/?a=b",
      "sha256:00",
    ),
  )
  .map((parts) => parts.join("").trimEnd());
const document = fc
  .tuple(
    fc.array(fc.oneof({ weight: 30, arbitrary: plainLine }, { weight: 1, arbitrary: line }), {
      maxLength: 7,
    }),
    fc.constantFrom("\n", "\n", "\r\n"),
  )
  .map(([lines, end]) => end + lines.join(end));

describe("plain YAML", () => {
  test("is read as js-yaml reads it, or left to js-yaml", () => {
    let plain = 0;
    fc.assert(
      fc.property(document, (text) => {
        const ours = parsePlainYaml(text);
        if (ours === undefined) return;
        plain++;
        expect(ours).toEqual(reference(text));
      }),
      { numRuns: 60_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });

  test("is what records are written in", () => {
    const labels = 'labels:\n  org.label-schema.x: "a b"\n  y: 1.10\nbuilder:\n  name: apptainer\n';
    for (const record of [RECORD_2019, record2(labels)]) {
      const text = record.replaceAll(fences, "");
      expect(parsePlainYaml(text)).toEqual(reference(text));
    }
  });

  test.each([
    "a: 1\na: 2",
    "a: 1\n  b: 2",
    "a:\n    b: 1\n  c: 2",
    "- a: 1",
    "a: &x 1\nb: *x",
    "__proto__: 1",
    "a: |\n  b: 1",
    "a: x\n  y",
    "a:\tb",
    "a: '\u2028'",
    "a: b: c",
    " a: 1",
    "a: 1\n# note\rvisibility: private",
    "a: 1\n# \u0007",
  ])("is not %j", (text) => {
    expect(parsePlainYaml(text)).toBeUndefined();
  });
});
