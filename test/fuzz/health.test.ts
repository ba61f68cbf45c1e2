import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Health,
  type ImageHealth,
  formatHealth,
  imageKey,
  parseHealth,
} from "../../src/registry/health.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { HEX } from "../support/registry.ts";
import { digest, imageUrl, jsonAround, mutated, strangeText, time } from "./support.ts";

const problem = fc.record({
  code: fc.constantFrom(
    "image-unreachable",
    "image-size",
    "image-differs",
    "image-not-sif",
    "image-architecture",
  ),
  reason: strangeText.map((text) => text.slice(0, 1000)),
  since: time,
});
const image = fc.record(
  { url: imageUrl, digest, checked: time, verified: time, problem },
  { requiredKeys: ["url", "digest", "checked"] },
);
const health = fc.record({
  checked: time,
  images: fc.uniqueArray(image, { selector: (each) => imageKey(each as ImageHealth), maxLength: 5 }),
}) as fc.Arbitrary<Health>;

const GOOD = formatHealth({
  checked: "2026-11-20T12:00:00Z",
  images: [
    { url: "https://a.example.org/x.sif", digest: `sha256:${HEX}`, checked: "2026-11-19T12:00:00Z" },
    {
      url: "https://b.example.org/x.sif",
      digest: `sha256:${HEX}`,
      checked: "2026-11-20T12:00:00Z",
      problem: { code: "image-size", reason: "x", since: "2026-11-01T00:00:00Z" },
    },
  ] as never,
});

describe("health.json", () => {
  test("is read as it was written, in order", () => {
    fc.assert(
      fc.property(health, (written) => {
        const text = formatHealth(written);
        const read = parseHealth(text);
        const key = (each: ImageHealth) => `${each.url} ${each.digest}`;
        const images = [...written.images].sort((a, b) => (key(a) < key(b) ? -1 : 1));
        expect(read).toEqual({ health: { ...written, images } });
        if ("health" in read) expect(formatHealth(read.health)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test("is read or refused with a reason, whatever it says", () => {
    const keys = "schema checked images url digest verified problem code reason since".split(" ");
    const any = fc.oneof(
      mutated(GOOD),
      strangeText,
      jsonAround(keys, [1, "2026-11-20T12:00:00Z"]).map((data) => JSON.stringify(data)),
    );
    fc.assert(
      fc.property(any, (text) => {
        const read = parseHealth(text);
        if ("reason" in read) expect(read.reason).not.toBe("");
        else expect(parseHealth(formatHealth(read.health))).toEqual(read);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes as long to read as its text", async () => {
    const beginnings = ["", '{"schema":1,"checked":"2026-11-20T12:00:00Z","images":[', '{"images":{"url":"'];
    await expectLinearOnTokens(parseHealth, { beginnings });
  });
});
