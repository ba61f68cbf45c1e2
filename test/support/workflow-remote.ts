import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./cli.ts";
import { type Files, writeFiles } from "./registry.ts";

/** Runs git and returns what it prints. */
export function git(cwd: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8", env: GIT_ENV }).trim();
}

const GIT_ENV = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

/** Files by path; null takes one away. */
export type Changes = Readonly<Record<string, string | Buffer | null>>;

/**
 * A bare repository that takes a push only from who has a token for it, as a forge does. A clone has its token in its
 * own configuration, where `actions/checkout` and an SSH key leave theirs.
 */
export class Remote {
  /** `owner/name` */
  readonly name: string;
  readonly path: string;
  readonly #work: string;

  constructor(folder: string, name: string) {
    this.name = name;
    this.path = join(folder, `${name}.git`);
    this.#work = join(folder, `${name}.work`);
    mkdirSync(this.#work, { recursive: true });
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", this.path);
    git(this.path, "config", "receive.advertisePushOptions", "true");
    git(this.path, "config", "uploadpack.allowAnySHA1InWant", "true");
    git(this.#work, "init", "--quiet", "--initial-branch=main");
    git(this.#work, "remote", "add", "origin", this.path);
    writeFileSync(this.#tokens, "");
    const hook = join(this.path, "hooks", "pre-receive");
    writeFileSync(hook, '#!/bin/sh\nexec grep -qxF -- "${GIT_PUSH_OPTION_0:-no token}" tokens\n');
    chmodSync(hook, 0o755);
    this.allow("owner");
    allowPush(this.#work, "owner");
  }

  get #tokens(): string {
    return join(this.path, "tokens");
  }

  /** From now on this token may push. */
  allow(token: string): void {
    writeFileSync(this.#tokens, `${token}\n`, { flag: "a" });
  }

  /** Commits files on a branch, which begins at `from` where it is new. Returns the commit. */
  commit(files: Changes, branch = "main", from = "main"): string {
    this.#checkOut(branch, from);
    for (const [path, content] of Object.entries(files)) {
      if (content === null) git(this.#work, "rm", "--quiet", "--", path);
      else writeFiles(this.#work, { [path]: content } satisfies Files);
    }
    return this.#push(branch);
  }

  /** Puts the project itself on main, without its example registry, and these files besides. */
  commitProject(files: Files): string {
    this.#checkOut("main", "main");
    for (const path of PROJECT_FILES) {
      if (existsSync(join(PROJECT, path)))
        cpSync(join(PROJECT, path), join(this.#work, path), { recursive: true });
    }
    writeFiles(this.#work, files);
    return this.#push("main");
  }

  /** Merges a branch into main, as a person does who has looked at it. */
  merge(branch: string): string {
    this.#checkOut("main", "main");
    git(this.#work, "fetch", "--quiet", "origin");
    git(this.#work, "merge", "--quiet", "--no-ff", "-m", "Merge", `origin/${branch}`);
    return this.#push("main");
  }

  /** Opens a pull request to main: GitHub then has the commit that merging it would make. Returns that one's ref. */
  propose(branch: string, number: number): string {
    const tree = git(this.path, "merge-tree", "--write-tree", "main", branch);
    const parents = ["-p", this.tip(), "-p", this.tip(branch)];
    const commit = git(this.path, "commit-tree", tree, ...parents, "-m", "Merge");
    git(this.path, "update-ref", `refs/pull/${number}/merge`, commit);
    return `refs/pull/${number}/merge`;
  }

  /** The commit of a branch. */
  tip(branch = "main"): string {
    return this.tipOf(`refs/heads/${branch}`);
  }

  /** The commit of a full ref. */
  tipOf(ref: string): string {
    return git(this.path, "rev-parse", `${ref}^{commit}`);
  }

  /** What a file says on a branch, or at a commit. */
  read(path: string, revision = "main"): string {
    return git(this.path, "show", `${revision}:${path}`);
  }

  /** All paths of a branch. */
  paths(revision = "main"): string[] {
    return git(this.path, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", revision).split("\n");
  }

  #checkOut(branch: string, from: string): void {
    git(this.#work, "fetch", "--quiet", "--prune", "origin");
    const isThere = git(this.path, "branch", "--list", branch) !== "";
    const hasFrom = git(this.path, "branch", "--list", from) !== "";
    if (!isThere && !hasFrom) return;
    git(this.#work, "checkout", "--quiet", "--force", "-B", branch, `origin/${isThere ? branch : from}`);
  }

  #push(branch: string): string {
    git(this.#work, "add", "--all");
    const hasChanges = git(this.#work, "status", "--porcelain") !== "";
    if (hasChanges) git(this.#work, "commit", "--quiet", "-m", "Change");
    git(this.#work, "push", "--quiet", "origin", `HEAD:refs/heads/${branch}`);
    return git(this.#work, "rev-parse", "HEAD");
  }
}

/** All that the commands of a checkout need, and the workflows. */
const PROJECT_FILES = [
  ".circleci",
  ".github",
  ".gitattributes",
  ".gitignore",
  "package-lock.json",
  "package.json",
  "schemas",
  "src",
  "templates",
  "tsconfig.json",
];

/** Leaves a token where git of this clone finds it. */
export function allowPush(clone: string, token: string): void {
  git(clone, "config", "push.pushOption", token);
}

export interface CloneOptions {
  readonly remote: Remote;
  readonly folder: string;
  /** A branch, a commit, or `refs/…`. */
  readonly ref: string;
  /** How many commits of the history come along; 0 for all, and all branches. */
  readonly depth: number;
  readonly token?: string;
}

/** Clones a repository at a ref, as checkouts of CI do; returns the commit. */
export function cloneAt({ remote, folder, ref, depth, token }: CloneOptions): string {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "--quiet");
  git(folder, "remote", "add", "origin", `file://${remote.path}`);
  const isCommit = /^[0-9a-f]{40}$/.test(ref);
  const source = isCommit || ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
  const isWhole = depth === 0;
  const wanted = isWhole ? ["+refs/heads/*:refs/remotes/origin/*", source] : [`--depth=${depth}`, source];
  git(folder, "fetch", "--quiet", "--no-tags", "origin", ...wanted);
  const commit = isWhole
    ? git(remote.path, "rev-parse", `${source}^{commit}`)
    : git(folder, "rev-parse", "FETCH_HEAD");
  if (isCommit || source.startsWith("refs/pull/")) git(folder, "checkout", "--quiet", "--detach", commit);
  else git(folder, "checkout", "--quiet", "-B", source.slice("refs/heads/".length), commit);
  if (token !== undefined) allowPush(folder, token);
  return commit;
}

/**
 * In the place of `npm ci`, which takes half a minute in a fresh clone: the packages that are installed already. What
 * git ignores is a folder of that name, which a link is not.
 */
export function linkPackages(folder: string): void {
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  appendFileSync(join(folder, ".git", "info", "exclude"), "/node_modules\n");
}
