import { StowageError } from "../errors.ts";
import { foldersAbove } from "../folders-above.ts";
import type { Registry, Tag } from "../registry/model.ts";
import { type Reference, formatReference } from "../registry/reference.ts";

/** An image that is to be built. */
export interface Build {
  readonly reference: Reference;
  /** The definition file, relative to registry.yml, with slashes. */
  readonly recipe: string;
  readonly reason: "no record" | "definition file changed" | "in this repository";
  /** build.sh stands beside the definition file. */
  readonly hasBuildScript: boolean;
}

/** A tag that stays as it is, and why. */
export interface LeftTag {
  readonly reference: Reference;
  readonly reason:
    | "frozen"
    | "up to date"
    | "stale"
    | "not changed"
    | "no definition file"
    | "not built here"
    | "link"
    | "record changed";
}

export interface Plan {
  /** In the order of their references. */
  readonly builds: readonly Build[];
  readonly left: readonly LeftTag[];
}

export interface PlanOptions {
  /** Only what these paths touch (relative to registry.yml). */
  readonly changed?: readonly string[];
  /** Also tags whose definition file is not the one that the record names. */
  readonly withStale?: boolean;
}

/**
 * What is to be built: a definition file without a record asks for it. Pure, and the same for the same tree.
 *
 *     planBuilds(scanRegistry({ root: "." })).builds[0]?.reason   // "no record"
 */
export function planBuilds(registry: Registry, options: PlanOptions = {}): Plan {
  const builds: Build[] = [];
  const left: LeftTag[] = [];
  const touched = options.changed && new Set(options.changed.flatMap((path) => [...foldersAbove(path)]));
  const changed = new Set(options.changed);
  for (const collection of registry.collections) {
    for (const tag of collection.tags) {
      const reference = { collection: collection.name, tag: tag.name };
      const verdict = judge(tag, registry, touched, changed, options.withStale ?? false);
      if (typeof verdict === "string") left.push({ reference, reason: verdict });
      else builds.push({ reference, hasBuildScript: tag.hasBuildScript, ...verdict });
    }
  }
  return { builds, left };
}

function judge(
  tag: Tag,
  { config }: Registry,
  touched: ReadonlySet<string> | undefined,
  changed: ReadonlySet<string>,
  withStale: boolean,
): Pick<Build, "recipe" | "reason"> | LeftTag["reason"] {
  if (tag.isLink) return "link";
  if (tag.isFrozen) return "frozen";
  if (!tag.definition) return "no definition file";
  if (config.builder.kind === "none") return "not built here";
  if (touched && !touched.has(tag.folder)) return "not changed";
  const recipe = `${tag.folder}/${tag.definition.fileName}`;
  if (!tag.record) return { recipe, reason: "no record" };
  // A record of 2019 does not say what it was built from; git may know that the file changed since.
  const isStale = tag.status === "stale" || (tag.record.recipe === undefined && changed.has(recipe));
  if (!isStale) return changed.has(`${tag.folder}/README.md`) ? "record changed" : "up to date";
  return withStale ? { recipe, reason: "definition file changed" } : "stale";
}

/** The part of a plan that was asked for. Throws a usage error for a reference that is not going to be built. */
export function onlyWanted(plan: Plan, wanted: readonly Reference[]): Plan {
  if (wanted.length === 0) return plan;
  const names = new Set(wanted.map(formatReference));
  const builds = plan.builds.filter(({ reference }) => names.has(formatReference(reference)));
  const planned = new Set(builds.map(({ reference }) => formatReference(reference)));
  const missing = [...names].find((name) => !planned.has(name));
  if (missing !== undefined) throw notPlanned(plan, missing);
  return { ...plan, builds };
}

function notPlanned({ left }: Plan, name: string): StowageError {
  const found = left.find(({ reference }) => formatReference(reference) === name);
  const why = found ? (REMEDIES[found.reason] ?? found.reason) : "there is no such tag";
  return new StowageError("usage", `${name} is not going to be built: ${why}`);
}

const REMEDIES: Readonly<Partial<Record<LeftTag["reason"], string>>> = {
  "up to date": "it is up to date; delete its README.md to have it built again",
  stale: "it has a record; add --stale, or delete its README.md",
  link: "it is a link to another tag; build that",
  frozen: "it is frozen",
  "not changed": "nothing in its folder changed",
  "record changed": "its record is new; delete its README.md to have it built again",
  "not built here": "this registry only receives records (builder: none)",
  "no definition file": "it has no definition file",
};
