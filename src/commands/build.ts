import { dirname, join } from "node:path";
import { Command } from "commander";
import { type BuildOutcome, buildImages } from "../build/build-images.ts";
import type { Builder } from "../build/builder.ts";
import { type HandOver, emptyHandOver } from "../build/hand-over.ts";
import { openBuilder } from "../build/open-builder.ts";
import { StowageError } from "../errors.ts";
import { formatBytes, plural } from "../format.ts";
import { printable } from "../printable.ts";
import { type BuilderConfig, readConfig } from "../registry/config.ts";
import { formatReference } from "../registry/reference.ts";
import { scanRegistry } from "../registry/scan.ts";
import { jsonOption, quietOption, rootOption, scanOptions, treeOption } from "./options.ts";
import { printFindings, printNote, printResult, styled } from "./output.ts";
import { Progress } from "./progress.ts";
import { type PublishingOptions, openRegistry, publishHandOvers, publishingOptions } from "./publishing.ts";
import { type SelectionOptions, selectBuilds, selectionOptions } from "./selection.ts";

interface Options extends PublishingOptions, SelectionOptions {
  readonly out?: string;
}

/** Where images lie until they are published, relative to registry.yml. */
const DEFAULT_OUT = "_build";

export function buildCommand(): Command {
  const command = new Command("build")
    .description("build and test the images that are to be built, store them and write their records")
    .argument("[refs...]", "only these (namespace/name:tag)")
    .addOption(rootOption())
    .addOption(treeOption());
  for (const option of selectionOptions()) command.addOption(option);
  command.option("--out <dir>", "leave images and logs in this folder, for stowage publish");
  for (const option of publishingOptions()) command.addOption(option);
  return command
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage build\n  $ stowage build vanessa/greeting:latest --commit\n  $ stowage build --changed-from origin/main --out _build",
    )
    .action(runBuild);
}

async function runBuild(references: readonly string[], options: Options): Promise<void> {
  if (options.out !== undefined && (options.commit || options.pr))
    throw new StowageError("usage", "--out leaves images for stowage publish, which has --commit and --pr");
  if (options.layout === "repository" && options.out === undefined)
    throw new StowageError("usage", "--layout repository needs --out; stowage publish takes it from there");
  const plan = await selectBuilds(references, options, () => {
    const registry = scanRegistry({ ...scanOptions(options), mayBeEmpty: true });
    printFindings(registry.findings);
    return registry;
  });
  if (plan.builds.length === 0 && !options.quiet) printNote("Nothing is to be built.");
  const built = await buildAll(plan.builds, options);
  const failures = plan.builds.length - built.length;
  if (options.out !== undefined) printBuilt(built, options);
  const unpublished = options.out === undefined ? await publishBuilt(built, options) : 0;
  if (failures + unpublished > 0) throw incomplete(failures, unpublished, plan.builds.length);
}

/** What is stored is not kept twice. Returns how many images could not be published. */
async function publishBuilt(built: readonly HandOver[], options: Options): Promise<number> {
  const published = await publishHandOvers(
    { handOvers: built, problems: [] },
    openRegistry(options),
    options,
  );
  // Not the folder: a nested collection's hand-overs may lie below it.
  for (const { image } of published) emptyHandOver(dirname(image));
  return built.length - published.length;
}

function incomplete(failures: number, unpublished: number, count: number): StowageError {
  if (failures > 0) return new StowageError("build", `${failures} of ${plural(count, "build")} failed`);
  return new StowageError(
    "build",
    `${plural(unpublished, "image")} could not be published; stowage publish ${DEFAULT_OUT} tries again`,
  );
}

/** Builds one image after the other; what fails is told, and the others go on. */
async function buildAll(
  builds: Parameters<typeof buildImages>[0],
  { root, out = join(root, DEFAULT_OUT), quiet = false }: Options,
): Promise<HandOver[]> {
  const progress = new Progress(process.stderr, { isQuiet: quiet });
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new StowageError("build", "interrupted"));
  for (const name of SIGNALS) process.once(name, interrupt);
  let name = "";
  const outcomes = buildImages(builds, {
    root,
    out,
    builder: readConfig(root).builder,
    open: rememberBuilders(),
    env: process.env,
    signal: interruption.signal,
    onStart: (build) => {
      name = formatReference(build.reference);
      if (!quiet) printNote(`building ${name}: ${build.reason}`);
      progress.show(`${name}: starting`);
    },
    onLine: (line) => progress.show(`${name}: ${line}`),
  });
  const built: HandOver[] = [];
  for await (const outcome of outcomes) {
    progress.clear();
    if ("handOver" in outcome) built.push(outcome.handOver);
    printOutcome(outcome, quiet);
  }
  for (const signal of SIGNALS) process.off(signal, interrupt);
  interruption.signal.throwIfAborted();
  return built;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Opens each kind of builder once. */
function rememberBuilders(): (config: BuilderConfig) => Promise<Builder> {
  const builders = new Map<BuilderConfig["kind"], Promise<Builder>>();
  return (config) => {
    const known = builders.get(config.kind) ?? openBuilder(config, { env: process.env });
    builders.set(config.kind, known);
    return known;
  };
}

function printOutcome(outcome: BuildOutcome, isQuiet: boolean): void {
  if ("error" in outcome)
    return printNote(`stowage: ${printableLines(outcome.error.message)}\n  all of its log: ${outcome.log}`);
  if (isQuiet) return;
  const { reference, size } = outcome.handOver;
  const word = styled("green", "built", process.stderr);
  printNote(`${word} ${formatReference(reference)}: ${formatBytes(size)}`);
}

function printBuilt(built: readonly HandOver[], { json }: Options): void {
  const images = built.map(({ reference, image, size, sha256 }) => ({
    reference: formatReference(reference),
    digest: `sha256:${sha256}`,
    size,
    image,
  }));
  if (json) return printResult(JSON.stringify({ built: images }, null, 2));
  for (const { reference, image } of images) printResult(`${reference}  ${image}`);
}

/** A sentence, and the last lines of a log below it, behind a bar: what begins a line may be a command to CI. */
function printableLines(text: string): string {
  const [sentence = "", ...lines] = text.split("\n").map(printable);
  return [sentence, ...lines.map((line) => `  | ${line.trimStart()}`)].join("\n");
}
