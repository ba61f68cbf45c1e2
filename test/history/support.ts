import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { History, TagHistory } from "../../src/history/history.ts";
import { readHistory } from "../../src/history/read-history.ts";
import { sha256Digest } from "../../src/registry/digest.ts";
import type { CollectionName, TagName } from "../../src/registry/reference.ts";
import { publicRegistry, scanRegistry } from "../../src/registry/scan.ts";
import { temporaryFolder } from "../support/registry.ts";

/** What a commit does to files: writes a text, makes a link, or takes one away. */
export type FileChanges = Readonly<Record<string, string | Buffer | { readonly link: string } | undefined>>;

/** A git repository with a past of a day a commit. */
export interface Past {
  readonly root: string;
  git(...args: readonly string[]): string;
  /** Commits on the next day, and returns the commit. */
  commit(changes: FileChanges, message?: string): string;
}

const FIRST_DAY = Date.UTC(2026, 0, 1, 12) / 1000;

export function pastIn(root: string, ...commits: readonly FileChanges[]): Past {
  let day = 0;
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  run(["init", "--quiet", "--initial-branch=main"]);
  run(["config", "user.name", "Somebody Secret"]);
  run(["config", "user.email", "somebody@secret.example.org"]);
  const past: Past = {
    root,
    git: (...args) => run(args, dateOf(day)),
    commit(changes, message = "Change") {
      writeChanges(root, changes);
      run(["add", "--all"]);
      run(["commit", "--quiet", "--allow-empty", "--message", message], dateOf(day++));
      return run(["rev-parse", "HEAD"]).trim();
    },
  };
  for (const changes of commits) past.commit(changes);
  return past;
}

/** In a folder that is gone after the test. */
export function pastOf(...commits: readonly FileChanges[]): Past {
  return pastIn(temporaryFolder(), ...commits);
}

function dateOf(day: number): Record<string, string> {
  const date = `${FIRST_DAY + day * 86_400} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

function writeChanges(root: string, changes: FileChanges): void {
  for (const [path, change] of Object.entries(changes)) {
    const file = join(root, path);
    rmSync(file, { recursive: true, force: true });
    if (change === undefined) continue;
    mkdirSync(dirname(file), { recursive: true });
    if (typeof change === "object" && "link" in change) symlinkSync(change.link, file);
    else writeFileSync(file, change);
  }
}

const names = new Map<string, string>();

/** The digest of the image that a test calls `name`. */
export function digestOf(name: string): string {
  const digest = sha256Digest(name);
  names.set(digest, name);
  return digest;
}

/** The record of the image that a test calls `name`. */
export function recordOf(name: string, more = "", size = 1_048_576): string {
  const digest = digestOf(name);
  return `---
schema: 2
created: "2025-12-24T18:00:00Z"
architecture: amd64
size: ${size}
digest: ${digest}
layers:
  - size: ${size}
    digest: ${digest}
    url: https://storage.example.org/${name}.sif
${more}---
`;
}

export const FOLDER = "registry/lab/tool/manifests";
export const RECIPE = "Bootstrap: docker\nFrom: busybox:1.36\n";

/** The history of what a folder's registry serves. */
export async function historyOf(root: string, tree?: string): Promise<History> {
  const options = { root, ...(tree !== undefined && { tree: join(root, tree) }) };
  const history = await readHistory(options, publicRegistry(scanRegistry(options)));
  onTestFinished(() => history.close());
  return history;
}

export function tagOf(history: History, tag = "1.0", collection = "lab/tool"): TagHistory | undefined {
  return history.collections.get(collection as CollectionName)?.tags.get(tag as TagName);
}

/** `2026-01-02 rebuilt b`: the day, what happened, and the name of the image; the oldest first. */
export function linesOf(tag: TagHistory | undefined): string[] {
  return (tag?.entries ?? []).map(({ kind, version, moment }) =>
    [moment.time?.slice(0, 10) ?? "?", kind, version && (names.get(version.digest) ?? version.digest)]
      .filter((word) => word !== undefined)
      .join(" "),
  );
}

/** The lines of one tag in the past of a repository. */
export async function pastLines(root: string, tag?: string, collection?: string): Promise<string[]> {
  return linesOf(tagOf(await historyOf(root), tag, collection));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };

/** What a page says, on one line. */
export function textOf(html: string): string {
  return html
    .replaceAll("<wbr>", "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
}
