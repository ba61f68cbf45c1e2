import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { StowageError } from "../errors.ts";
import type { NewFile } from "../new-file.ts";
import { askGit, git } from "./git.ts";

/*
 * Git's objects, made and read without a work tree.
 */

/** Where git runs, and where its paths begin. */
export interface Repository {
  readonly top: string;
}

export async function openRepository(directory: string): Promise<Repository> {
  return { top: realpathSync(await git(directory, ["rev-parse", "--show-toplevel"])) };
}

/** A path as git has it. Throws for one that is not in the repository. */
export function pathIn({ top }: Repository, path: string): string {
  const folder = realFolder(dirname(path));
  const inside = relative(top, join(folder, basename(path)));
  if (inside !== ".." && !inside.startsWith(`..${sep}`)) return inside.replaceAll(sep, "/");
  throw new StowageError("git", `${path}: is not in the repository at ${top}, so it cannot be committed`);
}

/** The real path of a folder that may not be there yet. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return join(realFolder(dirname(folder)), basename(folder));
  }
}

export interface Blob extends Pick<NewFile, "onto"> {
  readonly path: string;
  readonly id: string;
  readonly isOnlyIfMissing: boolean;
}

export async function writeBlobs(repository: Repository, files: readonly NewFile[]): Promise<Blob[]> {
  const blobs: Blob[] = [];
  for (const { path, content, source = path, isOnlyIfMissing = false, onto } of files) {
    const id =
      content === undefined
        ? await git(repository.top, [...WRITE_BLOB, "--", realpathSync(source)])
        : await writeBlob(repository, content);
    blobs.push({ path: pathIn(repository, path), id, isOnlyIfMissing, ...(onto && { onto }) });
  }
  return blobs;
}

const WRITE_BLOB = ["hash-object", "-w", "--no-filters"];

function writeBlob({ top }: Repository, content: string | Buffer): Promise<string> {
  return git(top, [...WRITE_BLOB, "--stdin"], { input: content });
}

/** A blob as it goes onto what a tree has at its path. */
export async function blobOnto(repository: Repository, tree: string, blob: Blob): Promise<Blob> {
  if (!blob.onto) return blob;
  const { stdout } = await askGit(repository.top, ["cat-file", "blob", `${tree}:${blob.path}`]);
  return { ...blob, id: await writeBlob(repository, blob.onto(stdout)) };
}

export function treeOf({ top }: Repository, commit: string): Promise<string> {
  return git(top, ["rev-parse", `${commit}^{tree}`]);
}

export async function mergedTree(
  repository: Repository,
  first: string,
  others: readonly string[],
): Promise<string> {
  const [other, ...more] = others;
  if (other === undefined) return treeOf(repository, first);
  if (more.length > 0) throw new StowageError("git", "two branches cannot be merged into a third at once");
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", first, other];
  const { status, stdout } = await askGit(repository.top, args, { accepts: [1] });
  const [tree = "", ...conflicts] = stdout.trimEnd().split("\n");
  if (status === 0) return tree;
  throw new StowageError(
    "git",
    `the branches do not merge: both changed ${conflicts.join(", ")}; merge them by hand, then publish again`,
  );
}

/** Which of the paths a tree has. */
export async function pathsIn(
  { top }: Repository,
  tree: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const args = ["--literal-pathspecs", "ls-tree", "-z", "--name-only", "--full-tree", tree, "--", ...paths];
  return new Set((await git(top, args)).split("\0"));
}

/** A tree with more files in it, by an index of its own. */
export async function treeWith({ top }: Repository, tree: string, blobs: readonly Blob[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-index-"));
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await git(top, ["read-tree", tree], { env });
    const entries = blobs.map(({ path, id }) => `100644 ${id}\t${path}\0`).join("");
    await git(top, ["update-index", "-z", "--index-info"], { env, input: entries });
    return await git(top, ["write-tree"], { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whoever git is configured for; a runner is nobody. */
export async function committer({ top }: Repository): Promise<Record<string, string>> {
  const args = ["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"];
  const { status } = await askGit(top, args, { accepts: [1, 128] });
  if (status === 0) return {};
  const [name, email] = ["Stowage", "stowage@localhost"];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
