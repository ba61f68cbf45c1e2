import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignSlugs } from "../../src/registry/slugs.ts";

const slugOf = (word: string) => assignSlugs([word]).get(word) ?? "";

/** Words as strangers have them: near to each other, and far from what a path can hold. */
const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom("a", "A", "/", ":", ".", "~", ",", "=", "-", "+", "ſ", "\ud800"),
    maxLength: 6,
  }),
  fc.constantFrom(
    "..",
    "con",
    "tags",
    "manifests",
    "index.html",
    "__proto__",
    "constructor",
    "",
    " ",
    "a".repeat(10_000),
  ),
);

describe("the path of a stranger's word", () => {
  test.each([
    ["rna-seq", "rna-seq"],
    ["ubuntu:16.04", "ubuntu~16.04"],
    ["quay.io/lab/tool:1", "quay.io,lab,tool~1"],
    ["org.label-schema.build-arch", "org.label-schema.build-arch"],
  ])("is for %s %s", (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  test.each([
    ["MAINTAINER", /^maintainer=[0-9a-f]{8}$/],
    ["maintainer ", /^maintainer=[0-9a-f]{8}$/],
    ["..", /^x=[0-9a-f]{8}$/],
    ["../../etc/passwd", /^etc-passwd=[0-9a-f]{8}$/],
    ["日本語", /^x=[0-9a-f]{8}$/],
    ["nul.txt", /^nul-txt=[0-9a-f]{8}$/],
    ["con", /^con=[0-9a-f]{8}$/],
    ["tags", /^tags=[0-9a-f]{8}$/],
    ["index.html", /^index-html=[0-9a-f]{8}$/],
    ["__proto__", /^proto=[0-9a-f]{8}$/],
    ["c++", /^c=[0-9a-f]{8}$/],
    ["ubuntu~16.04", /^ubuntu-16-04=[0-9a-f]{8}$/],
    ["", /^x=[0-9a-f]{8}$/],
    ["x".repeat(10_000), /^x{40}=[0-9a-f]{8}$/],
  ])("is for %j like %s", (text, slug) => {
    expect(slugOf(text)).toMatch(slug);
  });

  test("is one segment that every host and disk takes", () => {
    fc.assert(
      fc.property(word, (text) => {
        const slug = slugOf(text);
        expect(slug).toMatch(/^[a-z0-9][a-z0-9._,~=-]*$/);
        expect(slug).not.toMatch(/\.$|^(?:con|nul|aux|prn|com\d|lpt\d)(?:\.|$)|\.(?:html?|json)$/);
        expect(slug.length).toBeLessThanOrEqual(110);
      }),
    );
  });

  test("is nobody else's", () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 40 }), (words) => {
        const slugs = assignSlugs(words);
        expect(new Set(slugs.values()).size).toBe(words.length);
      }),
    );
  });

  test("is another one where two were made to have the same beginning of a hash", () => {
    const [first, second] = collision();
    const slugs = assignSlugs([second, first]);
    expect(slugs.get(first)).toMatch(/^x=[0-9a-f]{8}$/);
    expect(slugs.get(second)).toMatch(/^x=[0-9a-f]{16}$/);
  });
});

/** Two words of which nothing can be read, and whose hashes begin with the same eight digits, sorted. */
function collision(): [string, string] {
  const seen = new Map<string, string>();
  for (let index = 0; ; index++) {
    const text = index.toString(2).replaceAll("0", "ä").replaceAll("1", "ö");
    const start = createHash("sha256").update(Buffer.from(text, "utf16le")).digest("hex").slice(0, 8);
    const other = seen.get(start);
    if (other !== undefined) return [other, text].sort() as [string, string];
    seen.set(start, text);
  }
}
