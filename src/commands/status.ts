import { Command } from "commander";
import { refuseFindings } from "../registry/findings-error.ts";
import { formatReference } from "../registry/reference.ts";
import { scanRegistry } from "../registry/scan.ts";
import type { Collection, Registry, Tag, TagStatus } from "../registry/model.ts";
import { formatBytes, formatDay, plural } from "../site/format.ts";
import {
  type CommonOptions,
  jsonOption,
  quietOption,
  rootOption,
  scanOptions,
  strictOption,
  treeOption,
} from "./options.ts";
import { formatTable, printFindings, printNote, printResult, styled } from "./output.ts";

interface StatusOptions extends CommonOptions {
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
}

export function statusCommand(): Command {
  return new Command("status")
    .description("show what is built, to build, frozen and stale")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(strictOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExample:\n  $ stowage status --json | jq -r '.tags[] | select(.status == \"to build\").reference'",
    )
    .action(runStatus);
}

function runStatus(options: StatusOptions): void {
  const registry = scanRegistry(scanOptions(options));
  const entries = registry.collections.flatMap((collection) =>
    collection.tags.map((tag) => entryOf(collection, tag)),
  );
  if (options.strict) refuseFindings(registry);
  printFindings(registry.findings);
  if (options.json) printResult(JSON.stringify({ tags: entries, findings: registry.findings }, null, 2));
  else printTable(entries);
  if (!options.quiet && !options.json) printNote(summaryOf(entries, registry));
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
