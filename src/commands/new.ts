import { Command } from "commander";
import { writeNewRecipe } from "../registry/new-recipe.ts";
import { parseReference } from "../registry/reference.ts";
import { type CommonOptions, quietOption, rootOption, scanOptions, treeOption } from "./options.ts";
import { printNote, printResult } from "./output.ts";

export function newCommand(): Command {
  return new Command("new")
    .description("start a recipe folder, ready for a pull request")
    .argument("<ref>", "namespace/name:tag (without a tag: latest)")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(quietOption())
    .addHelpText("after", "\nExample:\n  $ stowage new vanessa/salad:1.0")
    .action(runNew);
}

function runNew(text: string, options: CommonOptions): void {
  const files = writeNewRecipe(scanOptions(options), parseReference(text));
  for (const file of files) printResult(file);
  if (!options.quiet)
    printNote(
      "Edit the definition file, then open a pull request: without a README.md beside it, it will be built.",
    );
}
