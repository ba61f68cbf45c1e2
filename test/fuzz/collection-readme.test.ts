import fc from "fast-check";
import { FAILSAFE_SCHEMA, dump, load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { parseCollectionReadme } from "../../src/registry/readme.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { jsonAround, mutated, strangeText } from "./support.ts";

const KEYS = ["description", "visibility", "owners", "topics", "license", "deprecated", "layout"];
const VALUES = ["public", "private", "Private", "true", "false", "~", ["a", "b"]];
const README = `---
description: "It greets: \\"hello\\"."
visibility: private
owners: [vsoch, "@lab/team"]
topics:
  - hpc
license: MIT
deprecated: use another
---

# Greeting

[a link](https://example.org)
`;

const SAYS_NOTHING: readonly unknown[] = ["", "~", "null", undefined];

/** What js-yaml itself makes of it. */
function visibilityIn(yaml: string): unknown {
  try {
    return (load(yaml, { schema: FAILSAFE_SCHEMA, maxAliases: 0 }) as Record<string, unknown>)["visibility"];
  } catch {
    return "no YAML";
  }
}

const anyReadme = fc.oneof(
  mutated(README),
  strangeText.map((yaml) => `---\n${yaml}\n---\n`),
  jsonAround(KEYS, VALUES).map((data) => `---\n${dump(data)}---\n# Text\n`),
);

describe("the README.md of a collection", () => {
  test("is read, or is findings at lines of it, whatever it says", () => {
    fc.assert(
      fc.property(anyReadme, (text) => {
        const { value, findings } = parseCollectionReadme(text, "README.md");
        if (!value) expect(findings.length).toBeGreaterThan(0);
        for (const { code, line = 0 } of findings) {
          expect(["bad-value", "bad-front-matter"]).toContain(code);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).length + 1);
        }
        if (!value) return;
        const { description = "", owners, topics, license = "", isPrivate, readme } = value;
        expect(
          [description, license, readme, ...owners, ...topics].every((word) => typeof word === "string"),
        ).toBe(true);
        expect(typeof isPrivate).toBe("boolean");
      }),
      { numRuns: 5000 },
    );
  });

  test("that says `visibility:` and anything but public is never shown", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "private",
        "Private",
        " private",
        "privat",
        "{a: b}",
        '"pub',
        "*x",
        "|\n  private",
        "...\n#\r|",
      ),
      strangeText.filter((text) => !text.includes("\n---")),
    );
    let hidden = 0;
    fc.assert(
      fc.property(word, fc.constantFrom("", "description: x\n", "owners: [a]\n"), (visibility, before) => {
        const yaml = `${before}visibility: ${visibility}\n`;
        if (["public", ...SAYS_NOTHING].includes(visibilityIn(yaml))) return;
        hidden++;
        expect(parseCollectionReadme(`---\n${yaml}---\n`, "README.md").value?.isPrivate ?? true).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(hidden).toBeGreaterThan(1000);
  });

  test("takes as long to read as its text", async () => {
    const beginnings = ["---\nowners: [", "---\ndescription: ", "---\ntopics:\n- ", "---\n---\n"];
    await expectLinearOnTokens((text) => parseCollectionReadme(text, "README.md"), { beginnings });
  });
});
