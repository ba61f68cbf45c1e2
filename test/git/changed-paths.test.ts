import { describe, expect, test } from "vitest";
import { changedPaths } from "../../src/git/changed-paths.ts";
import { registryOf, writeFiles } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

/** Names that a shell, git itself or a reader of its output may take for something else. */
const HOSTILE_NAMES = [
  "$(touch owned)",
  "`id`",
  "a b;c",
  "new\nline",
  "-rf",
  "ü ✓",
  "::error file=x::y",
  "${{ secrets.X }}",
  ":(top)x",
  "*",
  '"quoted"',
];

describe("the paths that a branch changes", () => {
  test("are what differs from where it left the other, whatever happened there since", async () => {
    const remote = remoteOf({ "kept.txt": "1", "removed.txt": "1", "folder/changed.txt": "1" });
    const ours = remote.clone();
    const theirs = remote.clone();
    theirs.commit({ "theirs.txt": "2" });
    theirs.git("push", "--quiet", "origin", "main");
    ours.git("switch", "--quiet", "--create", "branch");
    ours.git("rm", "--quiet", "removed.txt");
    ours.commit({ "folder/changed.txt": "2", "added.txt": "2" });
    ours.git("fetch", "--quiet");
    expect(await changedPaths(ours.path, "origin/main")).toEqual([
      "added.txt",
      "folder/changed.txt",
      "removed.txt",
    ]);
  });

  test("include what is not committed yet", async () => {
    const clone = remoteOf({ "a.txt": "1", "b.txt": "1" }).clone();
    writeFiles(clone.path, { "a.txt": "2", "c.txt": "2" });
    expect(await changedPaths(clone.path, "main")).toEqual(["a.txt", "c.txt"]);
  });

  test("are relative to the registry, which may be a folder of the repository", async () => {
    const clone = remoteOf({ "registries/lab/x.txt": "1" }).clone();
    clone.commit({ "registries/lab/x.txt": "2", "outside.txt": "2" });
    expect(await changedPaths(`${clone.path}/registries/lab`, "HEAD~1")).toEqual(["../outside.txt", "x.txt"]);
  });

  test("are read as they are, however they are called", async () => {
    const clone = remoteOf({ "x.txt": "1" }).clone();
    clone.commit(Object.fromEntries(HOSTILE_NAMES.map((name) => [`d/${name}`, "2"])));
    expect(await changedPaths(clone.path, "HEAD~1")).toEqual(HOSTILE_NAMES.map((name) => `d/${name}`).sort());
  });

  test("have both names of a file that moved", async () => {
    const clone = remoteOf({ "old.txt": "the same text in both, long enough to be known again\n" }).clone();
    clone.git("mv", "old.txt", "new.txt");
    clone.commit({});
    expect(await changedPaths(clone.path, "HEAD~1")).toEqual(["new.txt", "old.txt"]);
  });
});

describe("a revision that cannot be compared with", () => {
  test.each(["nothing", "--output=/tmp/owned", "-x", "HEAD; id", "main..x", ""])(
    "%j is refused as wrong usage",
    async (revision) => {
      const clone = remoteOf({ "a.txt": "1" }).clone();
      const attempt = changedPaths(clone.path, revision);
      await expect(attempt).rejects.toMatchObject({ code: "usage" });
      await expect(attempt).rejects.toThrow(/is no commit here; expected a branch/);
    },
  );

  test("without a common history says what to fetch", async () => {
    const clone = remoteOf({ "a.txt": "1" }).clone();
    clone.git("switch", "--quiet", "--orphan", "other");
    clone.commit({ "b.txt": "1" });
    await expect(changedPaths(clone.path, "main")).rejects.toThrow(/have no common commit here; fetch/);
  });

  test("says so where there is no repository", async () => {
    const root = registryOf({ "a.txt": "1" });
    await expect(changedPaths(root, "main")).rejects.toThrow(/is not in a git repository/);
  });
});
