import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf } from "../support/registry.ts";
import { NEIGHBOUR, expectNeighbour, holds, payload, places, siteOf, textsOf } from "./support.ts";

describe("front matter that is a program", () => {
  const LANGUAGES = ["js", " js", "javascript", "JS", "coffee", "cson", "toml", "json", "js yaml"];

  test.each(LANGUAGES)("`---%s` is not run, and withholds the collection", async (language) => {
    const { code, marker } = payload();
    const readme = `---${language}\n{ "description": ${code} }\n---\nbody-of-it\n`;
    const { findings, out } = await siteOf({
      "registry/bad/one/README.md": readme,
      "registry/bad/one/manifests/latest/Singularity": DEFINITION,
    });
    expect(places(findings)).toEqual(["registry/bad/one/README.md:1 bad-front-matter"]);
    expect(existsSync(join(out, "bad"))).toBe(false);
    expect(existsSync(marker)).toBe(false);
  });

  test("is not run in a record, which withholds its tag alone", async () => {
    const { code, marker } = payload();
    const { findings, out } = await siteOf({
      "registry/bad/one/manifests/1.0/Singularity": DEFINITION,
      "registry/bad/one/manifests/1.0/README.md": `---js\nmodule.exports = ${code}\n---\n`,
      "registry/bad/one/manifests/2.0/Singularity": DEFINITION,
    });
    expect(places(findings)).toEqual(["registry/bad/one/manifests/1.0/README.md:1 bad-front-matter"]);
    expect(existsSync(join(out, "bad/one/tags/1.0"))).toBe(false);
    expect(existsSync(join(out, "bad/one/tags/2.0/index.html"))).toBe(true);
    expect(existsSync(marker)).toBe(false);
  });

  test("is not run behind a byte-order mark, nor through a YAML tag", async () => {
    const { code, marker } = payload();
    const { findings } = await siteOf({
      "registry/bad/mark/README.md": `\uFEFF---js\n{ a: ${code} }\n---\n`,
      "registry/bad/mark/manifests/latest/Singularity": DEFINITION,
      "registry/bad/tagged/README.md": `---\ndescription: !!js/function 'function () { ${code} }'\n---\n`,
      "registry/bad/tagged/manifests/latest/Singularity": DEFINITION,
    });
    expect(places(findings)).toEqual([
      "registry/bad/mark/README.md:1 bad-front-matter",
      "registry/bad/tagged/README.md:2 bad-front-matter",
    ]);
    expect(existsSync(marker)).toBe(false);
  });
});

/** What Eleventy would read, run or obey if it looked into a folder. */
function eleventyTraps(folder: string, code: string): Files {
  const traps = {
    "package.json": '{ "broken": ',
    ".eleventyignore": "**\n",
    ".gitignore": "**\n",
    ".eleventy.js": `${code}; module.exports = () => { ${code} };`,
    "eleventy.config.js": `${code}; module.exports = () => { ${code} };`,
    "eleventy.config.cjs": `${code}; module.exports = () => { ${code} };`,
    "eleventy.config.mjs": `import { createRequire } from "node:module"; const require = createRequire("/"); ${code};`,
    "_data/evil.js": `${code}; module.exports = {};`,
    "_data/pages.js": `${code}; module.exports = [];`,
    "_data/eleventyComputed.cjs": `${code}; module.exports = {};`,
    "_includes/base.njk": "{{ 'over' + 'ridden' }}",
    "evil.11tydata.js": `${code}; module.exports = {};`,
    "evil.11tydata.cjs": `${code}; module.exports = { layout: "evil" };`,
    "evil.11tydata.json": "{ broken",
    "index.11ty.js": `${code}; module.exports = () => "over" + "ridden";`,
    "index.njk": "{{ 'over' + 'ridden' }}",
    "index.liquid": "{{ 'over' | append: 'ridden' }}",
  };
  return Object.fromEntries(Object.entries(traps).map(([name, text]) => [folder + name, text]));
}

test("nothing that Eleventy knows is read in the root, the tree or the working folder", async () => {
  const { code, marker } = payload();
  const plain = registryOf(NEIGHBOUR);
  const trapped = registryOf({
    ...NEIGHBOUR,
    ...eleventyTraps("", code),
    ...eleventyTraps("registry/", code),
    ...eleventyTraps("registry/good/", code),
    ...eleventyTraps("registry/good/neighbour/", code),
    ...eleventyTraps("registry/good/neighbour/manifests/latest/", code),
    "registry/registry.11tydata.js": `${code};`,
    "templates/templates.11tydata.js": `${code};`,
    "templates/_data/evil.js": `${code};`,
  });
  for (const root of [plain, trapped]) {
    const result = await runCli(["site", "--quiet"], { cwd: root });
    expect(result).toEqual({ status: 0, stdout: "", stderr: "" });
    expectNeighbour(join(root, "_site"));
  }
  const files = listFiles(join(plain, "_site"));
  expect(listFiles(join(trapped, "_site"))).toEqual(files);
  for (const file of files) {
    expect(readFileSync(join(trapped, "_site", file)), file).toEqual(
      readFileSync(join(plain, "_site", file)),
    );
  }
  expect(existsSync(marker)).toBe(false);
});

describe("template language", () => {
  const { stringify } = JSON;
  /** Each shows at once if it is evaluated: 1764 is 42 times 42. */
  const TEMPLATES = [
    "{{ 42 * 42 }}",
    "{{ 42 | times: 42 }}",
    "{% set a = 42 %}{{ a * a }}",
    "{% include 'base.njk' %}",
    "{% raw %}x",
    "{# a comment #}",
    "{{ page.description }}",
    "<%= 42 * 42 %>",
    "${42 * 42}",
    "{{{ 42 }}}",
    "{%- if true -%}",
    "{% endblock %}",
  ];

  test.each(TEMPLATES)("%s shows as written wherever it stands", async (text) => {
    const front = `description: ${stringify(text)}\nowners: [${stringify(text)}]\ntopics: [${stringify(text)}]\n`;
    const { out, read, findings } = await siteOf({
      "registry.yml": `title: ${stringify(text)}\ndescription: ${stringify(text)}\n`,
      "registry/bad/one/README.md": `---\n${front}license: ${stringify(text)}\n---\n    ${text}\n`,
      "registry/bad/one/manifests/latest/Singularity": `# ${text}\n`,
      "registry/bad/one/manifests/latest/README.md": record2(`labels:\n  key: ${stringify(text)}\n`),
    });
    expect(findings).toEqual([]);
    const page = textsOf(read("bad/one/index.html"));
    // Readme, description, owners, topics and licence, at least.
    expect(page.filter((shown) => shown === text).length).toBeGreaterThanOrEqual(5);
    expect(textsOf(read("index.html"))).toContain(text);
    expect(textsOf(read("bad/one/tags/latest/index.html"))).toEqual(
      expect.arrayContaining([text, `# ${text}`]),
    );
    expect(JSON.parse(read("api/v1/collections/bad/one.json"))).toMatchObject({ description: text });
    expect(holds(out, "1764")).toBe(false);
  });

  test("that would run code through a constructor runs nothing", async () => {
    const { code, marker } = payload();
    const text = `{{ range.constructor(${stringify(`process.mainModule.${code}`)})() }}`;
    await siteOf({
      "registry/bad/one/README.md": `---\ndescription: ${stringify(text)}\n---\n${text}\n`,
      "registry/bad/one/manifests/latest/Singularity": `${text}\n`,
    });
    expect(existsSync(marker)).toBe(false);
  });
});
