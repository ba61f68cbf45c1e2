import { StowageError } from "../errors.ts";
import type { NewFile } from "../new-file.ts";
import { askGit, complaintOf, git } from "./git.ts";
import {
  type Blob,
  type Repository,
  blobOnto,
  committer,
  mergedTree,
  openRepository,
  pathIn,
  pathsIn,
  treeOf,
  treeWith,
  writeBlobs,
} from "./objects.ts";

export interface CommitOptions {
  /** A folder of a clone; its work tree, its index and its branches stay as they are. */
  readonly directory: string;
  readonly remote: string;
  /** The branch of the remote that gains a commit. */
  readonly branch: string;
  /** The branch that it begins at where the remote does not have it, and is kept up with where it has. */
  readonly upstream?: string;
  /** A commit of the clone that goes in, too: the approved pull request. */
  readonly merge?: string;
  readonly files: readonly NewFile[];
  /** Paths that keep the commit from being made where the branch has them: `.frozen`. */
  readonly unless: readonly string[];
  /** Paths that the branch has to have: the definition files of what was built. */
  readonly requires: readonly string[];
  readonly message: string;
}

/** How often somebody else may be faster. */
const MOST_ATTEMPTS = 20;

/**
 * Adds files to a branch of a remote as one commit, and returns that. The commit is made on top of what the remote has
 * right now; where somebody else pushes first, it is made again on top of that, so that of two publishers neither
 * loses anything. Nothing is checked out. Throws StowageError ("git").
 */
export async function commitFiles(options: CommitOptions): Promise<string> {
  const repository = await openRepository(options.directory);
  const blobs = await writeBlobs(repository, options.files);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const commit = await commitOnto(await remoteTips(repository, options), repository, options, blobs);
    if (await push(repository, options, commit)) return commit;
  }
  throw new StowageError(
    "git",
    `${options.branch} changed ${MOST_ATTEMPTS} times while this was pushed; try again`,
  );
}

/** The commits that the new one follows. */
interface Tips {
  readonly first: string;
  /** Not in `first` yet. */
  readonly others: readonly string[];
}

async function remoteTips(repository: Repository, options: CommitOptions): Promise<Tips> {
  const { branch, upstream, merge } = options;
  const own = await fetchTip(repository, options, branch);
  const above = upstream === undefined ? undefined : await fetchTip(repository, options, upstream);
  const first = own ?? above;
  if (first === undefined)
    throw new StowageError("git", `${options.remote} has no branch ${upstream ?? branch}`);
  const merged = merge === undefined ? undefined : await git(repository.top, ["rev-parse", merge]);
  const others: string[] = [];
  for (const tip of [above, merged]) {
    if (tip !== undefined && !(await isAncestor(repository, tip, first))) others.push(tip);
  }
  return { first, others };
}

async function fetchTip(
  { top }: Repository,
  { remote }: CommitOptions,
  branch: string,
): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const listed = await git(top, ["ls-remote", "--end-of-options", remote, ref]);
  if (listed === "") return undefined;
  const [id = ""] = listed.split("\t", 1);
  // Into no ref: two runs in one clone would fight for it, and branches that are gone stand in the way of others.
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--refmap="];
  await git(top, ["fetch", ...options, "--end-of-options", remote, ref]);
  return git(top, ["rev-parse", "--verify", `${id}^{commit}`]);
}

async function isAncestor({ top }: Repository, one: string, other: string): Promise<boolean> {
  const { status } = await askGit(top, ["merge-base", "--is-ancestor", one, other], { accepts: [1] });
  return status === 0;
}

async function commitOnto(
  { first, others }: Tips,
  repository: Repository,
  options: CommitOptions,
  blobs: readonly Blob[],
): Promise<string> {
  const merged = await mergedTree(repository, first, others);
  await requireFit(repository, merged, options);
  const tree = await treeWith(repository, merged, await blobsFor(repository, merged, blobs));
  const isSame = others.length === 0 && tree === (await treeOf(repository, first));
  if (isSame) return first;
  const parents = [first, ...others].flatMap((parent) => ["-p", parent]);
  const env = await committer(repository);
  return git(repository.top, ["commit-tree", tree, ...parents, "-F", "-"], { input: options.message, env });
}

/** Throws where a branch has what must not be there, or lacks what must. */
async function requireFit(
  repository: Repository,
  tree: string,
  { unless, requires }: CommitOptions,
): Promise<void> {
  const forbidden = unless.map((path) => pathIn(repository, path));
  const required = requires.map((path) => pathIn(repository, path));
  const there = await pathsIn(repository, tree, [...forbidden, ...required]);
  const obstacle = forbidden.find((path) => there.has(path));
  if (obstacle !== undefined)
    throw new StowageError("git", `${obstacle}: is there by now; nothing was pushed`);
  const missing = required.find((path) => !there.has(path));
  if (missing !== undefined)
    throw new StowageError("git", `${missing}: the branch does not have what was built; push it first`);
}

/** What is added to a tree: not what is there already and only wanted where missing. */
async function blobsFor(repository: Repository, tree: string, blobs: readonly Blob[]): Promise<Blob[]> {
  const paths = blobs.map(({ path }) => path);
  const there = await pathsIn(repository, tree, paths);
  const added: Blob[] = [];
  for (const blob of blobs) {
    if (!there.has(blob.path)) added.push(blob);
    else if (!blob.isOnlyIfMissing) added.push(await blobOnto(repository, tree, blob));
  }
  return added;
}

/** There is a branch `update/a/b`, and another shall be called `update/a/b/c`. */
const IMPOSSIBLE = /exists; cannot create|directory file conflict/;

/** What git says where somebody else was faster. */
const OVERTAKEN =
  /\[rejected\]|fetch first|non-fast-forward|cannot lock ref|incorrect old value|failed to update ref/;

/** False where the branch has moved meanwhile. Throws where the remote refuses for another reason. */
async function push(
  { top }: Repository,
  { remote, branch }: CommitOptions,
  commit: string,
): Promise<boolean> {
  const args = [
    "push",
    "--quiet",
    "--no-verify",
    "--end-of-options",
    remote,
    `${commit}:refs/heads/${branch}`,
  ];
  const answer = await askGit(top, args, { accepts: [1, 128] });
  if (answer.status === 0) return true;
  if (OVERTAKEN.test(answer.stderr) && !IMPOSSIBLE.test(answer.stderr)) return false;
  throw new StowageError("git", `git push: ${complaintOf(answer)}`);
}
