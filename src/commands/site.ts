import { Command } from "commander";
import { buildSite } from "../site/build-site.ts";
import {
  type CommonOptions,
  type HostOptions,
  hostOption,
  jsonOption,
  noHistoryOption,
  outOption,
  quietOption,
  rootOption,
  scanOptions,
  siteOptions,
  strictOption,
  treeOption,
  urlOption,
} from "./options.ts";
import { printFindings, printNote, printResult } from "./output.ts";

interface Options extends CommonOptions, HostOptions {
  readonly out: string;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly history: boolean;
}

export function siteCommand(): Command {
  return new Command("site")
    .description("build the static site and JSON API of a registry")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(outOption())
    .addOption(urlOption("where the site will answer, with its base path"))
    .addOption(hostOption())
    .addOption(noHistoryOption())
    .addOption(strictOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", "\nExample:\n  $ stowage site --out _site --url https://lab.github.io/registry/")
    .action(runSite);
}

async function runSite(options: Options): Promise<void> {
  const { site, fileCount, findings } = await buildSite({
    ...scanOptions(options),
    out: options.out,
    ...siteOptions(options),
    isStrict: options.strict ?? false,
    leavesOutHistory: !options.history,
  });
  printFindings(findings);
  if (options.json) {
    printResult(JSON.stringify({ out: options.out, files: fileCount, findings }, null, 2));
  }
  if (options.quiet) return;
  if (!options.json) printResult(`${fileCount} files in ${options.out}`);
  if (site.history.extent === "cut") {
    printNote(
      "The clone is shallow, so that older images are not told of (git fetch --unshallow, fetch-depth: 0).",
    );
  }
  if (site.url === undefined) {
    printNote(
      "No address is known (--url, or url: in registry.yml): the site's own images are named without a host.",
    );
  }
}
