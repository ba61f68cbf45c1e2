import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatReference, parseReference } from "../../src/registry/reference.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { collectionName, expectRefused, mutated, strangeText, tagName } from "./support.ts";

describe("a reference", () => {
  test("is parsed as it was formatted, and formatted as it was parsed", () => {
    fc.assert(
      fc.property(collectionName, tagName, (collection, tag) => {
        const text = `${collection}:${tag}`;
        const reference = parseReference(text);
        expect(reference).toEqual({ collection, tag });
        expect(formatReference(reference)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  const any = fc.oneof(
    strangeText,
    mutated("vanessa/greeting:latest"),
    mutated("lab/tools/ncbi-blast+:2.16.0+cpu"),
  );

  test("is refused as wrong usage, or is a path that stays where it belongs", async () => {
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const reference = await expectRefused(() => parseReference(text), "usage");
        if (!reference) return;
        const formatted = formatReference(reference);
        expect([text, `${text}:latest`]).toContain(formatted);
        expect(formatted).toMatch(/^[A-Za-z0-9._+/-]+:[A-Za-z0-9._+-]+$/);
        for (const part of formatted.split(/[/:]/)) expect(part).toMatch(/^[^.+-]/);
      }),
      { numRuns: 5000 },
    );
  });

  test("takes as long as its text", async () => {
    const read = (text: string) => expectRefused(() => parseReference(text), "usage");
    await expectLinearOnTokens(read, { beginnings: ["", "a/b", "a/b:"] });
  });
});
