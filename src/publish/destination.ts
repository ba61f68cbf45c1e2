import { join } from "node:path";
import { StowageError } from "../errors.ts";
import { commitFiles } from "../git/commit-files.ts";
import { git } from "../git/git.ts";
import { groupBy } from "../group-by.ts";
import type { NewFile } from "../new-file.ts";
import type { ImageRecord } from "../registry/model.ts";
import { type Reference, formatReference } from "../registry/reference.ts";
import { webAddress } from "./source.ts";
import { writeFiles } from "./write-files.ts";

/** An image that is stored, and what it changes in the registry. */
export interface Published {
  readonly reference: Reference;
  readonly record: ImageRecord;
  readonly files: readonly NewFile[];
  /** The definition file of this registry that it was built from; a branch with the record has it, too. */
  readonly builtFrom?: string;
}

/** Where records go: into the work tree, a branch of the remote, or a pull request. */
export type Destination = (published: readonly Published[]) => Promise<Arrival>;

/** What a person wants to know of it: files that were written, or commits, or the addresses of pull requests. */
export interface Arrival {
  readonly files?: readonly string[];
  readonly commits?: readonly string[];
  readonly pullRequests?: readonly string[];
}

/** Writes records into the work tree; whoever built them commits them. */
export const workTree: Destination = async (published) => ({
  files: writeFiles(published.flatMap(({ files }) => files)),
});

export interface BranchOptions {
  /** The folder of registry.yml. */
  readonly root: string;
  readonly tree: string;
  /** `main`, as a rule. */
  readonly branch: string;
  /** The checked-out commit goes into the branch, too. */
  readonly withHead?: boolean;
}

const REMOTE = "origin";

/** One commit on top of the remote's branch, whoever else pushes meanwhile. */
export function onBranch({ root, tree, branch, withHead }: BranchOptions): Destination {
  return async (published) => {
    const commit = await commitFiles({
      ...commitOf(published, tree),
      directory: root,
      remote: REMOTE,
      branch,
      ...(withHead && { merge: "HEAD" }),
    });
    return { commits: [commit] };
  };
}

export interface PullRequestDestination extends BranchOptions {
  /** What registry.yml says; asked where git's own address for the remote tells nothing. */
  readonly repository?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A pull request for each collection, from a branch of its own: the next record of it joins the one that is open. */
export function byPullRequest(options: PullRequestDestination): Destination {
  const { env, root, repository } = options;
  return async (published) => {
    const token = env["GITHUB_TOKEN"] || env["GH_TOKEN"];
    if (!token) throw new StowageError("usage", "GITHUB_TOKEN is not set; a pull request needs it");
    const asked = { token, repository: await repositoryOf(root, repository) };
    const commits: string[] = [];
    const pullRequests: string[] = [];
    for (const [collection, records] of groupBy(published, ({ reference }) => [reference.collection])) {
      const { commit, url } = await propose(collection, records, options, asked);
      commits.push(commit);
      pullRequests.push(url);
    }
    return { commits, pullRequests };
  };
}

async function propose(
  collection: string,
  records: readonly Published[],
  { root, tree, branch, env }: PullRequestDestination,
  asked: { readonly token: string; readonly repository: string },
): Promise<{ readonly commit: string; readonly url: string }> {
  const head = branchOf(collection);
  const about = commitOf(records, tree);
  const commit = await commitFiles({
    ...about,
    directory: root,
    remote: REMOTE,
    branch: head,
    upstream: branch,
  });
  const [title = "", ...body] = about.message.split("\n");
  const { openPullRequest } = await import("./pull-request.ts");
  const { url } = await openPullRequest({
    ...asked,
    head,
    base: branch,
    title,
    body: body.join("\n").trim(),
    ...(env["GITHUB_API_URL"] && { api: env["GITHUB_API_URL"] }),
  });
  return { commit, url };
}

/** Git takes no name with two dots in a row, nor a part that ends in one, or in `.lock`. */
function branchOf(collection: string): string {
  return `update/${collection.replaceAll(/\.(?=\.|\/|$|lock(?:\/|$))/g, "%2E")}`;
}

/** `owner/name` of the repository that is pushed to. */
async function repositoryOf(root: string, configured: string | undefined): Promise<string> {
  const remote = await git(root, ["remote", "get-url", "--push", REMOTE]);
  const address = webAddress(remote) ?? webAddress(configured ?? "");
  const name = address && new URL(address).pathname.slice(1);
  if (name && /^[^/]+\/[^/]+$/.test(name)) return name;
  throw new StowageError(
    "git",
    `${REMOTE} is no repository on GitHub, and neither is repository: in registry.yml; a pull request needs one`,
  );
}

function commitOf(published: readonly Published[], tree: string) {
  return {
    files: published.flatMap(({ files }) => files),
    unless: published.map(({ reference: { collection, tag } }) =>
      join(tree, collection, "manifests", tag, ".frozen"),
    ),
    requires: published.flatMap(({ builtFrom }) => builtFrom ?? []),
    message: messageOf(published),
  };
}

/** References, digests and addresses have no line ends. */
function messageOf(published: readonly Published[]): string {
  const [first, ...others] = published;
  const what = others.length === 0 && first ? formatReference(first.reference) : `${published.length} images`;
  const lines = published.map(
    ({ reference, record }) =>
      `- ${formatReference(reference)}\n  ${record.digest}\n  ${record.layers[0]?.url ?? ""}`,
  );
  return `Publish ${what}\n\n${lines.join("\n")}\n`;
}
