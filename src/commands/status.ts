import { Command } from "commander";
import { checkSite } from "../check/check-site.ts";
import { StowageError } from "../errors.ts";
import { type PullWay, isRefusal, wayName } from "../protocols/pull-line.ts";
import { pullWays } from "../protocols/pull-ways.ts";
import { type Site, siteOf } from "../protocols/site.ts";
import { refuseFindings } from "../registry/findings-error.ts";
import { formatReference, parseReference } from "../registry/reference.ts";
import { publicRegistry, scanRegistry } from "../registry/scan.ts";
import type { Collection, Registry, Tag, TagStatus } from "../registry/model.ts";
import { formatBytes, formatDay, plural } from "../format.ts";
import {
  type CommonOptions,
  type HostOptions,
  hostOption,
  jsonOption,
  quietOption,
  rootOption,
  scanOptions,
  siteOptions,
  strictOption,
  treeOption,
  urlOption,
} from "./options.ts";
import { formatTable, printFindings, printNote, printResult, styled } from "./output.ts";

interface StatusOptions extends CommonOptions, HostOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** One tag in `stowage status --json`. */
interface StatusEntry {
  readonly reference: string;
  readonly status: TagStatus;
  readonly private?: true;
  readonly digest?: string;
  /** Bytes; absent for records of 2019. */
  readonly size?: number;
  readonly created?: string;
  readonly architecture?: string;
  /** Only where a reference is asked for. */
  readonly pull?: readonly PullWay[];
}

export function statusCommand(): Command {
  return new Command("status")
    .description("show what is built, to build, frozen and stale; of one reference, also how to pull it")
    .argument("[ref]", "namespace/name:tag, or namespace/name for all its tags")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(urlOption("where the site answers (default: what registry.yml says)"))
    .addOption(hostOption())
    .addOption(strictOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage status vanessa/greeting:1.0\n  $ stowage status --json | jq -r '.tags[] | select(.status == \"to build\").reference'",
    )
    .action(runStatus);
}

function runStatus(reference: string | undefined, options: StatusOptions): void {
  const registry = scanRegistry(scanOptions(options));
  const served = publicRegistry(registry);
  const site = siteOf(served, siteOptions(options));
  const findings = [...registry.findings, ...checkSite(served, site)];
  const entries = reference === undefined ? allEntries(registry) : entriesOf(reference, registry, site);
  if (options.strict) refuseFindings(findings);
  printFindings(findings);
  if (options.json) return printResult(JSON.stringify({ tags: entries, findings }, null, 2));
  printTable(entries);
  for (const { reference: name, pull } of entries) if (pull) printWays(name, pull);
  if (!options.quiet && reference === undefined) printNote(summaryOf(entries, registry));
}

function allEntries({ collections }: Registry): StatusEntry[] {
  return collections.flatMap((collection) => collection.tags.map((tag) => entryOf(collection, tag)));
}

/** The tags that a reference means, with the ways to pull them. Throws StowageError where there is none. */
function entriesOf(text: string, { collections }: Registry, site: Site): StatusEntry[] {
  const { collection: name, tag: wanted } = parseReference(text);
  const collection = collections.find((candidate) => candidate.name === name);
  if (!collection) throw new StowageError("usage", `${name} is not a collection of this registry`);
  const isWhole = !text.includes(":");
  const tags = collection.tags.filter((tag) => isWhole || tag.name === wanted);
  if (tags.length === 0) {
    const known = collection.tags.map((tag) => tag.name).join(", ");
    throw new StowageError("usage", `${name} has no tag ${wanted}; it has ${known || "none"}`);
  }
  return tags.map((tag) => ({ ...entryOf(collection, tag), pull: pullWays(collection, tag, site) }));
}

function entryOf(collection: Collection, tag: Tag): StatusEntry {
  const { record } = tag;
  return {
    reference: formatReference({ collection: collection.name, tag: tag.name }),
    status: tag.status,
    ...(collection.isPrivate && { private: true }),
    ...(record && { digest: record.digest }),
    ...(record?.schema === 2 && { size: record.size }),
    ...(record?.created !== undefined && { created: record.created }),
    ...(record?.architecture !== undefined && { architecture: record.architecture }),
  };
}

/** Commands as they are typed, then why there are no more. */
function printWays(reference: string, ways: readonly PullWay[]): void {
  printResult(`\n${styled("bold", reference, process.stdout)}`);
  const sorted = [...ways.filter((way) => !isRefusal(way)), ...ways.filter(isRefusal)];
  const rows = sorted.map((way) => [
    `  ${wayName(way)}`,
    isRefusal(way) ? styled("dim", `no: ${way.reason}`, process.stdout) : way.command,
  ]);
  printResult(formatTable(rows));
}

const COLOURS = { built: "green", "to build": "yellow", stale: "yellow", frozen: "blue" } as const;

function printTable(entries: readonly StatusEntry[]): void {
  const header = ["REFERENCE", "STATUS", "SIZE", "CREATED", "ARCH"];
  const rows = entries.map((entry) => [
    entry.reference,
    entry.status,
    entry.size === undefined ? "" : formatBytes(entry.size),
    entry.created === undefined ? "" : formatDay(entry.created),
    entry.architecture ?? "",
  ]);
  const [head = "", ...lines] = formatTable([header, ...rows]).split("\n");
  printResult(styled("bold", head, process.stdout));
  for (const [index, line] of lines.entries()) {
    const status = entries[index]?.status ?? "built";
    printResult(
      line.replace(`  ${status}`, `  ${styled(COLOURS[status], status, process.stdout)}`).trimEnd(),
    );
  }
}

function summaryOf(entries: readonly StatusEntry[], registry: Registry): string {
  const count = (status: TagStatus) => entries.filter((entry) => entry.status === status).length;
  const parts = (["built", "to build", "frozen", "stale"] as const).map(
    (status) => `${count(status)} ${status}`,
  );
  return `${plural(registry.collections.length, "collection")}, ${plural(entries.length, "tag")}: ${parts.join(", ")}`;
}
