import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scanRegistry } from "../src/index.ts";
import { PROJECT } from "./support/cli.ts";

const registry = scanRegistry({ root: PROJECT });
const tags = registry.collections.flatMap((collection) => collection.tags);
const digestOf = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");

test("the example registry has nothing wrong, and shows every kind of tag", () => {
  expect(registry.findings).toEqual([]);
  expect(registry.collections.length).toBeGreaterThanOrEqual(3);
  expect(new Set(tags.map(({ status }) => status))).toEqual(new Set(["built", "to build", "frozen"]));
  expect(registry.collections.every(({ description }) => description)).toBe(true);
});

test("its records are what its images are", () => {
  const named = new Set<string>();
  for (const { folder, record, definition } of tags) {
    if (!record) continue;
    const [layer] = record.layers;
    const image = readFileSync(join(PROJECT, layer?.url ?? ""));
    expect({ folder, size: image.length }).toEqual({ folder, size: record.size });
    expect(record.digest).toBe(`sha256:${digestOf("sha256", image)}`);
    expect(layer).toMatchObject({ size: record.size, digest: record.digest });
    expect(record.md5).toBe(digestOf("md5", image));
    expect(record.recipe).toBe(`sha256:${digestOf("sha256", Buffer.from(definition?.text ?? ""))}`);
    // The definition file is inside the image, byte for byte (SIF keeps it as an object of its own).
    expect(image.includes(definition?.text ?? "\0")).toBe(true);
    named.add(layer?.url ?? "");
  }
  expect(named.size).toBeGreaterThanOrEqual(2);
});

test("its images are small, and each belongs to a record", () => {
  const folder = join(PROJECT, "images/sha256");
  const files = readdirSync(folder);
  const recorded = tags.flatMap(({ record }) => record?.layers.map(({ url }) => url) ?? []);
  expect(files.filter((file) => !recorded.includes(`images/sha256/${file}`))).toEqual([]);
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(bytes).toBeLessThan(2 * 1024 * 1024);
});
