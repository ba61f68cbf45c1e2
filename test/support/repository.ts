import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Files, temporaryFolder, writeFiles } from "./registry.ts";

/** A git repository of a test: a remote without a work tree, and as many clones of it as are wanted. */
export interface Remote {
  readonly path: string;
  /** A new clone, with origin being the remote. */
  clone(): Clone;
  /** What `git log --format=FORMAT BRANCH` prints there. */
  log(branch?: string, format?: string): string[];
  /** A file's content on a branch; undefined where it is not there. */
  show(path: string, branch?: string): string | undefined;
}

export interface Clone {
  readonly path: string;
  git(...args: readonly string[]): string;
  /** Writes files, commits them and returns the commit. */
  commit(files: Files, message?: string): string;
}

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];

/** A remote whose branch main holds these files. */
export function remoteOf(files: Files): Remote {
  const path = join(temporaryFolder(), "remote.git");
  runGit(".", ["init", "--quiet", "--bare", "--initial-branch=main", path]);
  const remote: Remote = {
    path,
    clone: () => cloneOf(path),
    log: (branch = "main", format = "%s") => lines(runGit(path, ["log", `--format=${format}`, branch])),
    show(file, branch = "main") {
      try {
        return runGit(path, ["show", `${branch}:${file}`]);
      } catch {
        return undefined;
      }
    },
  };
  const first = remote.clone();
  first.commit(files, "Begin");
  first.git("push", "--quiet", "origin", "HEAD:main");
  return remote;
}

function cloneOf(remote: string): Clone {
  const path = join(temporaryFolder(), "clone");
  runGit(".", ["clone", "--quiet", remote, path]);
  const git = (...args: readonly string[]) => runGit(path, args);
  return {
    path,
    git,
    commit(files, message = "Change") {
      writeFiles(path, files);
      git("add", "--all");
      git(...IDENTITY, "commit", "--quiet", "--message", message);
      return git("rev-parse", "HEAD").trim();
    },
  };
}

function runGit(cwd: string, args: readonly string[]): string {
  return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}
