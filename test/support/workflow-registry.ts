import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./cli.ts";
import type { Files } from "./registry.ts";
import type { JobResult, RunOutcome } from "./workflow-run.ts";

const IMAGES = join(PROJECT, "images", "sha256");

/** The smallest image of the example registry: it holds a shell, and nothing else. */
export function baseImage(): Buffer {
  const [smallest = ""] = readdirSync(IMAGES).sort(
    (a, b) => statSync(join(IMAGES, a)).size - statSync(join(IMAGES, b)).size,
  );
  return readFileSync(join(IMAGES, smallest));
}

/** A recipe whose image says a word; its base lies beside it. */
export function recipeThatSays(word: string, more = ""): string {
  return `Bootstrap: localimage\nFrom: base.sif\n\n%runscript\n    echo ${word}\n\n%test\n    true\n${more}`;
}

/** The folder of a tag, with a recipe and what that is built from. */
export function tagFiles(collection: string, tag: string, recipe: string): Files {
  const folder = `registry/${collection}/manifests/${tag}`;
  return { [`${folder}/Singularity`]: recipe, [`${folder}/base.sif`]: baseImage() };
}

/** A registry's own files, beside the project's. */
export function registryFiles(more = ""): Files {
  return {
    "registry.yml": `title: Test\nrepository: https://github.com/lab/registry\n${more}`,
    "registry/lab/README.md": "The lab.\n",
  };
}

/** Everything that the steps of a run printed, for the message of a test that fails. */
export function storyOf({ jobs }: Pick<RunOutcome, "jobs">): string {
  return [...jobs].map(([name, job]) => `== ${name}: ${job.result}\n${outputOf(job)}`).join("\n");
}

/** What the steps of a job printed. */
export function outputOf({ steps = [] }: JobResult): string {
  return steps.map(({ what, result, output }) => `-- ${what} (${result})\n${output}`).join("\n");
}
