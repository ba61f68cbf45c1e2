import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildSite } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { registryOf, temporaryFolder } from "../support/registry.ts";
import { NEIGHBOUR, expectHarmless, expectNeighbour, holds } from "./support.ts";

const SECRET = "the-secret-of-another-folder";

/** The error of a build whose registry.yml is wrong; fails where there is none. */
async function mistakeOf(yaml: string | Buffer): Promise<unknown> {
  const root = registryOf({ ...NEIGHBOUR, "registry.yml": yaml });
  const out = join(root, "_site");
  const error: unknown = await buildSite({ root, out }).catch((reason: unknown) => reason);
  expect(existsSync(out)).toBe(false);
  return error;
}

describe("a mistake in registry.yml stops the build at its line", () => {
  test.each([
    ["a wrong key", "title: x\ntitel: y\n", 2],
    ["a wrong key in the theme", "theme:\n  accent: '#aabbcc'\n  colour: red\n", 3],
    ["a key of JavaScript", "title: x\n__proto__: y\n", 2],
    ["a key of JavaScript in the theme", "theme:\n  __proto__: y\n", 2],
    ["a colour that leaves its rule", 'title: x\ntheme:\n  accent: "red; } body{display:none}"\n', 3],
    ["a colour with more behind it", 'theme:\n  accent: "#aabbcc; } body{}"\n', 2],
    ["a colour with a second line", 'theme:\n  accent: "#aabbcc\\n; } body{}"\n', 2],
    ["a logo above the root", "title: x\n\ntheme:\n  logo: ../../etc/passwd\n", 4],
    ["a logo above the root with a picture's name", "theme:\n  logo: a/../../../x.svg\n", 2],
    ["an absolute logo", "theme:\n  logo: /etc/logo.svg\n", 2],
    ["a logo that is a page", "theme:\n  logo: logo.html\n", 2],
    ["a tree above the root", "tree: ../../etc\n", 1],
    ["an absolute tree", "tree: /etc\n", 1],
    ["an address that is a script", "title: x\nurl: javascript:alert(1)\n", 2],
    ["a repository that is a script", "title: x\nrepository: javascript:alert(1)\n", 2],
    ["a repository with a quote", `repository: 'https://x.example/"onmouseover="x'\n`, 1],
    ["a title that is a mapping", "title: {a: b}\n", 1],
    ["aliases", "title: &a x\ndescription: *a\n", 2],
    ["lists in lists for ever", `title: x\nteams: ${"[".repeat(10_000)}`, 2],
    ["one key twice", "title: x\ntitle: y\n", 2],
    ["a zero byte", "title: x\ncontact: \0\n", 2],
  ])("%s", async (_, yaml, line) => {
    const error = await mistakeOf(yaml);
    expect(error).toMatchObject({ name: "StowageError", exitStatus: 2 });
    expect(String(error)).toMatch(new RegExp(`^StowageError: registry\\.yml:${line}: `));
  });

  test("with status 2, and the previous site stays", async () => {
    const root = registryOf(NEIGHBOUR);
    await buildSite({ root, out: join(root, "_site") });
    writeFileSync(join(root, "registry.yml"), 'title: x\n"\\e[2J\\u202E": y\n');
    const { status, stdout, stderr } = await runCli(["site"], { cwd: root });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^stowage: registry\.yml:\d+: [^\u001b\u202E]*$/);
    expectNeighbour(join(root, "_site"));
  });
});

describe("a logo", () => {
  async function buildWithLogo(prepare: (path: string) => void): Promise<{ error: unknown; out: string }> {
    const root = registryOf({ ...NEIGHBOUR, "registry.yml": "theme:\n  logo: art/logo.svg\n" });
    const out = join(root, "_site");
    const path = join(root, "art/logo.svg");
    mkdirSync(dirname(path));
    prepare(path);
    const error: unknown = await buildSite({ root, out }).catch((reason: unknown) => reason);
    return { error, out };
  }

  test("that is a symbolic link out of the root is refused", async () => {
    const { error, out } = await buildWithLogo((path) => {
      const secret = join(temporaryFolder(), "secret");
      writeFileSync(secret, SECRET);
      symlinkSync(secret, path);
    });
    expect(error).toMatchObject({ name: "StowageError", exitStatus: 2 });
    expect(existsSync(out) && holds(out, SECRET)).toBe(false);
  });

  test("in a folder that is a symbolic link out of the root is refused", async () => {
    const secret = temporaryFolder();
    writeFileSync(join(secret, "logo.svg"), SECRET);
    const root = registryOf({ ...NEIGHBOUR, "registry.yml": "theme:\n  logo: art/logo.svg\n" });
    symlinkSync(secret, join(root, "art"));
    const out = join(root, "_site");
    await expect(buildSite({ root, out })).rejects.toMatchObject({ name: "StowageError", exitStatus: 2 });
    expect(existsSync(out)).toBe(false);
  });

  test("that is a folder or nothing is refused", async () => {
    for (const prepare of [(path: string) => mkdirSync(path), () => undefined]) {
      const { error, out } = await buildWithLogo(prepare);
      expect(error).toMatchObject({ name: "StowageError", exitStatus: 2 });
      expect(existsSync(out)).toBe(false);
    }
  });
});

test("a registry.yml that is a symbolic link, too large or no UTF-8 does nothing worse than stop", async () => {
  expect(await mistakeOf(Buffer.alloc(2_000_000, "#"))).toMatchObject({ exitStatus: 2 });
  const root = registryOf(NEIGHBOUR);
  symlinkSync("/etc/passwd", join(root, "registry.yml"));
  await expect(buildSite({ root, out: join(root, "_site") })).rejects.toMatchObject({ exitStatus: 2 });
  expect(existsSync(join(root, "_site"))).toBe(false);
});

test("an --url with markup or quotes is refused or stays text", async () => {
  const root = registryOf(NEIGHBOUR);
  const out = join(root, "_site");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "https:alert(1)", "https://u:p@x.example/"]) {
    await expect(buildSite({ root, out, url })).rejects.toMatchObject({ exitStatus: 2 });
  }
  expect(existsSync(out)).toBe(false);
  await buildSite({ root, out, url: `https://x.example/"><script>'onclick='{{7*7}}/` });
  expectHarmless(out);
});
