import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeFinding } from "../../src/check/catalogue.ts";
import { publicRegistry, scanRegistry } from "../../src/index.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { type Health, formatHealth, imageKey, parseHealth, readHealth } from "../../src/registry/health.ts";
import { HEX, record2, registryOf } from "../support/registry.ts";

const NOW = "2026-11-20T12:00:00Z";
const DIGEST = `sha256:${HEX}` as Digest;
const PROBLEM = {
  code: "image-unreachable",
  reason: "the answer is 404",
  since: "2026-11-18T00:00:00Z",
} as const;

const HEALTH: Health = {
  checked: NOW,
  images: [
    { url: "https://a.org/1.sif", digest: DIGEST, checked: NOW },
    { url: "https://a.org/2.sif", digest: DIGEST, checked: "2026-11-19T12:00:00Z", verified: NOW },
    { url: "https://a.org/3.sif", digest: DIGEST, checked: NOW, problem: PROBLEM },
  ],
};

const day = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const image = fc.record(
  {
    url: fc.oneof(
      fc.webUrl({ withQueryParameters: true }).filter((url) => !/[\\"<>`{}|^]/.test(url)),
      hex.map((name) => `images/sha256/${name}.sif`),
    ),
    digest: hex.map((digits) => `sha256:${digits}` as Digest),
    checked: day,
    verified: day,
    problem: fc.record({
      code: fc.constantFrom(
        "image-unreachable",
        "image-size",
        "image-differs",
        "image-not-sif",
        "image-architecture",
      ),
      reason: fc.string({ unit: "binary", maxLength: 300 }),
      since: day,
    }),
  },
  { requiredKeys: ["url", "digest", "checked"] },
);
const health = fc.record({
  checked: day,
  images: fc.uniqueArray(image, { selector: imageKey }),
}) as fc.Arbitrary<Health>;

describe("health.json", () => {
  test("is an image a line, and says once what is the same for all", () => {
    expect(formatHealth({ ...HEALTH, images: HEALTH.images.toReversed() })).toBe(`{
  "schema": 1,
  "checked": "${NOW}",
  "images": [
    {"url":"https://a.org/1.sif","digest":"${DIGEST}"},
    {"url":"https://a.org/2.sif","digest":"${DIGEST}","checked":"2026-11-19T12:00:00Z","verified":"${NOW}"},
    {"url":"https://a.org/3.sif","digest":"${DIGEST}","problem":{"code":"image-unreachable","reason":"the answer is 404","since":"2026-11-18T00:00:00Z"}}
  ]
}
`);
    expect(formatHealth({ checked: NOW, images: [] })).toContain(`"images": []\n`);
  });

  test("is read as it was written, and written as it was read", () => {
    fc.assert(
      fc.property(health, (given) => {
        const text = formatHealth(given);
        const parsed = parseHealth(text);
        if (!("health" in parsed)) throw new Error(parsed.reason);
        expect(formatHealth(parsed.health)).toBe(text);
        const sorted = [...given.images].sort((a, b) => (imageKey(a) < imageKey(b) ? -1 : 1));
        expect(parsed.health).toEqual({ ...given, images: sorted });
      }),
      { numRuns: 300 },
    );
  });

  test("of any text never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseHealth(text)).toHaveProperty("reason");
      }),
    );
  });

  test.each([
    ["no JSON", "{", "it is no JSON"],
    ["a list", "[]", "the file: expected keys with values"],
    ["another version", formatHealth(HEALTH).replace('"schema": 1', '"schema": 2'), "schema: expected 1"],
    [
      "a key that nobody knows",
      formatHealth(HEALTH).replace('"url":', '"uri":"x","url":'),
      "images.0.uri: expected one of",
    ],
    ["no date", formatHealth(HEALTH).replace(NOW, "yesterday"), "checked: expected a date"],
    [
      "a word that is no problem",
      formatHealth(HEALTH).replace("image-unreachable", "bad-name"),
      "images.2.problem.code",
    ],
    [
      "an address that does harm",
      formatHealth(HEALTH).replace("https://a.org/1", "javascript:alert"),
      "images.0.url",
    ],
    [
      "an image twice",
      formatHealth({ ...HEALTH, images: [...HEALTH.images, ...HEALTH.images] }),
      "stands in it twice",
    ],
  ])("that is %s is a finding", (_, text, reason) => {
    const root = registryOf({ "health.json": text, "registry/lab/tool/manifests/1.0/README.md": record2() });
    const registry = scanRegistry({ root });
    expect(registry.health).toBeUndefined();
    expect(registry.findings).toMatchObject([{ code: "bad-health", file: "health.json" }]);
    expect(describeFinding(registry.findings[0]!)).toContain(reason);
  });

  test("that is too large is not read, one that is not there is none", () => {
    const root = registryOf({ "registry/lab/tool/manifests/1.0/README.md": record2() });
    expect(readHealth(root)).toEqual({ findings: [] });
    writeFileSync(join(root, "health.json"), Buffer.alloc(64 * 1024 * 1024 + 1));
    expect(readHealth(root).findings).toMatchObject([{ args: { reason: "it cannot be read (too-large)" } }]);
  });

  test("is part of a registry; what it says of private images is kept from the site", () => {
    const urls = ["https://a.org/1.sif", "https://a.org/2.sif"] as const;
    const images = urls.map((url) => ({ url, digest: DIGEST, checked: NOW }));
    const root = registryOf({
      "health.json": formatHealth({ checked: NOW, images }),
      "registry/lab/tool/manifests/1.0/README.md": record2("", urls[0]),
      "registry/lab/hush/README.md": "---\nvisibility: private\n---\n",
      "registry/lab/hush/manifests/1.0/README.md": record2("", urls[1]),
    });
    const registry = scanRegistry({ root });
    expect(registry.health?.images).toEqual(images);
    expect(publicRegistry(registry).health).toEqual({ checked: NOW, images: [images[0]] });
  });
});
