import { Option } from "commander";
import { type Plan, type PlanOptions, onlyWanted, planBuilds } from "../build/plan.ts";
import { planRepository } from "../build/plan-repository.ts";
import { parseShard, shardOf } from "../build/shards.ts";
import { StowageError } from "../errors.ts";
import { changedPaths, requireInside } from "../git/changed-paths.ts";
import type { Registry } from "../registry/model.ts";
import { type CollectionName, parseReference } from "../registry/reference.ts";
import { treeFolder } from "../registry/scan.ts";
import { type CommonOptions, scanOptions } from "./options.ts";

/** Options that limit a command to a pull request. */
export interface ChangeOptions extends CommonOptions {
  readonly changedFrom?: string;
}

/** Options that say what is to be built. */
export interface SelectionOptions extends ChangeOptions {
  readonly stale?: boolean;
  readonly shard?: string;
  readonly layout: "registry" | "repository";
  readonly collection?: string;
}

export const changedFromOption = () =>
  new Option("--changed-from <rev>", "only what differs from where this branch left <rev>: a pull request");

export const selectionOptions = () => [
  changedFromOption(),
  new Option("--stale", "also tags whose definition file is no longer the one that was built"),
  new Option("--shard <i/n>", "only the i-th of n parts, for several runners"),
  new Option("--layout <layout>", "registry, or repository: Singularity.<tag> files of one collection")
    .choices(["registry", "repository"])
    .default("registry"),
  new Option("--collection <name>", "the collection that a repository's recipes are built for"),
];

/** The plan that was asked for. `scan` is called where there is a registry to be read. */
export async function selectBuilds(
  references: readonly string[],
  options: SelectionOptions,
  scan: () => Registry,
): Promise<Plan> {
  const plan = await wholePlan(options, scan);
  const wanted = references.flatMap((text) => text.split(" ").filter((word) => word !== ""));
  const selected = onlyWanted(
    plan,
    wanted.map((text) => parseReference(text)),
  );
  if (options.shard === undefined) return selected;
  return { ...selected, builds: shardOf(selected.builds, parseShard(options.shard)) };
}

async function wholePlan(options: SelectionOptions, scan: () => Registry): Promise<Plan> {
  const { root, changedFrom, collection, stale: withStale = false } = options;
  if (options.layout === "registry") {
    if (collection !== undefined)
      throw new StowageError("usage", "--collection belongs to --layout repository");
    const registry = scan();
    return planBuilds(registry, planOptions(withStale, await changedIn(options, registry)));
  }
  if (collection === undefined)
    throw new StowageError("usage", "--layout repository needs --collection namespace/name");
  const changed = changedFrom === undefined ? undefined : await changedPaths(root, changedFrom);
  return planRepository(root, parseCollection(collection), planOptions(withStale, changed));
}

function planOptions(withStale: boolean, changed: readonly string[] | undefined): PlanOptions {
  return { withStale, ...(changed && { changed }) };
}

/**
 * The paths that `--changed-from` asks for; undefined where it does not. Throws a usage error where git could tell of no
 * file of the tree.
 */
export async function changedIn(
  options: ChangeOptions,
  { config }: Registry,
): Promise<readonly string[] | undefined> {
  const { root, changedFrom } = options;
  if (changedFrom === undefined) return undefined;
  requireInside(root, treeFolder(scanOptions(options), config));
  return changedPaths(root, changedFrom);
}

/** Parses `namespace/name`. Throws a usage error. */
export function parseCollection(text: string): CollectionName {
  const { collection } = parseReference(text);
  if (text === collection) return collection;
  throw new StowageError(
    "usage",
    `${JSON.stringify(text)} is no collection; expected namespace/name, without a tag`,
  );
}
