import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { handOverFiles, handOverFolder, writeHandOver } from "../../src/build/hand-over.ts";
import { type FoundHandOvers, readHandOvers } from "../../src/build/read-hand-overs.ts";
import { githubMatrix, parseShard } from "../../src/build/shards.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { handOver } from "../support/hand-overs.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { temporaryFolder } from "../support/registry.ts";
import {
  collectionName,
  digest,
  expectRefused,
  jsonAround,
  mutated,
  strangeText,
  tagName,
} from "./support.ts";

const NAME = "lab/tool:1.0";
const GOOD = String(Object.entries(handOver(NAME)).find(([path]) => path.endsWith("build.json"))?.[1]);

/** Reads a folder in which a build left this build.json. */
function handOverReader(): (text: string) => FoundHandOvers {
  const out = temporaryFolder();
  const folder = handOverFolder(out, parseReference(NAME));
  mkdirSync(folder, { recursive: true });
  return (text) => {
    writeFileSync(join(folder, "build.json"), text);
    return readHandOvers(out);
  };
}

describe("build.json", () => {
  const word = strangeText.map((text) => text.slice(0, 100));
  const size = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

  test("is read as it was written", () => {
    const builder = fc.record({ name: word, version: word }, { requiredKeys: ["name"] });
    const known = fc.record(
      { size, digest, recipe: digest, builder },
      { requiredKeys: ["size", "digest", "builder"] },
    );
    fc.assert(
      fc.property(collectionName, tagName, known, (collection, tag, { digest: sha256, ...said }) => {
        const out = temporaryFolder();
        const reference = parseReference(`${collection}:${tag}`);
        const folder = handOverFolder(out, reference);
        mkdirSync(folder, { recursive: true });
        const written = {
          reference,
          ...handOverFiles(folder),
          sha256: sha256.slice("sha256:".length),
          ...said,
        };
        writeHandOver(written);
        expect(readHandOvers(out)).toEqual({ handOvers: [written], problems: [] });
      }),
      { numRuns: 200 },
    );
  });

  test("is a hand-over of the folder that it lies in, or a problem, whatever a build wrote", () => {
    const read = handOverReader();
    const keys = ["schema", "reference", "size", "digest", "recipe", "builder", "name", "version"];
    const any = fc.oneof(
      mutated(GOOD),
      strangeText,
      jsonAround(keys, [1, NAME, "lab/other:1.0", "../../x:1", `sha256:${"a".repeat(64)}`]).map((data) =>
        JSON.stringify(data),
      ),
    );
    fc.assert(
      fc.property(any, (text) => {
        const { handOvers, problems } = read(text);
        expect(handOvers.length + problems.length).toBe(1);
        for (const { reference } of handOvers) expect(reference).toEqual(parseReference(NAME));
        for (const { code, place } of problems)
          expect([code, place?.file.endsWith("build.json")]).toEqual(["image", true]);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes as long to read as its text", async () => {
    await expectLinearOnTokens(handOverReader(), { beginnings: ["", '{"reference":"', '{"builder":'] });
  });
});

describe("a part of a plan", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(), (count, some) => {
        const index = (some % count) + 1;
        expect(parseShard(`${index}/${count}`)).toEqual({ index, count });
      }),
    );
  });

  test("is refused as wrong usage, or is one of that many", async () => {
    const any = fc.oneof(
      mutated("12/34"),
      strangeText,
      fc.tuple(fc.integer(), fc.integer()).map((pair) => pair.join("/")),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const shard = await expectRefused(() => parseShard(text), "usage");
        if (shard) expect(text).toMatch(/^\d+\/\d+$/);
        if (shard) expect(shard.index).toBeLessThanOrEqual(shard.count);
      }),
      { numRuns: 2000 },
    );
  });

  test("is, as a job of a matrix, every build once", () => {
    fc.assert(
      fc.property(fc.nat(1200), (count) => {
        const names = Array.from({ length: count }, (_, index) => `lab/tool:${index}`);
        const builds = names.map((name) => ({
          reference: parseReference(name),
          recipe: "",
          reason: "no record" as const,
          hasBuildScript: false,
        }));
        const { include } = githubMatrix(builds);
        expect(include.length).toBeLessThanOrEqual(256);
        expect(include.flatMap(({ references }) => references.split(" ")).sort()).toEqual(names.sort());
      }),
      { numRuns: 20 },
    );
  });
});
