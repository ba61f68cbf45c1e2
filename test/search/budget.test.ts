import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../bench/random.ts";
import { searchableCollections } from "../../bench/search-registry.ts";
import { ServedIndex, mistyped, scriptBytes, someNames } from "../../bench/search-visitor.ts";
import type { Collection } from "../../src/registry/model.ts";

/** What the first answer may cost a visitor, in bytes as gzip has them. */
const MOST_BYTES = 60_000;
/** Milliseconds of one processor. Here much slower machines and a cold program are allowed for. */
const LONGEST_ANSWER = 50;

describe("a registry of 1000 collections", () => {
  let collections: Collection[];
  let served: ServedIndex;
  beforeAll(async () => {
    collections = searchableCollections(1000);
    served = await ServedIndex.of(collections);
  });

  test("costs a visitor no more than it may, whatever is asked first", async () => {
    const random = seededRandom(3);
    const names = someNames(collections, 40).filter((name) => name.length >= 5);
    const wrong = names.map((name) => mistyped(name, random));
    for (const query of ["a", "b", "c", "x", "y", "z", ...names, ...wrong, "genome analysis ubuntu", "the"]) {
      const visitor = served.visitor();
      await visitor.ask(query);
      expect(visitor.traffic.bytes + scriptBytes(), query).toBeLessThan(MOST_BYTES);
    }
  });

  test("answers within its time once the program is warm", async () => {
    const visitor = served.visitor();
    const queries = someNames(collections, 30).flatMap((name) => [name.slice(0, 1), name.slice(0, 3), name]);
    for (const query of queries) await visitor.ask(query);
    for (const query of queries) {
      const before = process.cpuUsage();
      await visitor.ask(query);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000, query).toBeLessThan(LONGEST_ANSWER);
    }
  });

  test("finds every name by itself, first", async () => {
    const visitor = served.visitor();
    for (const { name } of collections) {
      const [first] = (await visitor.ask(name)).names;
      expect(first).toBe(name);
    }
  });

  test("finds names from their first letters", async () => {
    const visitor = served.visitor();
    for (const name of someNames(collections, 60)) {
      const { names } = await visitor.ask(name.slice(0, 2));
      expect(names[0]).toContain(`/${name.slice(0, 2)}`);
    }
  });

  test("finds nine in ten names that are mistyped, among those that are shown", async () => {
    const random = seededRandom(5);
    const visitor = served.visitor();
    const names = someNames(collections, 300).filter((name) => name.length >= 5);
    let found = 0;
    for (const name of names) {
      const { names: shown } = await visitor.ask(mistyped(name, random));
      if (shown.some((one) => one.endsWith(`/${name}`))) found++;
    }
    expect(found / names.length).toBeGreaterThan(0.9);
  });

  test("has pieces of a bounded size, and few of them", () => {
    for (const [path, body] of served.bodies) expect(gzipSync(body).length, path).toBeLessThan(16_000);
    expect(served.bodies.size).toBeLessThan(250);
  });
});
