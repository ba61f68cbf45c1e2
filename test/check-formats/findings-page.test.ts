import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SUBJECTS, wordsOf } from "../../src/check/catalogue.ts";
import { findingsPage } from "../../src/check/findings-page.ts";
import { FINDING_CODES } from "../../src/finding.ts";
import { PROJECT } from "../support/cli.ts";

test("docs/findings.md says what the words of findings say (vitest -u writes it)", async () => {
  await expect(findingsPage()).toMatchFileSnapshot(join(PROJECT, "docs", "findings.md"));
});

describe("the words of findings", () => {
  test("are there for each code, under one subject", () => {
    const codes = SUBJECTS.flatMap(({ words }) => Object.keys(words));
    expect(codes.sort()).toEqual([...FINDING_CODES].sort());
  });

  test.each(FINDING_CODES)("%s: the example gives the sentence all that it asks for, and no more", (code) => {
    const { describe: sentenceOf, example } = wordsOf(code);
    const asked = new Set<string>();
    const args = new Proxy(example, {
      get(target, key) {
        asked.add(String(key));
        return target[String(key)];
      },
    });
    expect(sentenceOf(args)).not.toMatch(/undefined|""/);
    expect([...asked]).toEqual(expect.arrayContaining(Object.keys(example)));
  });

  test.each(FINDING_CODES)("%s: the remedy is a paragraph of two sentences or more", (code) => {
    expect(wordsOf(code).remedy).toMatch(/^[A-Z`][^\n]*[.)] [^\n]+[.`)]$/);
  });
});
