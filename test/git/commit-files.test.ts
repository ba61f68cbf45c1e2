import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type CommitOptions, commitFiles } from "../../src/git/commit-files.ts";
import { writeFiles } from "../support/registry.ts";
import { type Clone, remoteOf } from "../support/repository.ts";

const START = { "registry/a/b/README.md": "# b\n", ".gitattributes": "* text=auto eol=crlf\n" };

/** Commits to main, unless `options` say otherwise. */
function commitTo(clone: Clone, files: Record<string, string>, options: Partial<CommitOptions> = {}) {
  return commitFiles({
    directory: clone.path,
    remote: "origin",
    branch: "main",
    files: Object.entries(files).map(([path, content]) => ({ path: join(clone.path, path), content })),
    unless: [],
    requires: [],
    message: "Publish a/b:latest\n",
    ...options,
  });
}

describe("files are committed to a branch of the remote", () => {
  test("without a change in the clone's work tree, index or branches", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    writeFiles(clone.path, { "half-done.txt": "mine" });
    clone.git("add", "half-done.txt");
    const before = clone.git("status", "--porcelain");
    const commit = await commitTo(clone, { "registry/a/b/manifests/latest/README.md": "a\r\nb\n" });
    expect(remote.log("main", "%H")[0]).toBe(commit);
    expect(remote.show("registry/a/b/manifests/latest/README.md")).toBe("a\r\nb\n");
    expect(remote.show("half-done.txt")).toBeUndefined();
    expect(clone.git("status", "--porcelain")).toBe(before);
    expect(clone.git("log", "--format=%s", "main").trim()).toBe("Begin");
  });

  test("with names that git or a shell could take for something else", async () => {
    const remote = remoteOf(START);
    const names = ["-x", ":(top)y", "$(id)", "a b", "*", "ü"].map((name) => `registry/${name}/README.md`);
    await commitTo(remote.clone(), Object.fromEntries(names.map((name) => [name, name])));
    expect(names.map((name) => remote.show(name))).toEqual(names);
  });

  test("in an identity of its own where git has none", async () => {
    for (const name of ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"]) vi.stubEnv(name, "/dev/null");
    for (const name of ["GIT_COMMITTER_EMAIL", "GIT_AUTHOR_EMAIL", "EMAIL"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const remote = remoteOf(START);
    const clone = remote.clone();
    await commitTo(clone, { "x.txt": "1" });
    expect(remote.log("main", "%an <%ae>")[0]).toBe("Stowage <stowage@localhost>");
    clone.git("config", "user.name", "Somebody");
    clone.git("config", "user.email", "somebody@example.org");
    await commitTo(clone, { "x.txt": "2" });
    expect(remote.log("main", "%an <%ae>")[0]).toBe("Somebody <somebody@example.org>");
  });

  test("except those that are there already and are only wanted where missing", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    const file = (path: string) =>
      ({ path: join(clone.path, path), content: "new", isOnlyIfMissing: true }) as const;
    await commitTo(
      clone,
      {},
      { files: [file("registry/a/b/README.md"), file("registry/a/b/tags/README.md")] },
    );
    expect(remote.show("registry/a/b/README.md")).toBe("# b\n");
    expect(remote.show("registry/a/b/tags/README.md")).toBe("new");
  });

  test("as they lie on the disk where no content is given", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    const bytes = Buffer.from([0, 13, 10, 255, 0]);
    writeFileSync(join(clone.path, "image.sif"), bytes);
    await commitTo(clone, {}, { files: [{ path: join(clone.path, "image.sif") }] });
    const other = remote.clone();
    expect(readFileSync(join(other.path, "image.sif"))).toEqual(bytes);
  });

  test("not at all where nothing would change", async () => {
    const remote = remoteOf(START);
    const tip = remote.log("main", "%H");
    expect(await commitTo(remote.clone(), { "registry/a/b/README.md": "# b\n" })).toBe(tip[0]);
    expect(remote.log("main", "%H")).toEqual(tip);
  });

  test("not where one of the forbidden paths is there by now", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    const other = remote.clone();
    other.commit({ "registry/a/b/manifests/latest/.frozen": "" });
    other.git("push", "--quiet", "origin", "main");
    const unless = [join(clone.path, "registry/a/b/manifests/latest/.frozen")];
    await expect(commitTo(clone, { "x.txt": "1" }, { unless })).rejects.toThrow(
      "registry/a/b/manifests/latest/.frozen: is there by now; nothing was pushed",
    );
    expect(remote.log()).toEqual(["Change", "Begin"]);
  });

  test("not where one of the required paths is missing", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    clone.commit({ "registry/a/b/manifests/latest/Singularity": "Bootstrap: x\n" });
    const requires = [join(clone.path, "registry/a/b/manifests/latest/Singularity")];
    await expect(commitTo(clone, { "x.txt": "1" }, { requires })).rejects.toThrow(
      "registry/a/b/manifests/latest/Singularity: the branch does not have what was built; push it first",
    );
    expect(remote.log()).toEqual(["Begin"]);
    await commitTo(clone, { "x.txt": "1" }, { requires, merge: "HEAD" });
    expect(remote.show("x.txt")).toBe("1");
  });

  test("not outside the repository", async () => {
    const clone = remoteOf(START).clone();
    const files = [{ path: join(clone.path, "../elsewhere.txt"), content: "x" }];
    await expect(commitTo(clone, {}, { files })).rejects.toThrow(/is not in the repository at/);
  });
});

