import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { ONE, TAG, sha256 } from "../support/hand-overs.ts";
import { type Files, listFiles, record2, registryOf } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

describe("stowage push", () => {
  const push = (root: string, ...args: string[]) => runCli(["push", ...args, "--root", root]);
  const rootWith = (files: Files = {}) =>
    registryOf({ "image.sif": ONE, "registry.yml": "title: x\n", ...files });

  test("begins a registry that is empty", async () => {
    const root = rootWith();
    const { status, stdout } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `lab/tool:1.0  180 KiB  images/sha256/${sha256(ONE)}.sif\n`,
    });
    expect(scanRegistry({ root }).findings).toEqual([]);
    expect(readFileSync(join(root, TAG, "README.md"), "utf8")).toContain("Built elsewhere");
  });

  test("replaces a record and keeps what a person wrote below it", async () => {
    const root = rootWith({ [`${TAG}/README.md`]: `${record2()}\nAsk the lab before you use it.\n` });
    await push(root, join(root, "image.sif"), "lab/tool:1.0");
    const text = readFileSync(join(root, TAG, "README.md"), "utf8");
    expect(text).toContain(`digest: "sha256:${sha256(ONE)}"\n`);
    expect(text).toMatch(/---\n\nAsk the lab before you use it\.\n$/);
  });

  test("stores the same image once", async () => {
    const root = rootWith();
    for (const reference of ["lab/tool:1.0", "lab/tool:latest", "lab/other:1"])
      await push(root, join(root, "image.sif"), reference);
    expect(listFiles(join(root, "images"))).toEqual([`sha256/${sha256(ONE)}.sif`]);
  });

  test("refuses a frozen tag", async () => {
    const root = rootWith({ [`${TAG}/README.md`]: record2(), [`${TAG}/.frozen`]: "" });
    const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
    expect(status).toBe(1);
    expect(stderr).toBe("stowage: lab/tool:1.0: is frozen, so it keeps its image; choose another tag\n");
    expect(existsSync(join(root, "images"))).toBe(false);
  });

  test.each(["---\nsize: x\n---\n", undefined])(
    "refuses a frozen tag that cannot be served",
    async (record) => {
      const files = record === undefined ? {} : { [`${TAG}/README.md`]: record };
      const root = rootWith({ ...files, [`${TAG}/.frozen`]: "" });
      const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
      expect(status).toBe(1);
      expect(stderr).toContain("lab/tool:1.0: is frozen, so it keeps its image");
      expect(existsSync(join(root, "images"))).toBe(false);
    },
  );

  test("refuses a tag that was frozen meanwhile", async () => {
    const remote = remoteOf({ "image.sif": ONE, [`${TAG}/README.md`]: record2() });
    const clone = remote.clone();
    const other = remote.clone();
    other.commit({ [`${TAG}/.frozen`]: "" }, "Freeze");
    other.git("push", "--quiet", "origin", "main");
    const { status, stderr } = await push(
      clone.path,
      join(clone.path, "image.sif"),
      "lab/tool:1.0",
      "--commit",
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`${TAG}/.frozen: is there by now; nothing was pushed`);
    expect(remote.log()).toEqual(["Freeze", "Begin"]);
  });

  test.each([
    ["a namespace", "registry/lab", "."],
    ["a collection", "registry/lab/tool", "."],
    ["a tag", TAG, "2.0"],
    ["the tags", "registry/lab/tool/manifests", "."],
  ])("writes no record through a link in the place of %s", async (_, path, inside) => {
    for (const target of ["elsewhere", inside]) {
      const root = rootWith({
        "elsewhere/x.txt": "",
        "registry/lab/tool/manifests/2.0/README.md": record2(),
      });
      rmSync(join(root, path), { recursive: true, force: true });
      symlinkSync(target === "elsewhere" ? join(root, target) : target, join(root, path));
      const before = listFiles(root);
      const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
      expect(status).toBe(1);
      expect(stderr).toMatch(/is a link, so no record is written there; choose another tag/);
      expect(listFiles(root)).toEqual(before);
    }
  });

  test.each([
    [["image.sif"], 2, /expected an image's file and a reference/],
    [["lab/tool:1.0", "x", "--url", "https://example.org/x.sif"], 2, /with --url expected a reference alone/],
    [["image.sif", "../../x:y"], 2, /is not a reference/],
    [["missing.sif", "lab/tool:1.0"], 1, /missing\.sif: cannot be read/],
    [["registry.yml", "lab/tool:1.0"], 1, /registry\.yml: is not a SIF file/],
    [[".", "lab/tool:1.0"], 1, /cannot be read|is not a regular file/],
    [["image.sif", "lab/tool:1.0", "--commit", "--pr"], 2, /exclude each other/],
    [["image.sif", "lab/tool:1.0", "--merge"], 2, /--merge belongs to --commit/],
    [["image.sif", "lab/tool:1.0", "--commit"], 1, /not a git repository/],
  ])("%j is refused, and nothing is stored or written", async (args, status, message) => {
    const root = rootWith();
    const before = listFiles(root);
    const result = await runCli(["push", ...args], { cwd: root });
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    if (!args.includes("--commit") || args.includes("--pr")) expect(listFiles(root)).toEqual(before);
  });

  test("prints JSON", async () => {
    const root = rootWith();
    const { stdout } = await push(root, join(root, "image.sif"), "lab/tool:1.0", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      published: [{ reference: "lab/tool:1.0", digest: `sha256:${sha256(ONE)}`, size: ONE.length }],
    });
  });
});
