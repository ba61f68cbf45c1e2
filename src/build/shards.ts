import { StowageError } from "../errors.ts";
import { formatReference } from "../registry/reference.ts";
import type { Build } from "./plan.ts";

/** One of several runners: `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses `2/5`. Throws a usage error. */
export function parseShard(text: string): Shard {
  const [, index = "", count = ""] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new StowageError(
    "usage",
    `${JSON.stringify(text)} is no part of a plan; expected I/N, such as 1/3 for the first of three`,
  );
}

/** What one of several runners builds; together they build everything once. */
export function shardOf<T>(builds: readonly T[], { index, count }: Shard): T[] {
  return builds.filter((_, position) => position % count === index - 1);
}

/** GitHub's limit for the jobs of one matrix. */
const LARGEST_MATRIX = 256;

/** One job of a matrix on GitHub. */
interface MatrixEntry {
  /** A number, for the names of artifacts, where a reference cannot stand. */
  readonly id: string;
  /** One reference; several, with a space between, where there are more images than a matrix has room for. */
  readonly references: string;
}

/** The value of `strategy.matrix`, a job an image: at most 256 jobs, which then share the images. */
export function githubMatrix(builds: readonly Build[]): { readonly include: readonly MatrixEntry[] } {
  const count = Math.min(builds.length, LARGEST_MATRIX);
  const include = Array.from({ length: count }, (_, position) => ({
    id: String(position + 1),
    references: shardOf(builds, { index: position + 1, count })
      .map(({ reference }) => formatReference(reference))
      .join(" "),
  }));
  return { include };
}

/**
 * The workflow of a continuation on CircleCI, a job an image: approved by a person, then published. Goes below the
 * jobs of `.circleci/build.yml`.
 */
export function circleciWorkflows(builds: readonly Build[]): object {
  // A matrix must not be empty.
  if (builds.length === 0) return { build: { jobs: ["nothing"] } };
  const references = githubMatrix(builds).include.map((entry) => entry.references);
  return {
    build: {
      jobs: [
        { build: { matrix: { parameters: { references } } } },
        { hold: { type: "approval", requires: ["build"] } },
        { publish: { requires: ["hold"], context: "stowage-publish" } },
      ],
    },
  };
}
