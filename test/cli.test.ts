import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT, runCli } from "./support/cli.ts";
import { DEFINITION, RECORD_2019, record2, registryOf, temporaryFolder } from "./support/registry.ts";

const tree = {
  "vanessa/fortune/manifests/latest/Singularity": DEFINITION,
  "vanessa/fortune/manifests/latest/README.md": RECORD_2019,
  "vanessa/fortune/manifests/2.0/README.md": record2(),
  "vanessa/fortune/manifests/2.0/.frozen": "",
  "vanessa/fortune/manifests/dev/Singularity": DEFINITION,
};
const bad = { ...tree, "vanessa/fortune/manifests/b d/Singularity": DEFINITION };

describe("stowage site", () => {
  test("builds a bare tree with defaults", async () => {
    const root = registryOf(tree);
    const out = join(root, "out");
    const result = await runCli(["site", "--tree", root, "--out", out, "--url", "https://a.org/r/"], {
      cwd: temporaryFolder(),
    });
    expect(result).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+ files in /), stderr: "" });
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain('href="/r/vanessa/fortune/"');
  });

  test("tells findings with their place, builds the rest, and fails with --strict", async () => {
    const root = registryOf(bad);
    const args = ["site", "--tree", root, "--out", join(root, "out"), "--url", "https://a.org/"];
    const lenient = await runCli(args);
    expect(lenient.status).toBe(0);
    expect(lenient.stderr).toMatch(
      /vanessa\/fortune\/manifests\/b d: error: the name "b d" cannot be served; expected .* \[bad-name\]\n$/,
    );
    expect(existsSync(join(root, "out/vanessa/fortune/index.html"))).toBe(true);
    const strict = await runCli([...args.slice(0, 4), join(root, "strict"), "--strict"]);
    expect(strict.status).toBe(1);
    expect(strict.stderr).toMatch(/\[bad-name\]\nstowage: one finding, and --strict was asked for\n$/);
    expect(existsSync(join(root, "strict"))).toBe(false);
  });

  test("prints JSON and nothing else on stdout when asked", async () => {
    const root = registryOf(bad);
    const { stdout } = await runCli(["site", "--tree", root, "--out", join(root, "out"), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ code: "bad-name", args: { name: "b d" } }] });
  });
});

describe("stowage status", () => {
  test("shows each tag's status as a table", async () => {
    const { status, stdout, stderr } = await runCli(["status", "--tree", registryOf(tree)]);
    expect(status).toBe(0);
    expect(stdout).toBe(`REFERENCE               STATUS    SIZE     CREATED     ARCH
vanessa/fortune:2.0     frozen    1.0 MiB  2026-11-20  amd64
vanessa/fortune:dev     to build
vanessa/fortune:latest  built
`);
    expect(stderr).toBe("1 collection, 3 tags: 1 built, 1 to build, 1 frozen, 0 stale\n");
  });

  test("prints JSON for jq", async () => {
    const { stdout } = await runCli(["status", "--json", "--tree", registryOf(tree)]);
    expect(JSON.parse(stdout)).toMatchObject({
      tags: [
        { reference: "vanessa/fortune:2.0", status: "frozen", size: 1_048_576 },
        { reference: "vanessa/fortune:dev", status: "to build" },
        { reference: "vanessa/fortune:latest", status: "built", digest: expect.stringMatching(/^sha256:/) },
      ],
      findings: [],
    });
  });
});

