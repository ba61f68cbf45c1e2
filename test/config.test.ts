import { describe, expect, test } from "vitest";
import { StowageError, scanRegistry } from "../src/index.ts";
import { DEFINITION, type Files, registryOf } from "./support/registry.ts";

const scan = (files: Files) => scanRegistry({ root: registryOf(files) });

describe("registry.yml", () => {
  const tree = { "registry/lab/tool/manifests/1.0/Singularity": DEFINITION };
  const failure = (text: string): StowageError => {
    try {
      scan({ ...tree, "registry.yml": text });
    } catch (error) {
      if (error instanceof StowageError) return error;
    }
    throw new Error("nothing was thrown");
  };

  test("is optional, and may be empty or full of comments", () => {
    for (const text of ["", "# nothing\n", "\uFEFFtitle: A\n"]) {
      expect(scan({ ...tree, "registry.yml": text }).collections).toHaveLength(1);
    }
  });

  test.each([
    ["colour: red\n", "registry.yml:1: unknown key colour; expected one of title, description, url"],
    ["title: A\ntheme:\n  accent: red\n", "registry.yml:3: theme.accent is not right; expected"],
    ["title: A\ntitle: B\n", "registry.yml:2: not YAML: duplicated mapping key"],
    ["title: [\n", "registry.yml:2: not YAML"],
    ["- a\n", "registry.yml:1: not YAML: expected keys and values"],
    ["url: lab.github.io\n", "registry.yml:1: url is not right; expected"],
  ])("%j stops with the line and what is expected", (text, message) => {
    const error = failure(text);
    expect(error.message).toContain(message);
    expect(error.exitStatus).toBe(2);
  });
});

describe("a tree that is not there", () => {
  test("is one clear sentence", () => {
    expect(() => scan({ "README.md": "" })).toThrow(
      /^no tree at .*registry: there is no such folder; name it with --tree/,
    );
  });

  test("or empty is one, too", () => {
    expect(() => scan({ "registry/vanessa/README.md": "" })).toThrow(
      /^registry: no collection in it; expected registry\/<namespace>/,
    );
  });
});
