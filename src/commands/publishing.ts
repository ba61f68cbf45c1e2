import { rmSync } from "node:fs";
import { Option } from "commander";
import type { HandOver } from "../build/hand-over.ts";
import type { FoundHandOvers } from "../build/read-hand-overs.ts";
import { makeTemporaryFolder } from "../build/temporary-folder.ts";
import { StowageError } from "../errors.ts";
import { formatBytes, plural } from "../format.ts";
import {
  type Arrival,
  type Destination,
  type Published,
  byPullRequest,
  onBranch,
  workTree,
} from "../publish/destination.ts";
import { printable } from "../printable.ts";
import { type PublishOptions, type PublishOutcome, storeHandOvers } from "../publish/publish-hand-overs.ts";
import { sourceOf } from "../publish/source.ts";
import type { StoragePlace } from "../publish/store-image.ts";
import type { Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { scanRegistry, treeFolder } from "../registry/scan.ts";
import { openStorage } from "../storage/open-storage.ts";
import { type CommonOptions, scanOptions } from "./options.ts";
import { printNote, printResult } from "./output.ts";
import { Progress } from "./progress.ts";

/** Options of every command that writes records: where those go. */
export interface PublishingOptions extends CommonOptions {
  readonly commit?: boolean;
  readonly branch: string;
  readonly merge?: boolean;
  readonly pr?: boolean;
  readonly json?: boolean;
}

export const publishingOptions = () => [
  new Option(
    "--commit",
    "commit the records on top of origin's branch and push that, instead of writing them here",
  ),
  new Option("--pr", "commit the records on a branch update/<collection> and open a pull request on GitHub"),
  new Option("--branch <name>", "the branch of origin that records are meant for").default("main"),
  new Option("--merge", "with --commit: merge the commit that is checked out into the branch, too"),
];

/** Where records go, as the options say. Throws a usage error for options that exclude each other. */
export function destinationOf(
  { root, branch, commit, merge, pr }: PublishingOptions,
  tree: string,
  { config }: Registry,
): Destination {
  if (commit && pr) throw new StowageError("usage", "--commit and --pr exclude each other");
  if (merge && !commit) throw new StowageError("usage", "--merge belongs to --commit");
  if (commit) return onBranch({ root, tree, branch, withHead: merge ?? false });
  if (!pr) return workTree;
  const { repository } = config;
  return byPullRequest({
    root,
    tree,
    branch,
    env: process.env,
    ...(repository !== undefined && { repository }),
  });
}

/** A registry that may be written to, and the folder of its tree. */
export interface OpenRegistry {
  readonly registry: Registry;
  readonly tree: string;
}

export function openRegistry(options: CommonOptions): OpenRegistry {
  const registry = scanRegistry({ ...scanOptions(options), mayBeEmpty: true });
  return { registry, tree: treeFolder(scanOptions(options), registry.config) };
}

/**
 * Stores what builds left, and lets their records arrive together. What cannot be published is told and the rest goes
 * on; but an approved branch is merged whole or not at all, for nobody would build on main what is missing then.
 * Returns what was published.
 */
export async function publishHandOvers(
  found: FoundHandOvers,
  { registry, tree }: OpenRegistry,
  options: PublishingOptions,
  wanted: Pick<PublishOptions, "collection" | "changed"> = {},
): Promise<readonly HandOver[]> {
  const destination = destinationOf(options, tree, registry);
  return withStorage(registry, options, async (place) => {
    const outcomes = await storeAll(found.handOvers, { registry, tree, ...place, ...wanted }, options);
    const failures = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
    const errors = [...found.problems, ...failures];
    for (const { message } of errors) printNote(`stowage: ${printable(message)}`);
    const stored = outcomes.filter((outcome) => "published" in outcome);
    const isMergedInPart = options.merge && errors.length > 0;
    if (stored.length === 0 || isMergedInPart) {
      if (options.json) printArrival([], {}, options);
      return [];
    }
    const published = stored.map((outcome) => outcome.published);
    printArrival(published, await destination(published), options);
    return stored.map(({ handOver }) => handOver);
  });
}

/**
 * Opens the registry's storage. Images of kind `directory` that are committed go through a folder of their own: a work
 * tree keeps what is in it, and git can bring the commit there.
 */
export async function withStorage<T>(
  { config }: Registry,
  { root, commit, pr }: PublishingOptions,
  use: (place: StoragePlace) => Promise<T>,
): Promise<T> {
  const isPassing = config.storage.kind === "directory" && (commit || pr);
  const storageRoot = isPassing ? makeTemporaryFolder(process.env) : root;
  try {
    const storage = await openStorage(config.storage, { root: storageRoot, env: process.env });
    return await use({ storage, root, storageRoot });
  } finally {
    if (isPassing) rmSync(storageRoot, { recursive: true, force: true });
  }
}

async function storeAll(
  handOvers: readonly HandOver[],
  into: PublishOptions,
  { quiet }: PublishingOptions,
): Promise<PublishOutcome[]> {
  const source = sourceOf(process.env);
  const progress = new Progress(process.stderr, { isQuiet: quiet ?? false });
  const outcomes: PublishOutcome[] = [];
  for await (const outcome of storeHandOvers(handOvers, {
    ...into,
    ...(source && { source }),
    onProgress: (handOver) => showUpload(progress, formatReference(handOver.reference)),
  })) {
    progress.clear();
    outcomes.push(outcome);
  }
  return outcomes;
}

/** A line such as `storing vanessa/greeting:latest: 12 MB of 50 MB`. */
export function showUpload(progress: Progress, name: string): (bytes: number, size: number) => void {
  return (bytes, size) => progress.show(`storing ${name}: ${formatBytes(bytes)} of ${formatBytes(size)}`);
}

/** What was published, and where its records are now. */
export function printArrival(
  published: readonly Published[],
  { files = [], commits = [], pullRequests = [] }: Arrival,
  { json, quiet }: Pick<PublishingOptions, "json" | "quiet">,
): void {
  const images = published.map(({ reference, record }) => ({
    reference: formatReference(reference),
    digest: record.digest,
    size: record.size,
    url: record.layers[0]?.url,
  }));
  if (json) return printResult(JSON.stringify({ published: images, files, commits, pullRequests }, null, 2));
  for (const { reference, size, url } of images)
    printResult(`${reference}  ${formatBytes(size)}  ${url ?? ""}`);
  if (quiet) return;
  for (const file of files) printNote(`wrote ${file}`);
  if (commits.length > 0)
    printNote(
      `pushed ${plural(published.length, "record")} in ${commits.map((id) => id.slice(0, 12)).join(", ")}`,
    );
  for (const address of pullRequests) printNote(`pull request: ${address}`);
}
