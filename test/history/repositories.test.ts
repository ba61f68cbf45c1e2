import { chmodSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { BlobStore } from "../../src/git/blob-store.ts";
import { commitsBelow } from "../../src/git/file-history.ts";
import { temporaryFolder, writeFiles } from "../support/registry.ts";
import {
  FOLDER,
  type FileChanges,
  RECIPE,
  historyOf,
  linesOf,
  pastIn,
  pastLines,
  pastOf,
  recordOf,
  tagOf,
} from "./support.ts";

const README = `${FOLDER}/1.0/README.md`;

describe("where a registry lies", () => {
  test("may be a folder of a larger repository", async () => {
    const past = pastOf({ [`sub/${README}`]: recordOf("a") }, { [`sub/${README}`]: recordOf("b") });
    expect(await pastLines(join(past.root, "sub"))).toEqual([
      "2026-01-01 published a",
      "2026-01-02 rebuilt b",
    ]);
  });

  test("may be a repository's root", async () => {
    const past = pastOf(
      { "registry.yml": "tree: .\n", "lab/tool/manifests/1.0/README.md": recordOf("a"), "docs/x.md": "x" },
      { "lab/tool/manifests/1.0/README.md": recordOf("b") },
    );
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-02 rebuilt b"]);
  });

  test("may be another folder, reached by a link", async () => {
    const past = pastOf({ [`data/${README}`]: recordOf("a"), tree: { link: "data/registry" } });
    const history = await historyOf(past.root, "tree");
    expect(linesOf(tagOf(history))).toEqual(["2026-01-01 published a"]);
  });

  test("may be none of a repository", async () => {
    const root = temporaryFolder();
    writeFiles(root, { [README]: recordOf("a") });
    const history = await historyOf(root);
    expect(history.extent).toBe("no-repository");
    expect(linesOf(tagOf(history))).toEqual(["2025-12-24 published a"]);
  });

  test("may be a repository without a commit", async () => {
    const { root } = pastOf();
    writeFiles(root, { [README]: recordOf("a") });
    expect((await historyOf(root)).extent).toBe("no-commit");
  });

  test("may be a machine without git", async () => {
    const { root } = pastOf({ [README]: recordOf("a") });
    const path = process.env["PATH"];
    onTestFinished(() => void (process.env["PATH"] = path));
    process.env["PATH"] = temporaryFolder();
    const history = await historyOf(root);
    expect(history.extent).toBe("no-git");
    expect(linesOf(tagOf(history))).toEqual(["2025-12-24 published a"]);
  });

  test("may be a repository that is broken", async () => {
    const past = pastOf({ [README]: recordOf("a") }, { [README]: recordOf("b") });
    const tree = past.git("rev-parse", "HEAD~1^{tree}").trim();
    const file = join(past.root, ".git/objects", tree.slice(0, 2), tree.slice(2));
    chmodSync(file, 0o644);
    writeFiles(past.root, { [file.slice(past.root.length + 1)]: "no object" });
    const history = await historyOf(past.root);
    expect(history.extent).toBe("unreadable");
    expect(linesOf(tagOf(history))).toEqual(["2025-12-24 published b"]);
  });

  test("may be a shallow clone, which tells nothing of what its oldest commit has", async () => {
    const past = pastOf(
      { [README]: recordOf("a") },
      { [README]: recordOf("b") },
      { [README]: recordOf("c") },
    );
    const clone = join(temporaryFolder(), "clone");
    past.git("clone", "--quiet", "--depth=2", `file://${past.root}`, clone);
    const history = await historyOf(clone);
    expect(history.extent).toBe("cut");
    expect(linesOf(tagOf(history))).toEqual(["2025-12-24 published b", "2026-01-03 rebuilt c"]);
    expect(tagOf(history)?.entries[0]?.moment).not.toHaveProperty("commit");
  });

  test("is read along the branch itself: of a merge counts what it brought", async () => {
    const past = pastOf({ [README]: recordOf("a") });
    past.git("checkout", "--quiet", "-b", "other");
    past.commit({ [README]: recordOf("draft") });
    past.commit({ [README]: recordOf("b") });
    past.git("checkout", "--quiet", "main");
    past.commit({ "other.txt": "x" });
    past.git("merge", "--quiet", "--no-ff", "--no-edit", "other");
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-05 rebuilt b"]);
  });

  test("does not heed what its owner configured for git", async () => {
    const past = pastOf({ [README]: recordOf("a") }, { [README]: recordOf("b") });
    const mark = join(past.root, "ran");
    for (const [key, value] of [
      ["log.showRoot", "false"],
      ["log.showSignature", "true"],
      ["gpg.program", `touch ${mark}`],
      ["diff.external", `touch ${mark}`],
      ["diff.renames", "copies"],
      ["diff.noprefix", "true"],
      ["diff.relative", "false"],
      ["color.ui", "always"],
      ["core.quotePath", "true"],
      ["core.abbrev", "5"],
      ["log.date", "relative"],
      ["format.pretty", "oneline"],
      ["log.decorate", "full"],
    ])
      past.git("config", key ?? "", value ?? "");
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-02 rebuilt b"]);
    const { existsSync } = await import("node:fs");
    expect(existsSync(mark)).toBe(false);
  });
});

describe("what a stranger commits", () => {
  const HOSTILE: FileChanges = {
    'registry/lab/tool/manifests/1"0\n:100644 x/README.md': recordOf("x"),
    "registry/lab/tool/manifests/..%2f/README.md": recordOf("x"),
    "registry/lab/tool/manifests/<b>/README.md": recordOf("x"),
    "registry/lab/tool/manifests/page.html/README.md": recordOf("x"),
    "registry/lab/tool/manifests/größe/README.md": recordOf("x"),
    "registry/\nlab/tool/manifests/1.0/README.md": recordOf("x"),
    "registry/lab/tool/manifests/1.0/README.md": recordOf("a"),
  };

  test("may have any name", async () => {
    const past = pastOf();
    past.commit(
      HOSTILE,
      `0000000000000000000000000000000000000000 1\n:100644 100644 x\0${README}`.replace("\0", " "),
    );
    const history = await historyOf(past.root);
    const [collection] = history.collections.values();
    expect([...(collection?.tags.keys() ?? [])]).toEqual(["1.0"]);
    expect(linesOf(tagOf(history))).toEqual(["2026-01-01 published a"]);
  });

  test("may be larger than what is read", async () => {
    const past = pastOf(
      { [README]: recordOf("a") },
      {
        [README]: `${recordOf("big")}${" ".repeat(1024 * 1024)}`,
        [`${FOLDER}/1.0/Singularity`]: Buffer.alloc(2_000_000, "#"),
      },
      { [README]: recordOf("b"), [`${FOLDER}/1.0/Singularity`]: RECIPE },
    );
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-03 rebuilt b"]);
  });

  test("may be a link in the place of a record, which is not followed", async () => {
    const past = pastOf(
      { [README]: recordOf("a"), [`${FOLDER}/2.0/README.md`]: recordOf("b") },
      { [README]: { link: "../2.0/README.md" } },
      { [README]: recordOf("c") },
    );
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-03 rebuilt c"]);
  });

  test("may be a submodule in the place of a tag", async () => {
    const past = pastOf({ [README]: recordOf("a"), [`${FOLDER}/2.0/README.md`]: recordOf("b") });
    const inner = join(past.root, FOLDER, "1.0");
    past.commit({ [`${FOLDER}/1.0`]: undefined });
    mkdirSync(inner);
    pastIn(inner, { "README.md": recordOf("inner") });
    past.git("-c", "advice.addEmbeddedRepo=false", "add", `${FOLDER}/1.0`);
    past.git("commit", "--quiet", "--message", "Submodule");
    const lines = await pastLines(past.root);
    expect(lines.slice(0, 2)).toEqual(["2026-01-01 published a", "2026-01-02 removed"]);
    // The tree, as it is checked out, has the last word.
    expect(lines.slice(2)).toEqual(["2025-12-24 published inner"]);
  });

  test.each([
    ["before all time", "0 +0000"],
    ["after all calendars", "99999999999999 +0000"],
  ])("may be dated %s: then a commit is as old as the one before it", async (_, date) => {
    const past = pastOf({ [README]: recordOf("a") }, { [README]: recordOf("b") });
    const tree = past.git("rev-parse", "HEAD^{tree}").trim();
    const parent = past.git("rev-parse", "HEAD~1").trim();
    const text = `tree ${tree}\nparent ${parent}\nauthor A <a> ${date}\ncommitter A <a> ${date}\n\nHello\n`;
    writeFiles(past.root, { commit: text });
    const commit = past.git("hash-object", "-t", "commit", "-w", "--literally", "commit").trim();
    past.git("update-ref", "refs/heads/main", commit);
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "2026-01-01 rebuilt b"]);
  });
});

describe("git's own answers", () => {
  test("are read however they are cut into pieces", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`${"x".repeat(index % 120)}-${index}.txt`, String(index)]),
    );
    const past = pastOf(many);
    const paths: string[] = [];
    for await (const { files } of commitsBelow(realpathSync(past.root), () => true))
      for (const { path } of files) paths.push(path);
    expect(paths.sort()).toEqual(Object.keys(many).sort());
  });

  test("keep no content in memory, and none after they are closed", async () => {
    const past = pastOf({ a: "one", b: "", c: "x".repeat(100) });
    const id = (name: string) => past.git("rev-parse", `HEAD:${name}`).trim();
    const tree = past.git("rev-parse", "HEAD^{tree}").trim();
    const ids = new Set([id("a"), id("b"), id("c"), tree, "0".repeat(40)]);
    const store = await BlobStore.read(past.root, ids, 50);
    expect(store.bytes(id("a"))?.toString()).toBe("one");
    expect(store.bytes(id("b"))?.toString()).toBe("");
    expect(store.bytes(id("c"))).toBeUndefined();
    expect(store.bytes(tree)).toBeUndefined();
    store.close();
    expect(store.bytes(id("a"))).toBeUndefined();
  });
});
