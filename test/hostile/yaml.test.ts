import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFINITION, record2 } from "../support/registry.ts";
import { type HostileSite, expectHarmless, places, siteOf } from "./support.ts";

const BAD = "registry/bad/one";
const { stringify } = JSON;

/** A collection with this front matter in its README.md. */
function collectionOf(yaml: string): Promise<HostileSite> {
  return siteOf({
    [`${BAD}/README.md`]: `---\n${yaml}\n---\n`,
    [`${BAD}/manifests/1.0/Singularity`]: DEFINITION,
  });
}

describe("front matter that cannot be read withholds the collection, with its line", () => {
  const laughs = ["a: &a [lol, lol, lol, lol]"];
  for (let i = 0; i < 12; i++) {
    const [name, next] = ["abcdefghijklm"[i], "abcdefghijklm"[i + 1]];
    laughs.push(
      `${next}: &${next} [*${name}, *${name}, *${name}, *${name}, *${name}, *${name}, *${name}, *${name}]`,
    );
  }

  test.each([
    ["aliases that expand to 4 * 8^12 words", laughs.join("\n"), 3],
    ["an alias of itself", "description: ok\na: &a [*a]", 3],
    ["merged aliases", "a: &a {b: c}\nd:\n  <<: *a", 4],
    ["lists in lists for ever", `a: ${"[".repeat(10_000)}`, 2],
    ["mappings in mappings for ever", `a: ${"{a: ".repeat(10_000)}`, 2],
    ["keys of keys for ever", `description: ok\n${"? ".repeat(10_000)}`, 3],
    ["one key twice", "visibility: private\nvisibility: public", 3],
    ["a zero byte", "description: ok\nlicense: \0", 3],
    ["a list", "- a\n- b", 1],
    ["a word", "private", 1],
    ["two documents", "visibility: private\n...\na: b", undefined],
    ["a mapping as a key", "{[a]: b}", undefined],
  ])("%s", async (_, yaml, line) => {
    const { findings, out } = await collectionOf(yaml);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: "bad-front-matter", file: `${BAD}/README.md` });
    if (line !== undefined) expect(findings[0]?.line).toBe(line);
    expect(existsSync(join(out, "bad"))).toBe(false);
  });
});

test("keys that mean something to JavaScript mean nothing", async () => {
  const evil = "{visibility: private, deprecated: true, description: evil, isPrivate: true, polluted: yes}";
  const { findings, read } = await siteOf({
    [`${BAD}/README.md`]: `---\n__proto__: ${evil}\nconstructor: {prototype: ${evil}}\n"__proto__ ": ${evil}\ntoString: x\n---\n`,
    [`${BAD}/manifests/1.0/README.md`]: record2(
      "__proto__: {labels: {a: b}}\nlabels:\n  __proto__: shown\n  constructor: shown\n  hasOwnProperty: shown\n",
    ),
  });
  expect(findings).toEqual([]);
  expect(Object.prototype).not.toHaveProperty("polluted");
  const collection = JSON.parse(read("api/v1/collections/bad/one.json")) as Record<string, unknown>;
  expect(Object.keys(collection)).not.toContain("description");
  expect(Object.keys(collection)).not.toContain("deprecated");
  expect(read("api/v1/collections/bad/one.json")).toContain('"__proto__": "shown"');
  for (const key of ["__proto__", "constructor", "hasOwnProperty"]) {
    expect(read("bad/one/tags/1.0/index.html")).toContain(`<dt>${key}</dt><dd>shown</dd>`);
  }
});

test("a key that hides where the schema does not look cannot stand for one that it asks for", async () => {
  const { findings, out } = await siteOf({
    [`${BAD}/manifests/1.0/Singularity`]: DEFINITION,
    [`${BAD}/manifests/1.0/README.md`]: `---\n__proto__: {size: 1, digest: "x", layers: []}\n---\n`,
  });
  expect(findings.map(({ code }) => code)).toEqual(["bad-record"]);
  expect(existsSync(join(out, "bad/one/manifests/1.0/index.json"))).toBe(false);
});

describe("a value that is not right is left out, and the rest is shown", () => {
  test.each([
    ["description", `[a]`],
    ["description", stringify("x".repeat(2001))],
    ["owners", "{__proto__: [a]}"],
    ["owners", "vsoch"],
    ["topics", `[[a]]`],
    ["topics", `["${"x".repeat(201)}"]`],
    ["license", "{a: b}"],
  ])("%s: %s", async (key, value) => {
    const { findings, read, out } = await collectionOf(`deprecated: use another\n${key}: ${value}`);
    expect(places(findings)).toEqual([`${BAD}/README.md:3 bad-value`]);
    expect(JSON.parse(read("api/v1/collections/bad/one.json"))).toMatchObject({ deprecated: "use another" });
    expectHarmless(out);
  });

  test.each(["[private]", "Private", "secret", "{a: b}", "true"])(
    "but `visibility: %s` withholds it",
    async (value) => {
      const { findings, out } = await collectionOf(`visibility: ${value}`);
      expect(places(findings)).toEqual([`${BAD}/README.md:2 bad-value`]);
      expect(existsSync(join(out, "bad"))).toBe(false);
    },
  );

  // Parsing again for each of 350,000 mistakes took hours; this many show it in seconds.
  test.each(["owners", "topics"])("and thousands of mistakes in %s are one finding", async (key) => {
    const { findings } = await collectionOf(`${key}: [${'"", '.repeat(2000)}]`);
    expect(places(findings)).toEqual([`${BAD}/README.md:2 bad-value`]);
  });
});

test.each([
  [
    "thousands of empty layers",
    record2().replace(/layers:[\s\S]*\n---/, `layers: [${"{}, ".repeat(2000)}]\n---`),
  ],
  [
    "thousands of wrong labels",
    record2(`labels: {${Array.from({ length: 900 }, (_, i) => `k${i}: []`).join(", ")}}\n`),
  ],
  ["a size beyond all numbers", record2().replace("1048576", "9".repeat(400))],
  ["an infinite size", record2().replace("1048576", "Infinity")],
  ["a size with an exponent beyond all numbers", record2().replace("1048576", "1e999")],
  ["a negative size", record2().replace("1048576", "-1")],
  ["a digest that is a path", record2().replace(/sha256:\w+/, "sha256:../../../../etc/passwd")],
])("a record with %s is one finding and withholds its tag", async (_, record) => {
  const { findings, out } = await siteOf({
    [`${BAD}/manifests/1.0/README.md`]: record,
    [`${BAD}/manifests/2.0/Singularity`]: DEFINITION,
  });
  expect(new Set(findings.map(({ file, code }) => `${file} ${code}`))).toEqual(
    new Set([`${BAD}/manifests/1.0/README.md bad-record`]),
  );
  expect(findings).toHaveLength(1);
  expect(existsSync(join(out, "bad/one/tags/1.0"))).toBe(false);
  expect(existsSync(join(out, "bad/one/tags/2.0/index.html"))).toBe(true);
});
