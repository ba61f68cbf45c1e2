import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { siteAddress } from "../../src/address.ts";
import { formatTable } from "../../src/commands/output.ts";
import { highlightDefinition } from "../../src/definition/highlight.ts";
import { printable } from "../../src/printable.ts";
import { labelWord } from "../../src/protocols/label-word.ts";
import { quoteForShell } from "../../src/protocols/pull-line.ts";
import { readArmoredKeys } from "../../src/registry/armor.ts";
import { renderMarkdown } from "../../src/site/markdown.ts";
import { dangersIn } from "../hostile/support.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { expectRefused, mutated, strangeText } from "./support.ts";

test("a stranger's words on a terminal are one line that nothing obeys", () => {
  fc.assert(
    fc.property(strangeText, (text) => {
      const shown = printable(text);
      expect(shown).not.toMatch(/[\p{Control}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/u);
      if (/^[ -~]*$/.test(text) && !text.includes("##[")) expect(shown).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test("the address of a site is one, or wrong usage", async () => {
  const any = fc.oneof(strangeText, mutated("https://lab.github.io:8080/registry/"), fc.webUrl());
  await fc.assert(
    fc.asyncProperty(any, async (text) => {
      const site = await expectRefused(() => siteAddress(text), "usage");
      if (!site) return;
      expect(site.basePath).toMatch(/^\/(?:.*\/)?$/);
      expect(site.to("a/b")).toMatch(/^https?:\/\/[^/?#@]+\/[^?#]*a\/b$/);
      // What is an address once stays one.
      expect(siteAddress(site.url).url).toBe(site.url);
    }),
    { numRuns: 3000 },
  );
});

test("a word of the label search is a path that stays where it belongs, and its own word", () => {
  const any = fc.oneof(strangeText, mutated("org.label-schema.url"), fc.string({ unit: "grapheme" }));
  fc.assert(
    fc.property(any, (text) => {
      const word = labelWord(text);
      if (word === undefined) return;
      expect(labelWord(word)).toBe(word);
      for (const segment of word.split("/")) expect(segment).toMatch(/^[^./?#%\\][^/?#%\\]*$/u);
    }),
    { numRuns: 3000 },
  );
});

test("a label with a thousand accents is one still", () => {
  // Four characters become one of three bytes.
  const spelled = (letter: string) => Array.from({ length: 4 }, () => letter.repeat(80)).join("/");
  expect(labelWord(spelled("\u03B1\u0313\u0300\u0345"))).toBe(spelled("\u1F82"));
});

test("Markdown makes a page that does nothing", () => {
  const any = fc.oneof(
    strangeText,
    mutated('# a\n\n[b](https://x.org "t") <c@d.org>\n\n| a | b |\n|:-:|-|\n| `c` | ![d](e) |\n'),
  );
  fc.assert(
    fc.property(any, (text) => {
      expect(dangersIn(`<p>${renderMarkdown(text)}</p>`)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

test("a table of more rows than a call has room for is printed", () => {
  const rows = Array.from({ length: 200_000 }, (_, index) => [String(index % 10), "x"]);
  expect(formatTable(rows).split("\n")).toHaveLength(rows.length);
});

describe("takes as long as the text", () => {
  const ignoringErrors = (read: (text: string) => unknown) => (text: string) => {
    try {
      return read(text);
    } catch {
      return undefined;
    }
  };
  const KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";

  test.each<[string, (text: string) => unknown, readonly string[]]>([
    ["what a terminal shows", printable, [""]],
    ["quoting for a shell", quoteForShell, [""]],
    ["the address of a site", ignoringErrors(siteAddress), ["", "https://", "https://a/"]],
    ["a word of the label search", labelWord, ["", "a"]],
    ["a definition file in colours", highlightDefinition, ["", "a", "%a"]],
    ["public keys", ignoringErrors(readArmoredKeys), ["", KEY, `${KEY}\n`]],
  ])("%s", (_, read, beginnings) => expectLinearOnTokens(read, { beginnings }));

  test("Markdown", () => expectLinearOnTokens(renderMarkdown, { beginnings: ["", "|a|\n|-|\n|"] }));
});
