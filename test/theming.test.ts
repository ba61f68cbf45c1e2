import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { buildSite } from "../src/index.ts";
import { PROJECT } from "./support/cli.ts";
import {
  DEFINITION,
  type Files,
  listFiles,
  record2,
  registryOf,
  temporaryFolder,
} from "./support/registry.ts";

const TREE: Files = {
  "registry/lab/tool/manifests/1.0/Singularity": DEFINITION,
  "registry/lab/tool/manifests/1.0/README.md": record2(),
};

async function build(files: Files): Promise<(path: string) => string> {
  const root = registryOf({ ...TREE, ...files });
  await buildSite({ root, out: join(root, "_site"), url: "https://lab.org/r/" });
  return (path) => readFileSync(join(root, "_site", path), "utf8");
}

test("a registry sets its title, colour and logo", async () => {
  const read = await build({
    "registry.yml": 'title: The lab\ntheme:\n  accent: "#7a1f5c"\n  logo: art/Logo.svg\n',
    "art/Logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  });
  expect(read("lab/tool/index.html")).toContain("<title>lab/tool · The lab</title>");
  expect(read("lab/tool/index.html")).toContain('<img src="/r/assets/logo.svg" alt=""');
  expect(read("lab/tool/index.html")).toContain('<link rel="stylesheet" href="/r/assets/theme.css">');
  expect(read("assets/theme.css")).toContain("#7a1f5c");
  expect(read("assets/logo.svg")).toContain("<svg");
});

test("a registry's template, partial and stylesheet take the place of ours of the same name", async () => {
  const read = await build({
    "templates/404.njk":
      '{% extends "base.njk" %}{% block main %}<h1>Lost in {{ site.title }}</h1>{% endblock %}',
    "templates/partials/pull.njk": "<p>Ask {{ page.pull.lines[0].command }}</p>",
    "templates/assets/style.css": "body { color: teal; }",
    "templates/assets/fonts/own.txt": "further files are served, too",
  });
  expect(read("404.html")).toContain("<h1>Lost in Container registry</h1>");
  expect(read("404.html")).toContain("<!doctype html>");
  expect(read("lab/tool/tags/1.0/index.html")).toContain(
    "<p>Ask apptainer pull tool_1.0.sif shub://lab.org/r/lab/tool:1.0</p>",
  );
  expect(read("assets/style.css")).toBe("body { color: teal; }");
  expect(read("assets/site.js")).not.toBe("");
  expect(read("assets/fonts/own.txt")).toBe("further files are served, too");
});

test("what a template prints is escaped", async () => {
  const read = await build({
    "registry/lab/tool/README.md": "---\ndescription: <b>bold</b>\n---\n",
    "templates/collection.njk": "{{ page.description }}",
  });
  expect(read("lab/tool/index.html")).toBe("&lt;b&gt;bold&lt;/b&gt;");
});

test("eleventy --config=.eleventy.ts writes the same site", async () => {
  const theirs = join(temporaryFolder(), "theirs");
  const ours = join(temporaryFolder(), "ours");
  const cli = join(PROJECT, "node_modules/@11ty/eleventy/cmd.cjs");
  const args = ["--import", "tsx", cli, "--config=.eleventy.ts", `--output=${theirs}`, "--quiet"];
  await promisify(execFile)(process.execPath, args, { cwd: PROJECT });
  await buildSite({ root: PROJECT, out: ours });
  expect(listFiles(theirs)).toEqual(listFiles(ours).filter((path) => path !== ".stowage-site"));
  for (const path of listFiles(theirs)) {
    expect(readFileSync(join(theirs, path)).equals(readFileSync(join(ours, path)))).toBe(true);
  }
});
