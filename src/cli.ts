#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { buildCommand } from "./commands/build.ts";
import { checkCommand } from "./commands/check.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { newCommand } from "./commands/new.ts";
import { printFindings } from "./commands/output.ts";
import { planCommand } from "./commands/plan.ts";
import { publishCommand } from "./commands/publish.ts";
import { pushCommand } from "./commands/push.ts";
import { serveCommand } from "./commands/serve.ts";
import { siteCommand } from "./commands/site.ts";
import { statusCommand } from "./commands/status.ts";
import { StowageError, systemCode } from "./errors.ts";
import { printable } from "./printable.ts";
import { FindingsError } from "./registry/findings-error.ts";

/** Exit status for a bug of ours (EX_SOFTWARE of sysexits.h). */
const BUG = 70;
const WRONG_USAGE = 2;

// Amazon's SDK tells whoever stores an image which Node.js it will want one day; package.json says which we want.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Whoever reads it has read enough.
process.stdout.on("error", (error) => {
  if (systemCode(error) !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await main(process.argv);

/** Runs one command; the only place that catches everything. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (error instanceof FindingsError) printFindings(error.findings);
    if (error instanceof StowageError) {
      process.stderr.write(`stowage: ${printable(error.message)}\n`);
      return error.exitStatus;
    }
    // A disk that is full, a folder that may not be read: no bug of ours.
    if (systemCode(error) !== undefined && error instanceof Error && "syscall" in error) {
      process.stderr.write(`stowage: ${printable(error.message)}\n`);
      return WRONG_USAGE;
    }
    process.stderr.write(
      `stowage: this is a bug of Stowage, please report it:\n${String((error as Error)?.stack ?? error)}\n`,
    );
    return BUG;
  }
}

function program(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const stowage = new Command("stowage")
    .description("A container registry without a server, for Singularity and Apptainer images.")
    .version(version);
  const commands = [
    siteCommand(),
    serveCommand(),
    statusCommand(),
    checkCommand(() => new Date()),
    newCommand(),
    planCommand(),
    buildCommand(),
    publishCommand(),
    pushCommand(),
    inspectCommand(),
  ];
  for (const command of commands) stowage.addCommand(command);
  for (const command of [stowage, ...stowage.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        outputError: (text, write) =>
          write(printable(text.trimEnd().replaceAll("\n", " ")).replace(/^error:/, "stowage:") + "\n"),
      });
  }
  return stowage;
}
