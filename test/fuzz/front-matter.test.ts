import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitFrontMatter } from "../../src/registry/front-matter.ts";
import { parsePlainYaml } from "../../src/registry/plain-yaml.ts";
import { YamlError, lineOfPath, parseYamlMapping } from "../../src/registry/yaml.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { strangeText } from "./support.ts";

/** Its keys, or undefined where it is refused in the one way that callers know. */
function readYaml(text: string): Record<string, unknown> | undefined {
  try {
    return parseYamlMapping(text);
  } catch (error) {
    expect(error).toBeInstanceOf(YamlError);
    const { line } = error as YamlError;
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).length + 1);
    return undefined;
  }
}

describe("front matter", () => {
  test("is parted where it was put together", () => {
    const fenceless = strangeText.filter((text) => !/(?:^|\n)---/.test(text));
    fc.assert(
      fc.property(fenceless, strangeText, (yaml, body) => {
        expect(splitFrontMatter(`---\n${yaml}\n---\n${body}`)).toEqual({
          yaml: `\n${yaml}`,
          language: "",
          body,
        });
      }),
      { numRuns: 2000 },
    );
  });

  test("is a mapping of text, lists and mappings, or is refused with a line of its own", () => {
    fc.assert(
      fc.property(strangeText, (text) => {
        const mapping = readYaml(text);
        if (!mapping) return;
        const onlyText = (value: unknown): boolean =>
          typeof value === "object" && value !== null
            ? Object.values(value).every(onlyText)
            : typeof value === "string";
        expect(onlyText(mapping), JSON.stringify(mapping)).toBe(true);
        for (const key of Object.keys(mapping))
          expect(lineOfPath(text, [key, "x"])).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("takes as long as the text", () => {
  const beginnings = ["", "a: [", 'a: "', "a:\n  - b: "];

  test("parting it from what is below", () =>
    expectLinearOnTokens(splitFrontMatter, { beginnings: ["---\n"] }));
  test("reading the plainest YAML", () => expectLinearOnTokens(parsePlainYaml, { beginnings }));
  test("reading any YAML", () => expectLinearOnTokens(readYaml, { beginnings }));
});
