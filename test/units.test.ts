import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { siteAddress } from "../src/address.ts";
import { highlightDefinition } from "../src/definition/highlight.ts";
import { FINDING_CODES } from "../src/finding.ts";
import { StowageError, describeFinding, formatReference, parseReference, severityOf } from "../src/index.ts";
import { quoteForShell } from "../src/protocols/pull-line.ts";
import { compareNatural, formatBytes } from "../src/format.ts";
import { renderMarkdown } from "../src/site/markdown.ts";

describe("a reference", () => {
  test("is parsed and formatted back", () => {
    const part = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._+-]{0,12}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), part, (segments, tag) => {
        const text = `${segments.join("/")}:${tag}`;
        fc.pre(
          !/(?:^|[/:])(?:tags|manifests|index\.json|index\.html)(?:$|[/:])|\.json\/|^(?:api|v1|v2|assets|images|pks|schema|search|version|404\.html|openapi\.json|robots\.txt|sitemap\.xml)\/|\.html?$/i.test(
            text,
          ),
        );
        expect(formatReference(parseReference(text))).toBe(text);
      }),
    );
  });

  test("is latest where no tag is said", () => {
    expect(parseReference("vanessa/greeting")).toEqual({ collection: "vanessa/greeting", tag: "latest" });
  });

  test("or is refused with one error class, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          parseReference(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StowageError);
        }
      }),
    );
  });
});

describe("words of a command", () => {
  test("are quoted so that a shell passes an address on as it is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,40}$/), (text) => {
        expect(execFileSync("sh", ["-c", `printf %s ${quoteForShell(text)}`], { encoding: "utf8" })).toBe(
          text,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe("the address of a site", () => {
  test("is joined with paths, with and without a host", () => {
    expect(siteAddress("https://a.org/r").to("x/")).toBe("https://a.org/r/x/");
    expect(siteAddress("https://a.org").basePath).toBe("/");
    expect(siteAddress().to("x/")).toBe("/x/");
  });

  test.each([
    "a.org",
    "//a.org",
    "ftp://a.org/",
    "https:/a",
    "https://a.org/?x",
    "https://a.org/#x",
    "javascript:x",
    "https://a.org/%ff/",
    "https://a.org/%zz/",
    "",
  ])("%j is refused", (url) => expect(() => siteAddress(url)).toThrow(/is not the address of a site/));
});

test("a definition file is marked line by line, and every character of it is there", () => {
  const text =
    'Bootstrap: docker\nFrom: a<b\n\n%post -c /bin/bash\n    # note: x\n    echo "a: b" && true\n\nBootstrap: x\n';
  const html = highlightDefinition(text);
  const link = (id: string) => `<a href="#${id}" tabindex="-1" aria-hidden="true"></a>`;
  expect(html).toContain(`<span id="L1">${link("L1")}<u>Bootstrap</u>: docker</span>`);
  expect(html).toContain("<u>From</u>: a&lt;b");
  expect(html).toContain(`<span id="L4">${link("L4")}<b>%post</b> -c /bin/bash</span>`);
  expect(html).toContain("<i>    # note: x</i>");
  expect(html).toContain(`<span id="L6">${link("L6")}    echo &quot;a: b&quot; &amp;&amp; true</span>`);
  expect(html).toContain("<u>Bootstrap</u>: x");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (any) => {
      const shown = highlightDefinition(any).replaceAll(/<[^>]*>/g, "");
      const entities: Record<string, string> = {
        "&amp;": "&",
        "&lt;": "<",
        "&gt;": ">",
        "&quot;": '"',
        "&#39;": "'",
      };
      const plain = shown.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? "");
      expect(plain).toBe(any.replace(/\r?\n$/, "").replaceAll("\r\n", "\n"));
    }),
  );
});

test("a README's headings go below the page's, its pictures become links, its file names stay text", () => {
  const html = renderMarkdown("# Use\n\n![a cow](https://x.org/cow.png) run.py <https://x.org>\n");
  expect(html).toContain('<h3 id="readme-use">Use</h3>');
  expect(html).toContain('<a href="https://x.org/cow.png" rel="nofollow ugc">a cow</a>');
  expect(html).not.toContain("<img");
  expect(html).not.toContain("http://run.py");
});

test("numbers are for people", () => {
  expect([0, 1023, 1024, 1_716_224, 150 * 1024, 3 * 2 ** 40].map(formatBytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.6 MiB",
    "150 KiB",
    "3.0 TiB",
  ]);
  expect(["1.10", "1.9", "latest", "1.0"].sort(compareNatural)).toEqual(["1.0", "1.9", "1.10", "latest"]);
});

test("every finding has words and a severity", () => {
  for (const code of FINDING_CODES) {
    const finding = { code, file: "x", args: { name: "\u001B[31m\u202E" } };
    expect(describeFinding(finding)).toMatch(/^[^\u001B\u202E]{10,}$/);
    expect(["error", "warning", "note"]).toContain(severityOf(finding));
  }
});
