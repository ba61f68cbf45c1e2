import { expect, test } from "vitest";
import { ServedIndex } from "../../bench/search-visitor.ts";
import { DEFINITION, type Files, record2 } from "../support/registry.ts";
import { definition, indexOf, namesFor } from "./support.ts";

const JAVASCRIPT = ["constructor", "hasOwnProperty", "valueOf", "toString"];

test.each([...JAVASCRIPT, "__proto__"])("a name of JavaScript is a name: %s", async (word) => {
  const front = JSON.stringify({ description: `a ${word} b`, topics: [word] });
  const files: Files = {
    "registry/a/tool/README.md": `---\n${front}\n---\n`,
    "registry/a/tool/manifests/x/Singularity": definition(
      `%labels\n    ${word} ${word}\n%apprun ${word}\n    true\n`,
    ),
  };
  expect(await namesFor(await indexOf(files), word)).toEqual(["a/tool"]);
  expect(
    await namesFor(await indexOf({ "registry/a/tool/manifests/x/Singularity": DEFINITION }), word),
  ).toEqual([]);
});

test.each(JAVASCRIPT)("a collection that is called %s is found, also by a facet", async (word) => {
  const visitor = (
    await indexOf({ [`registry/${word}/${word}/manifests/${word}/Singularity`]: DEFINITION })
  ).visitor();
  expect((await visitor.ask(word)).names).toEqual([`${word}/${word}`]);
  expect((await visitor.narrow("", { namespace: [word] })).ids).toHaveLength(1);
});

test("markup stays text, and no piece holds an angle bracket", async () => {
  const markup = "</script><img src=x onerror=alert(1)>";
  const served = await indexOf({
    "registry/a/tool/README.md": `---\n${JSON.stringify({ description: markup, topics: [markup] })}\n---\n`,
    "registry/a/tool/manifests/x/Singularity": DEFINITION,
  });
  for (const [path, body] of served.bodies) expect(body, path).not.toContain("<");
  const { index } = served.visitor();
  const { ids } = await index.search("onerror");
  expect(await index.results(ids)).toMatchObject([{ name: "a/tool", description: markup, topics: [markup] }]);
});

test("a very long word is found by its beginning and by all of it", async () => {
  const word = "long".repeat(250);
  const served = await indexOf({
    "registry/a/tool/README.md": `---\ndescription: ${word}\n---\n`,
    "registry/a/tool/manifests/x/Singularity": DEFINITION,
  });
  for (const query of ["longlong", word]) expect(await namesFor(served, query)).toEqual(["a/tool"]);
});

test("a collection of a thousand tags is found by each, and its result stays small", async () => {
  const tags = Array.from({ length: 1000 }, (_, index) => `1.${index}-x`);
  const served = await indexOf(
    Object.fromEntries(tags.map((tag) => [`registry/a/tool/manifests/${tag}/README.md`, record2()])),
  );
  for (const tag of tags) expect(await namesFor(served, tag)).toEqual(["a/tool"]);
  const { index } = served.visitor();
  const [result] = await index.results(Uint32Array.of(0));
  expect(JSON.stringify(result).length).toBeLessThan(1000);
});

test("words that all begin alike make no more pieces than their number and length do", async () => {
  const same = "a".repeat(60);
  const files = Array.from({ length: 400 }, (_, index) => {
    const words = Array.from({ length: 20 }, (_word, place) => `${same.slice(0, 20)}${index}x${place}`).join(
      " ",
    );
    return [
      [`registry/a/t${index}/README.md`, `---\ndescription: ${words}\n---\n`],
      [`registry/a/t${index}/manifests/x/README.md`, record2()],
    ] as const;
  });
  const served = await indexOf(Object.fromEntries(files.flat()));
  expect(served.bodies.size).toBeLessThan(200);
  expect((await served.visitor().ask("aaaa")).ids).toHaveLength(400);
});

test("a question of ten thousand words is answered", async () => {
  const served = await indexOf({ "registry/a/tool/manifests/x/Singularity": DEFINITION });
  expect(await namesFor(served, "tool ".repeat(10_000))).toEqual(["a/tool"]);
  expect(await namesFor(served, "\u0000\ud800 ))) [tool] \\ * ?")).toEqual(["a/tool"]);
});

test("an empty registry has an index, too", async () => {
  const visitor = (await ServedIndex.of([])).visitor();
  expect((await visitor.ask("anything")).ids).toHaveLength(0);
  expect((await visitor.ask("")).ids).toHaveLength(0);
  expect((await visitor.narrow("x", {})).facets).toEqual([]);
});
