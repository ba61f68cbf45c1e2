import { existsSync, realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { StowageError } from "../errors.ts";
import { askGit, git } from "./git.ts";

/**
 * The files in which a folder differs from the commit where its branch left `revision`: what a pull request touches,
 * what is not committed yet included. Paths are relative to `root`, with slashes (`../` for what lies outside), sorted.
 * Throws StowageError ("git", "usage") where there is no such commit or no common history.
 */
export async function changedPaths(root: string, revision: string): Promise<string[]> {
  const others = ["ls-files", "--others", "--exclude-standard", "-z"];
  return pathsOf(root, [diffFrom(await mergeBase(root, revision)), others]);
}

/** Those of the changed files that were there before: not added, but changed or taken away. */
export async function changedBefore(root: string, revision: string): Promise<string[]> {
  return pathsOf(root, [diffFrom(await mergeBase(root, revision), "--diff-filter=a")]);
}

/** A rename is one file less and one more; nothing that a repository configures is run. */
function diffFrom(commit: string, ...options: readonly string[]): readonly string[] {
  const plain = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv"];
  return ["diff", ...plain, ...options, commit, "--"];
}

/** The paths that git lists, relative to a folder of its work tree. */
async function pathsOf(root: string, listings: readonly (readonly string[])[]): Promise<string[]> {
  const prefix = await git(root, ["rev-parse", "--show-prefix"]);
  const top = await git(root, ["rev-parse", "--show-toplevel"]);
  const paths = new Set<string>();
  for (const listing of listings) {
    const { stdout } = await askGit(top, listing);
    for (const path of stdout.split("\0")) if (path !== "") paths.add(relativeTo(prefix, path));
  }
  return [...paths].sort();
}

/** Throws a usage error for a tree that is not in `root`: no path of its would be among the changed ones. */
export function requireInside(root: string, tree: string): void {
  const inside = relative(realpathSync(root), existsSync(tree) ? realpathSync(tree) : resolve(tree));
  if (inside !== ".." && !inside.startsWith(`..${sep}`)) return;
  throw new StowageError("usage", `${tree} is not inside of ${root}; --changed-from needs a tree that is`);
}

/** `prefix` is empty or ends in a slash. */
function relativeTo(prefix: string, path: string): string {
  return path.startsWith(prefix) ? path.slice(prefix.length) : `../${path}`;
}

/** The commit where the branch left `revision`. Throws StowageError ("git", "usage") where there is none. */
export async function mergeBase(root: string, revision: string): Promise<string> {
  const commit = await commitOf(root, revision);
  const { status, stdout } = await askGit(root, ["merge-base", commit, "HEAD"], { accepts: [1] });
  if (status === 0) return stdout.trim();
  throw new StowageError(
    "git",
    `${revision} and HEAD have no common commit here; fetch the whole history (git fetch --unshallow, fetch-depth: 0)`,
  );
}

/** The commit that a name means. A name that begins with a dash is no option. */
async function commitOf(root: string, revision: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const { status, stdout } = await askGit(root, args, { accepts: [1, 128] });
  if (status === 0) return stdout.trim();
  if (!(await isRepository(root))) throw new StowageError("git", `${root}: is not in a git repository`);
  throw new StowageError(
    "usage",
    `${JSON.stringify(revision)} is no commit here; expected a branch, a tag or a commit, such as origin/main`,
  );
}

async function isRepository(root: string): Promise<boolean> {
  const { status } = await askGit(root, ["rev-parse", "--git-dir"], { accepts: [128] });
  return status === 0;
}
