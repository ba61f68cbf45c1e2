import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBefore } from "../../src/git/files-before.ts";
import { remoteOf } from "../support/repository.ts";

/** Names that a shell, git itself or a reader of its output may take for something else. */
const HOSTILE_NAMES = [
  "$(touch owned)",
  "`id`",
  "a b;c",
  "-rf",
  "ü ✓",
  ":(top)x",
  "*",
  '"quoted"',
  "x blob 5",
  "HEAD:y",
  "x missing",
  " leading and trailing ",
];

describe("files as they were where a branch began", () => {
  test("are read whatever happened since, there and here", async () => {
    const remote = remoteOf({ "a.txt": "one\n", "b.txt": "kept" });
    const [ours, theirs] = [remote.clone(), remote.clone()];
    theirs.commit({ "a.txt": "theirs" });
    theirs.git("push", "--quiet", "origin", "main");
    ours.git("switch", "--quiet", "--create", "branch");
    ours.git("rm", "--quiet", "b.txt");
    ours.commit({ "a.txt": "two", "c.txt": "new" });
    ours.git("fetch", "--quiet");
    expect(await filesBefore(ours.path, "origin/main", ["a.txt", "c.txt", "b.txt"])).toEqual(
      new Map([
        ["a.txt", "one\n"],
        ["b.txt", "kept"],
      ]),
    );
  });

  test("are read however they are called, and whatever is in them", async () => {
    const files = Object.fromEntries(HOSTILE_NAMES.map((name, index) => [`d/${name}`, `ü${index}\n\n✓`]));
    const { path } = remoteOf({ ...files, "d/empty": "", "d/z": "abc def blob 3\n" }).clone();
    const paths = [...HOSTILE_NAMES.map((name) => `d/${name}`), "d/empty", "d/gone", "d/z"];
    const read = await filesBefore(path, "HEAD", paths);
    expect(Object.fromEntries(read)).toEqual({ ...files, "d/empty": "", "d/z": "abc def blob 3\n" });
  });

  test("are found from a registry in a folder of the repository", async () => {
    const { path } = remoteOf({ "lab/x.txt": "inner", "x.txt": "outer" }).clone();
    expect(await filesBefore(join(path, "lab"), "main", ["x.txt"])).toEqual(new Map([["x.txt", "inner"]]));
  });

  test("are files: folders are none, and a link is not followed", async () => {
    const clone = remoteOf({ "folder/x.txt": "1" }).clone();
    symlinkSync("folder/x.txt", join(clone.path, "link"));
    clone.commit({});
    const read = await filesBefore(clone.path, "HEAD", ["folder", "link", "folder/x.txt"]);
    expect(read).toEqual(
      new Map([
        ["link", "folder/x.txt"],
        ["folder/x.txt", "1"],
      ]),
    );
  });

  test("with a line end in their names are refused, for git would take them for two", async () => {
    const { path } = remoteOf({ "a.txt": "1" }).clone();
    await expect(filesBefore(path, "main", ["x\nHEAD:a.txt"])).rejects.toMatchObject({ code: "git" });
    await expect(filesBefore(path, "main", ["a.txt\r"])).rejects.toMatchObject({ code: "git" });
  });

  test("are none where none is asked for, and git is not asked", async () => {
    expect(await filesBefore("/nowhere", "x", [])).toEqual(new Map());
  });
});
