import { existsSync } from "node:fs";
import { join } from "node:path";
import { StowageError } from "../errors.ts";
import { type CollectionName, type TagName, tagProblem } from "../registry/reference.ts";
import { sortedEntries } from "../registry/tree-reader.ts";
import type { Build, LeftTag, Plan, PlanOptions } from "./plan.ts";

/** `Singularity`, `Singularity.1.0`: what follows the first dot is the tag. */
const RECIPE = /^(?:Singularity|Apptainer)(?:\.(.+))?$/s;

/** Folders that no recipe of a repository's own lies in. */
const PASSED_OVER = new Set(["node_modules"]);

/**
 * What a connected repository builds: each `Singularity` or `Singularity.<tag>` in it is an image of one collection.
 * `.frozen` beside recipes keeps them from being built. Throws StowageError ("tree") where two recipes mean one tag, or
 * a name cannot be a tag.
 */
export function planRepository(root: string, collection: CollectionName, options: PlanOptions = {}): Plan {
  const recipes = requireDistinct(recipesBelow(root));
  const changed = options.changed && new Set(options.changed);
  const builds: Build[] = [];
  const left: LeftTag[] = [];
  for (const { tag, recipe, isFrozen } of recipes) {
    const reference = { collection, tag };
    if (isFrozen) left.push({ reference, reason: "frozen" });
    else if (changed && !changed.has(recipe)) left.push({ reference, reason: "not changed" });
    else builds.push({ reference, recipe, reason: "in this repository", hasBuildScript: false });
  }
  return { builds, left };
}

interface Recipe {
  readonly tag: TagName;
  /** Relative to the repository's root, with slashes. */
  readonly recipe: string;
  readonly isFrozen: boolean;
}

/** All recipes of a repository, one folder after the other; neither links nor repositories in it are followed. */
function* recipesBelow(root: string): Iterable<Recipe> {
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = sortedEntries(join(root, folder));
    const isOtherRepository = folder !== "" && entries.some(({ name }) => name === ".git");
    if (isOtherRepository) continue;
    const isFrozen = existsSync(join(root, folder, ".frozen"));
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const match = entry.isFile() ? RECIPE.exec(entry.name) : null;
      if (match) yield { tag: requireTag(match[1] ?? "latest", path), recipe: path, isFrozen };
      const isPassedOver = entry.name.startsWith(".") || PASSED_OVER.has(entry.name);
      if (entry.isDirectory() && !isPassedOver) waiting.push(path);
    }
  }
}

function requireTag(name: string, recipe: string): TagName {
  const problem = tagProblem(name);
  if (!problem) return name as TagName;
  throw new StowageError(
    "tree",
    `${JSON.stringify(name)} cannot be a tag; expected ${problem.expected}; rename the file`,
    { place: { file: recipe } },
  );
}

/** In the order of their tags. */
function requireDistinct(recipes: Iterable<Recipe>): Recipe[] {
  const byTag = new Map<string, Recipe>();
  for (const recipe of recipes) {
    const other = byTag.get(recipe.tag);
    if (other) throw twoRecipes(recipe, other);
    byTag.set(recipe.tag, recipe);
  }
  return [...byTag.values()].sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

function twoRecipes(one: Recipe, other: Recipe): StowageError {
  const [first, second] = [one.recipe, other.recipe].sort();
  return new StowageError(
    "tree",
    `${first} and ${second} are both the tag ${one.tag}; rename or delete one of them`,
  );
}
