import { rmSync } from "node:fs";
import { Command, Option } from "commander";
import type { HandOver } from "../build/hand-over.ts";
import { type FoundHandOvers, readHandOvers, readJobHandOvers } from "../build/read-hand-overs.ts";
import { planBuilds } from "../build/plan.ts";
import { githubMatrix } from "../build/shards.ts";
import { StowageError } from "../errors.ts";
import { plural } from "../format.ts";
import { writeFiles } from "../publish/write-files.ts";
import type { Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { jsonOption, quietOption, rootOption, treeOption } from "./options.ts";
import { printNote } from "./output.ts";
import { type PublishingOptions, openRegistry, publishHandOvers, publishingOptions } from "./publishing.ts";
import { type ChangeOptions, changedFromOption, changedIn, parseCollection } from "./selection.ts";

interface Options extends PublishingOptions, ChangeOptions {
  readonly collection?: string;
  readonly matrix?: "github";
  readonly checksums?: string;
}

export function publishCommand(): Command {
  const command = new Command("publish")
    .description("store what `stowage build --out` left in a folder, and write the records")
    .argument("<dir>", "the folder")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(
      new Option(
        "--matrix <ci>",
        "the folder has one of each job of plan --matrix: take images from the jobs that were to build them",
      ).choices(["github"]),
    )
    .addOption(changedFromOption())
    .option("--checksums <file>", "write a line with the sha256 of each image that was published")
    .option("--collection <name>", "take images of this collection alone, built from recipes elsewhere");
  for (const option of publishingOptions()) command.addOption(option);
  return command
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage publish _build --matrix github --commit\n  $ stowage publish _build --collection lab/tool --pr",
    )
    .action(runPublish);
}

async function runPublish(directory: string, options: Options): Promise<void> {
  const collection = options.collection === undefined ? undefined : parseCollection(options.collection);
  const { checksums } = options;
  // What lies there is not of this run, and might be believed.
  if (checksums !== undefined) rmSync(checksums, { force: true });
  const opened = openRegistry(options);
  const changed = await changedIn(options, opened.registry);
  const found = find(directory, opened.registry, options);
  const count = found.handOvers.length + found.problems.length;
  if (count === 0 && !options.quiet) printNote(`There is no image in ${directory}.`);
  const published = await publishHandOvers(found, opened, options, {
    ...(collection !== undefined && { collection }),
    ...(changed && { changed }),
  });
  if (checksums !== undefined && published.length > 0) writeChecksums(checksums, published);
  const failures = count - published.length;
  if (failures > 0)
    throw new StowageError("build", `${failures} of ${plural(count, "image")} could not be published`);
}

/** As sha256sum writes them, for what attests images. */
function writeChecksums(file: string, published: readonly HandOver[]): void {
  const lines = published.map(({ sha256, reference }) => `${sha256}  ${formatReference(reference)}\n`);
  writeFiles([{ path: file, content: lines.join("") }]);
}

function find(directory: string, registry: Registry, { matrix }: Options): FoundHandOvers {
  if (matrix === undefined) return readHandOvers(directory);
  return readJobHandOvers(directory, githubMatrix(planBuilds(registry).builds));
}
