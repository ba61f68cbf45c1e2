import { Command, Option } from "commander";
import { changedRecords } from "../check/check-pull-request.ts";
import { type Finding, compareFindings } from "../finding.ts";
import { foldersAbove } from "../folders-above.ts";
import type { Registry } from "../registry/model.ts";
import { scanRegistry } from "../registry/scan.ts";
import { fixRegistry, foundBesides } from "./check-fix.ts";
import { type RemoteOptions, remoteFindings, remoteOptions, requireRemote } from "./check-remote.ts";
import { FORMATS, type ReportOptions, reportFindings } from "./check-report.ts";
import { changeFindings, standingFindings } from "./check-rules.ts";
import {
  type HostOptions,
  hostOption,
  jsonOption,
  quietOption,
  rootOption,
  scanOptions,
  treeOption,
  urlOption,
} from "./options.ts";
import { type ChangeOptions, changedFromOption, changedIn } from "./selection.ts";

interface Options extends ChangeOptions, HostOptions, RemoteOptions {
  readonly json?: boolean;
  readonly format: ReportOptions["format"];
  readonly summary?: string;
  readonly fix?: boolean;
}

/** `now` tells the time. */
export function checkCommand(now: () => Date): Command {
  const command = new Command("check")
    .description("say what is wrong with a registry, or with what a pull request changes in it")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(changedFromOption());
  for (const option of remoteOptions()) command.addOption(option);
  return command
    .option("--private-network", "with --remote or --fix: also from addresses inside this network")
    .option("--fix", "first mend what is safe: write records of 2019 anew, by measuring their images")
    .addOption(urlOption("where the site answers (default: what registry.yml says)"))
    .addOption(hostOption())
    .addOption(
      new Option("--format <format>", "how findings are printed; github: annotations of a workflow")
        .choices(FORMATS)
        .default("text"),
    )
    .addOption(jsonOption().conflicts("format"))
    .option("--summary <file>", "also put the table of --format markdown at the end of this file")
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage check\n  $ stowage check --changed-from origin/main --remote --digest\n  $ stowage check --fix",
    )
    .action((options: Options, self: Command) => runCheck({ ...options, now }, self));
}

async function runCheck(options: Options & { readonly now: () => Date }, command: Command): Promise<void> {
  requireRemote(options);
  const format = options.json ? "json" : options.format;
  const fixed = options.fix ? await fixRegistry({ ...options, isPlain: format === "text" }) : undefined;
  const registry = scanRegistry({ ...scanOptions(options), mayBeEmpty: true });
  const paths = await changedIn(options, registry);
  const found = [
    ...standingFindings(registry, options),
    ...(await changeFindings(registry, paths, options)),
    ...(await remoteFindings(registry, paths, options)),
  ];
  const findings = [...found, ...foundBesides(found, fixed?.findings ?? [])].sort(compareFindings);
  const version = command.parent?.version() ?? "";
  const more = fixed && { more: { mended: fixed.mended, left: fixed.left } };
  reportFindings(findings.filter(relevance(registry, paths)), { ...options, format, version, ...more });
}

/** A finding is a pull request's own where it is about a file, or a folder, that this touches. */
function relevance(registry: Registry, paths: readonly string[] | undefined): (finding: Finding) => boolean {
  if (paths === undefined) return () => true;
  const touched = new Set(paths);
  // A record whose image is touched, too.
  for (const { tag } of changedRecords(registry, new Set(paths))) touched.add(`${tag.folder}/README.md`);
  for (const path of paths) for (const folder of foldersAbove(path)) touched.add(folder);
  return ({ file, code }) => touched.has(file) || code === "frozen-changed";
}