describe("stowage new", () => {
  test("writes a recipe that is to be built, and never writes over one", async () => {
    const root = registryOf({ "registry/vanessa/salad/README.md": "mine" });
    const made = await runCli(["new", "vanessa/salad:1.0", "--root", root]);
    expect(made.status).toBe(0);
    expect(made.stdout).toBe(`${join(root, "registry/vanessa/salad/manifests/1.0/Singularity")}\n`);
    expect(readFileSync(join(root, "registry/vanessa/salad/README.md"), "utf8")).toBe("mine");
    const { stdout } = await runCli(["status", "--root", root, "--json", "--strict"]);
    expect(JSON.parse(stdout)).toMatchObject({
      tags: [{ reference: "vanessa/salad:1.0", status: "to build" }],
    });
    const again = await runCli(["new", "vanessa/salad:1.0", "--root", root]);
    expect(again).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("is there already"),
    });
  });

  test.each([
    ["salad"],
    ["vanessa/../x:1"],
    ["vanessa/salad:a b"],
    ["tags/x"],
    ["api/x"],
    ["vanessa/x:index.json"],
  ])("refuses %s as a reference", async (reference) => {
    const root = temporaryFolder();
    const result = await runCli(["new", reference, "--root", root]);
    expect(result).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^stowage: ".*" is not a reference; expected .*\n$/),
    });
    expect(existsSync(join(root, "registry"))).toBe(false);
  });
});

test("a checkout runs its commands by npm, without being built", async () => {
  const args = ["run", "--silent", "stowage", "--", "status", "--json"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: PROJECT });
  expect(JSON.parse(stdout)).toMatchObject({ findings: [] });
});

describe("wrong usage", () => {
  const empty = () => temporaryFolder();
  test.each([
    ["an unknown command", ["sit"], 2, /^stowage: unknown command 'sit' \(Did you mean site\?\)\n$/],
    ["an unknown option", ["site", "--bad"], 2, /^stowage: unknown option '--bad'.*\n$/],
    [
      "a URL without a scheme",
      ["site", "--tree", "TREE", "--url", "a.org/x"],
      2,
      /^stowage: "a.org\/x" is not the address of a site; expected http.*\n$/,
    ],
    [
      "a URL with a user",
      ["site", "--tree", "TREE", "--url", "https://u:p@a.org/"],
      2,
      /is not the address of a site/,
    ],
    [
      "a tree that is not there",
      ["site", "--tree", "/nowhere/at/all"],
      1,
      /^stowage: no tree at \/nowhere\/at\/all: there is no such folder; .*\n$/,
    ],
    ["an empty tree", ["site", "--tree", "."], 1, /^stowage: .*: no collection in it; expected .*\n$/],
    ["no tree", ["status"], 1, /^stowage: no tree at registry: .*\n$/],
    [
      "a tree that is a file",
      ["site", "--tree", "TREE/vanessa/fortune/manifests/dev/Singularity"],
      1,
      /^stowage: .*\n$/,
    ],
    [
      "a root that is not there",
      ["site", "--root", "/nowhere", "--tree", "TREE"],
      2,
      /^stowage: no folder at \/nowhere; .*\n$/,
    ],
    [
      "a new recipe in no folder",
      ["new", "a/b", "--root", "/nowhere"],
      2,
      /^stowage: no folder at \/nowhere; .*\n$/,
    ],
    [
      "an output below a file",
      ["site", "--tree", "TREE", "--out", "/etc/hostname/x"],
      2,
      /^stowage: .*cannot be written: ENOTDIR.*\n$/,
    ],
    [
      "a recipe below a file",
      ["new", "a/b", "--tree", "/etc/hostname"],
      2,
      /^stowage: .*cannot be written: .*\n$/,
    ],
    ["no reference", ["new"], 2, /missing required argument 'ref'/],
  ] as const)("such as %s is one sentence", async (_, args, status, message) => {
    const root = registryOf(tree);
    const cwd = empty();
    const result = await runCli(
      args.map((arg) => arg.replace("TREE", root)),
      { cwd },
    );
    expect({ ...result, stderr: "" }).toEqual({ status, stdout: "", stderr: "" });
    expect(result.stderr).toMatch(message);
    expect(existsSync(join(cwd, "_site"))).toBe(false);
  });

  test("is not asking for help, which every command gives with an example", async () => {
    for (const args of [
      ["--help"],
      ["site", "--help"],
      ["serve", "--help"],
      ["status", "--help"],
      ["new", "--help"],
    ]) {
      const { status, stdout } = await runCli(args);
      expect(status).toBe(0);
      expect(stdout).toContain("Usage: stowage");
      if (args.length > 1) expect(stdout).toMatch(/Examples?:\n {2}\$ stowage/);
    }
  });
});
