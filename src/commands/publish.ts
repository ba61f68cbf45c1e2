import { Command } from "commander";
import { readHandOvers } from "../build/hand-over.ts";
import { StowageError } from "../errors.ts";
import { plural } from "../format.ts";
import { jsonOption, quietOption, rootOption, treeOption } from "./options.ts";
import { printNote } from "./output.ts";
import { type PublishingOptions, publishHandOvers, publishingOptions } from "./publishing.ts";
import { parseCollection } from "./selection.ts";

interface Options extends PublishingOptions {
  readonly collection?: string;
}

export function publishCommand(): Command {
  const command = new Command("publish")
    .description("store what `stowage build --out` left in a folder, and write the records")
    .argument("<dir>", "the folder")
    .addOption(rootOption())
    .addOption(treeOption())
    .option("--collection <name>", "take images of this collection alone, built from recipes elsewhere");
  for (const option of publishingOptions()) command.addOption(option);
  return command
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage publish _build --commit\n  $ stowage publish _build --collection lab/tool --pr",
    )
    .action(runPublish);
}

async function runPublish(directory: string, options: Options): Promise<void> {
  const collection = options.collection === undefined ? undefined : parseCollection(options.collection);
  const handOvers = readHandOvers(directory);
  if (handOvers.length === 0 && !options.quiet) printNote(`There is no image in ${directory}.`);
  const published = await publishHandOvers(handOvers, options, collection);
  const failures = handOvers.length - published.length;
  if (failures > 0) {
    throw new StowageError(
      "build",
      `${failures} of ${plural(handOvers.length, "image")} could not be published`,
    );
  }
}
