import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { describeFinding, severityOf } from "../check/catalogue.ts";
import { changedRecords, checkPullRequest } from "../check/check-pull-request.ts";
import { checkRecords } from "../check/check-records.ts";
import { checkSite } from "../check/check-site.ts";
import { StowageError } from "../errors.ts";
import { type Finding, compareFindings } from "../finding.ts";
import { foldersAbove } from "../folders-above.ts";
import { plural } from "../format.ts";
import { changedBefore } from "../git/changed-paths.ts";
import { siteOf } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { publicRegistry, scanRegistry } from "../registry/scan.ts";
import {
  type HostOptions,
  hostOption,
  jsonOption,
  quietOption,
  rootOption,
  scanOptions,
  siteOptions,
  treeOption,
  urlOption,
} from "./options.ts";
import { printFindings, printNote, printResult } from "./output.ts";
import { Progress } from "./progress.ts";
import { type ChangeOptions, changedFromOption, changedIn } from "./selection.ts";

interface Options extends ChangeOptions, HostOptions {
  readonly images?: boolean;
  readonly privateNetwork?: boolean;
  readonly json?: boolean;
  readonly format: "text" | "github";
}

export function checkCommand(): Command {
  return new Command("check")
    .description("say what is wrong with a registry, or with what a pull request changes in it")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(changedFromOption())
    .option("--images", "fetch the images that records name, and compare their sizes and digests")
    .option("--private-network", "with --images: also from addresses inside this network")
    .addOption(urlOption("where the site answers (default: what registry.yml says)"))
    .addOption(hostOption())
    .addOption(
      new Option("--format <format>", "text, or github: annotations of a workflow")
        .choices(["text", "github"])
        .default("text"),
    )
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage check\n  $ stowage check --changed-from origin/main --images",
    )
    .action(runCheck);
}

async function runCheck(options: Options): Promise<void> {
  const registry = scanRegistry({ ...scanOptions(options), mayBeEmpty: true });
  const paths = await changedIn(options, registry);
  const findings = [
    ...standingFindings(registry, options),
    ...(paths ? checkPullRequest(registry, paths, await frozenBefore(options, paths)) : []),
    ...(options.images ? await imageFindings(registry, paths, options) : []),
  ].sort(compareFindings);
  report(findings.filter(relevance(registry, paths)), options);
}

/** Whether a folder had a .frozen where the branch began. */
async function frozenBefore(
  { root, changedFrom = "" }: Options,
  paths: readonly string[],
): Promise<(folder: string) => boolean> {
  const before = new Set(await changedBefore(root, changedFrom));
  const changed = new Set(paths);
  return (folder) => {
    const file = `${folder}/.frozen`;
    return changed.has(file) ? before.has(file) : existsSync(join(root, file));
  };
}

function standingFindings(registry: Registry, options: Options): Finding[] {
  const served = publicRegistry(registry);
  return [
    ...registry.findings,
    ...checkSite(served, siteOf(served, siteOptions(options))),
    ...checkRecords(registry),
  ];
}

async function imageFindings(
  registry: Registry,
  paths: readonly string[] | undefined,
  { root, privateNetwork = false, quiet = false }: Options,
): Promise<Finding[]> {
  // Loaded here, for no other check asks the network.
  const { checkImages } = await import("../publish/check-images.ts");
  const progress = new Progress(process.stderr, { isQuiet: quiet });
  const findings: Finding[] = [];
  const tags = changedRecords(registry, paths && new Set(paths));
  const onImage = (url: string) => progress.show(`fetching ${url}`);
  for await (const finding of checkImages(tags, { root, isPublicOnly: !privateNetwork, onImage }))
    findings.push(finding);
  progress.clear();
  return findings;
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

function report(findings: readonly Finding[], { json, format, quiet }: Options): void {
  const errors = findings.filter((finding) => severityOf(finding) === "error").length;
  if (format === "github") for (const finding of findings) printResult(annotation(finding));
  else if (!json) printFindings(findings);
  if (json) printResult(JSON.stringify({ findings: findings.map(described) }, null, 2));
  const summary = `${plural(errors, "error")}, ${plural(findings.length - errors, "warning")}`;
  if (errors > 0) throw new StowageError("findings", summary);
  if (!quiet) printNote(findings.length === 0 ? "Nothing is wrong." : summary);
}

function described(finding: Finding): object {
  return { ...finding, severity: severityOf(finding), message: describeFinding(finding) };
}

/** A workflow command of GitHub Actions; what ends a line, a property or a value is escaped as it asks. */
function annotation(finding: Finding): string {
  const { file, line, code } = finding;
  const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const place = `file=${property(file)}${line === undefined ? "" : `,line=${line}`}`;
  return `::${severityOf(finding)} ${place},title=${code}::${data(describeFinding(finding))}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
