import { Command } from "commander";
import { buildSite } from "../site/build-site.ts";
import {
  type CommonOptions,
  jsonOption,
  outOption,
  quietOption,
  rootOption,
  scanOptions,
  strictOption,
  treeOption,
  urlOption,
} from "./options.ts";
import { printFindings, printNote, printResult } from "./output.ts";

interface SiteOptions extends CommonOptions {
  readonly out: string;
  readonly url?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function siteCommand(): Command {
  return new Command("site")
    .description("build the static site and JSON API of a registry")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(outOption())
    .addOption(urlOption("where the site will answer, with its base path"))
    .addOption(strictOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", "\nExample:\n  $ stowage site --out _site --url https://lab.github.io/registry/")
    .action(runSite);
}

async function runSite(options: SiteOptions): Promise<void> {
  const { registry, address, fileCount } = await buildSite({
    ...scanOptions(options),
    out: options.out,
    ...(options.url !== undefined && { url: options.url }),
    isStrict: options.strict ?? false,
  });
  printFindings(registry.findings);
  if (options.json) {
    printResult(JSON.stringify({ out: options.out, files: fileCount, findings: registry.findings }, null, 2));
  }
  if (options.quiet) return;
  if (!options.json) printResult(`${fileCount} files in ${options.out}`);
  if (address.url === undefined) {
    printNote(
      "No address is known (--url, or url: in registry.yml): the site's own images are named without a host.",
    );
  }
}