describe("of several who push at once", () => {
  test("nobody loses anything", async () => {
    const remote = remoteOf(START);
    const names = ["one", "two", "three", "four", "five"];
    const clones = names.map(() => remote.clone());
    await Promise.all(clones.map((clone, index) => commitTo(clone, { [`${names[index]}.txt`]: "x" })));
    expect(names.map((name) => remote.show(`${name}.txt`))).toEqual(names.map(() => "x"));
    expect(remote.log()).toHaveLength(names.length + 1);
  });
});

describe("a commit that goes in, too", () => {
  test("is merged, so that its pull request is closed by it", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    const approved = clone.commit({ "registry/a/b/manifests/latest/Singularity": "Bootstrap: x\n" });
    const other = remote.clone();
    other.commit({ "other.txt": "1" }, "Meanwhile");
    other.git("push", "--quiet", "origin", "main");
    await commitTo(clone, { "registry/a/b/manifests/latest/README.md": "record" }, { merge: "HEAD" });
    expect(remote.log("main", "%H")).toContain(approved);
    expect(remote.show("registry/a/b/manifests/latest/Singularity")).toBe("Bootstrap: x\n");
    expect(remote.show("registry/a/b/manifests/latest/README.md")).toBe("record");
    expect(remote.show("other.txt")).toBe("1");
  });

  test("that does not merge is told with the files, and nothing is pushed", async () => {
    const remote = remoteOf(START);
    const clone = remote.clone();
    clone.commit({ "registry/a/b/README.md": "mine\n" });
    const other = remote.clone();
    other.commit({ "registry/a/b/README.md": "theirs\n" }, "Meanwhile");
    other.git("push", "--quiet", "origin", "main");
    await expect(commitTo(clone, { "x.txt": "1" }, { merge: "HEAD" })).rejects.toThrow(
      /both changed registry\/a\/b\/README.md; merge them by hand/,
    );
    expect(remote.log()).toEqual(["Meanwhile", "Begin"]);
  });
});

describe("a branch of its own", () => {
  const branch = { branch: "update/a/b", upstream: "main" };

  test("begins at main, is added to, and keeps up with main", async () => {
    const remote = remoteOf(START);
    await commitTo(remote.clone(), { "one.txt": "1" }, branch);
    const other = remote.clone();
    other.commit({ "main.txt": "1" });
    other.git("push", "--quiet", "origin", "main");
    await commitTo(remote.clone(), { "two.txt": "2" }, branch);
    const there = ["one.txt", "two.txt", "main.txt"].map((path) => remote.show(path, "update/a/b"));
    expect(there).toEqual(["1", "2", "1"]);
    expect(remote.show("one.txt")).toBeUndefined();
  });
});

describe("a remote that refuses", () => {
  test("is quoted, without the password in its address", async () => {
    const clone = remoteOf(START).clone();
    clone.git("remote", "set-url", "origin", "http://user:secret@127.0.0.1:9/x.git");
    const attempt = commitTo(clone, { "x.txt": "1" });
    await expect(attempt).rejects.toMatchObject({ code: "git" });
    await expect(attempt).rejects.toThrow(/git ls-remote: .*127\.0\.0\.1/);
    await expect(attempt).rejects.not.toThrow(/secret/);
  });

  test("a name below that of another branch says so", async () => {
    const remote = remoteOf(START);
    await commitTo(remote.clone(), { "x.txt": "1" }, { branch: "update/a/b", upstream: "main" });
    const below = { branch: "update/a/b/c", upstream: "main" };
    await expect(commitTo(remote.clone(), { "y.txt": "1" }, below)).rejects.toThrow(
      /git push: .*update\/a\/b/,
    );
  });

  test("by a hook is not asked again", async () => {
    const remote = remoteOf(START);
    writeFileSync(join(remote.path, "hooks/pre-receive"), "#!/bin/sh\necho protected branch >&2\nexit 1\n", {
      mode: 0o755,
    });
    await expect(commitTo(remote.clone(), { "x.txt": "1" })).rejects.toThrow(/git push: .*protected branch/);
  });
});
