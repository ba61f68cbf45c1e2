import { describe, expect, test } from "vitest";
import { formatText } from "../../src/check/formats/text.ts";
import { sourceLinesOf } from "../../src/check/source-lines.ts";
import type { Finding } from "../../src/index.ts";
import { registryOf } from "../support/registry.ts";
import { ERROR, HOSTILE_NAMES, NOTE, WARNING, hostile } from "./findings.ts";

const plain = (findings: readonly Finding[], source?: string, width = 40) =>
  formatText(findings, { sourceLine: () => source, paint: (_, text) => text, width });
/** What stands below the finding. */
const excerptOf = (source: string, width?: number) => plain([ERROR], source, width).split("\n")[1];

describe("findings as text", () => {
  test("have the line that they are about below them", () => {
    expect(plain([ERROR, NOTE].slice(0, 1), "size: x")).toBe(
      "registry/c/README.md:3: error: the record cannot be served: size: expected a value of type integer; delete the README.md to have the tag built again [bad-record]\n    3 | size: x",
    );
  });

  test("have nothing below them where no line is known", () => {
    expect(plain([WARNING, NOTE]).split("\n")).toEqual([
      expect.stringMatching(/^registry\/b: warning: .* \[case-clash\]$/),
      expect.stringMatching(/^registry\/a: note: .* \[no-latest\]$/),
    ]);
  });

  test("are coloured by their severity", () => {
    const painted = formatText([ERROR, WARNING, NOTE], {
      sourceLine: () => undefined,
      paint: (style, text) => `<${style}>${text}</>`,
      width: 80,
    });
    expect(painted.match(/<[a-z]+>(?:error|warning|note)<\/>/g)).toEqual([
      "<red>error</>",
      "<yellow>warning</>",
      "<cyan>note</>",
    ]);
  });

  test.each([
    ["fits in", "x".repeat(32), `    3 | ${"x".repeat(32)}`],
    ["is cut", "x".repeat(33), `    3 | ${"x".repeat(31)}…`],
    ["is cut before a wide character", "日".repeat(17), `    3 | ${"日".repeat(15)}…`],
    ["is cut between two characters", "😀".repeat(1000), `    3 | ${"😀".repeat(15)}…`],
    ["has tabs", "\tsize:\tx", "    3 |     size:    x"],
    ["commands nothing", "\u001b[2J\u0007", "    3 | \\u001b[2J\\u0007"],
    ["is very long", "y".repeat(1_000_000), `    3 | ${"y".repeat(31)}…`],
  ])("the line below: it %s", (_, source, expected) => {
    expect(excerptOf(source)).toBe(expected);
  });

  test("are one line each, whatever a name is", () => {
    for (const name of HOSTILE_NAMES) {
      const text = plain([hostile(name)]);
      expect(text).toMatch(/^registry\/lab\/[^\n]*: error: [^\n]* \[bad-name\]$/);
      expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
  });
});

describe("the line that a finding is about", () => {
  const root = () =>
    registryOf({
      "a.md": "one\r\n\n   \nfour\n",
      "large.md": "x\n".repeat(600_000),
      "latin.md": Buffer.from([0x66, 0xfc, 0x72, 0x0a]),
    });
  const at = (file: string, line?: number) =>
    sourceLinesOf(root())({ file, ...(line !== undefined && { line }) });

  test.each([
    ["a.md", 1, "one"],
    ["a.md", 2, undefined],
    ["a.md", 3, undefined],
    ["a.md", 4, "four"],
    ["a.md", 5, undefined],
    ["a.md", 0, undefined],
    ["a.md", 1e9, undefined],
    ["a.md", undefined, undefined],
    ["gone.md", 1, undefined],
    [".", 1, undefined],
    ["large.md", 1, undefined],
    ["latin.md", 1, "f\uFFFDr"],
  ])("of %s, line %s", (file, line, expected) => {
    expect(at(file, line)).toBe(expected);
  });

  test("is found in one reading of each file", () => {
    const files = Object.fromEntries(["a", "b"].map((name) => [`${name}.md`, "x\n".repeat(500_000)]));
    const lineOf = sourceLinesOf(registryOf(files));
    const start = performance.now();
    for (const file of ["a.md", "b.md"]) for (let line = 1; line <= 10_000; line++) lineOf({ file, line });
    // Reading them anew each time would take minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
