import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ImageRecord } from "../../src/index.ts";
import { recordText } from "../../src/publish/record-text.ts";
import { splitFrontMatter } from "../../src/registry/front-matter.ts";
import { type ReadmeResult, parseRecord } from "../../src/registry/readme.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { RECORD_2019, record2 } from "../support/registry.ts";
import { digest, imageUrl, md5, mutated, sha1, size, strangeText, time } from "./support.ts";

const text = fc.oneof(
  strangeText,
  fc.constantFrom("1.10", "08", "no", "~", "null", "0x1f", "2026-11-20", "!!js a"),
);
const short = text.map((all) => all.slice(0, 100)).filter((all) => !/^(?:|~|null)$/.test(all));

const record: fc.Arbitrary<ImageRecord> = fc.record(
  {
    schema: fc.constant(2 as const),
    size,
    digest,
    layers: fc.array(fc.record({ size, digest, url: imageUrl }), { minLength: 1, maxLength: 3 }),
    created: time,
    architecture: fc.stringMatching(/^[a-z0-9_]{1,32}$/),
    recipe: digest,
    md5,
    sha1,
    builder: fc.record({ name: short, version: short }, { requiredKeys: ["name"] }),
    source: fc.record(
      { repository: fc.webUrl().map((url) => url.replaceAll(/['"<>`{}|^\\]/g, "")), revision: short },
      { requiredKeys: ["repository"] },
    ),
    labels: fc.dictionary(text, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    log: fc.constant("build.log.gz" as const),
  },
  { requiredKeys: ["schema", "size", "digest", "layers"] },
);

describe("a record", () => {
  test("is read as it was written, with the text below it", () => {
    fc.assert(
      fc.property(record, strangeText, (written, body) => {
        const whole = recordText(written, body);
        const { value, findings } = parseRecord(whole, "README.md");
        expect(findings).toEqual([]);
        expect(value).toEqual(written);
        expect(splitFrontMatter(whole).body.trim()).toBe(body.trim());
      }),
      { numRuns: 1500 },
    );
  });

  test("is read, or is one finding at a line of it, whatever it says", () => {
    const any = fc.oneof(
      strangeText.map((yaml) => `---\n${yaml}\n---\n`),
      mutated(RECORD_2019),
      mutated(record2("labels:\n  a: b\nbuilder:\n  name: apptainer\n")),
    );
    fc.assert(
      fc.property(any, (readme) => expectRead(readme, parseRecord(readme, "README.md"))),
      { numRuns: 5000 },
    );
  });

  test("takes as long to read as its text", async () => {
    const beginnings = ["---\nschema: 2\nlayers:\n- ", "---\nlabels: {", "---\nlabels:\n  a: "];
    await expectLinearOnTokens((yaml) => parseRecord(yaml, "README.md"), { beginnings });
  });
});

function expectRead(readme: string, { value, findings }: ReadmeResult<ImageRecord>): void {
  expect(findings).toHaveLength(value ? 0 : 1);
  const lines = readme.split(/\r\n|[\r\n\u0085\u2028\u2029]/).length;
  for (const { code, line } of findings) {
    expect(["bad-record", "bad-front-matter"]).toContain(code);
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines + 1);
  }
  if (!value) return;
  expect([value.size, ...value.layers.map((layer) => layer.size)].every(Number.isSafeInteger)).toBe(true);
  // What was read can be written, and says the same.
  if (value.schema === 2)
    expect(parseRecord(recordText(value, ""), "README.md").value).toEqual({
      ...value,
      ...(value.labels && Object.keys(value.labels).length === 0 && { labels: undefined }),
    });
}
