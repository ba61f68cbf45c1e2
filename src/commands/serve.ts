import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { siteAddress } from "../address.ts";
import { hostProfile } from "../host.ts";
import { pullCommands } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import { manifestPath } from "../endpoints/paths.ts";
import { printable } from "../printable.ts";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { FindingsError } from "../registry/findings-error.ts";
import { readConfig } from "../registry/config.ts";
import type { Registry } from "../registry/model.ts";
import type { Reference } from "../registry/reference.ts";
import { publicRegistry, treeFolder } from "../registry/scan.ts";
import { type BuiltSite, buildSite } from "../site/build-site.ts";
import {
  type CommonOptions,
  type HostOptions,
  hostOption,
  noHistoryOption,
  outOption,
  quietOption,
  rootOption,
  scanOptions,
  treeOption,
  urlOption,
} from "./options.ts";
import { printFindings, printNote, printResult, styled } from "./output.ts";

interface ServeOptions extends CommonOptions, HostOptions {
  readonly out: string;
  readonly host: string;
  readonly port?: number;
  readonly verbose?: boolean;
  readonly history: boolean;
}

const DEFAULT_PORT = 8080;

export function serveCommand(): Command {
  return new Command("serve")
    .description("build the site, answer as its host will, and build again when something changes")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(outOption())
    .addOption(urlOption("the address that people use, if it is another than the printed one"))
    .addOption(hostOption())
    .addOption(noHistoryOption())
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .addOption(
      new Option("--port <number>", `port to listen on (default: ${DEFAULT_PORT}, or a free one)`).argParser(
        parsePort,
      ),
    )
    .option("--verbose", "print every request")
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage serve --port 8000\n  $ stowage serve --as server --host 0.0.0.0   # for everybody who reaches this machine",
    )
    .action(runServe);
}

async function runServe(options: ServeOptions): Promise<void> {
  const scan = scanOptions(options);
  const config = readConfig(options.root);
  const { basePath } = siteAddress(options.url ?? config.url);
  const host = options.as ?? config.host ?? "pages";
  // Loaded here, for no other command needs them.
  const { createPreviewServer } = await import("../site/preview-server.ts");
  const { watchRegistry } = await import("../site/watch.ts");
  const preview = createPreviewServer({
    directory: options.out,
    basePath,
    host: hostProfile(host),
    ...(options.verbose && { onRequest: printRequest }),
  });
  await listen(preview.server, options);
  const url = options.url ?? addressOf(preview.server, options.host) + basePath;
  const build = () => buildSite({ ...scan, out: options.out, url, host, leavesOutHistory: !options.history });
  const site = await build().catch((error: unknown) => {
    preview.server.close();
    throw error;
  });
  const interrupted = untilInterrupted();
  const watch = await watchRegistry(
    { root: options.root, tree: treeFolder(scan, config), out: options.out },
    async () => {
      if (await rebuild(build, options)) preview.reload();
    },
  );
  // Not before, so that all that it promises holds already.
  printStart(site, options);
  await Promise.race([interrupted, watch.failure]);
  await watch.stop();
  preview.server.close();
  preview.server.closeAllConnections();
}

/** A mistake while editing is told, and the last good site stays. */
async function rebuild(build: () => Promise<BuiltSite>, options: ServeOptions): Promise<boolean> {
  try {
    const { findings, fileCount } = await build();
    printFindings(findings);
    if (!options.quiet) printNote(`Built again: ${fileCount} files.`);
    return true;
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    if (error instanceof FindingsError) printFindings(error.findings);
    printNote(`stowage: ${printable(error.message)}`);
    return false;
  }
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  try {
    await listenOn(server, host, port ?? DEFAULT_PORT);
  } catch (error) {
    if (systemCode(error) !== "EADDRINUSE")
      throw new StowageError("usage", `cannot listen on ${host}: ${messageOf(error)}`);
    if (port !== undefined)
      throw new StowageError("usage", `port ${port} is in use; choose another with --port`);
    await listenOn(server, host, 0);
  }
}

async function listenOn(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}

/** `http://127.0.0.1:8080`, without a slash at the end. */
function addressOf(server: Server, host: string): string {
  const isEveryAddress = host === "0.0.0.0" || host === "::";
  const name = isEveryAddress ? hostname() : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${(server.address() as AddressInfo).port}`;
}

function printStart({ registry, site, fileCount, findings }: BuiltSite, options: ServeOptions): void {
  printFindings(findings);
  printResult(`${bold(registry.config.title)} is served at ${bold(site.url ?? "")}`);
  const [example] = pullableTags(publicRegistry(registry), site);
  if (example) {
    printResult(
      `\nAsk it:\n  curl -sL ${site.to(manifestPath(example.reference.collection, example.reference.tag))}`,
    );
    printResult(`Pull from it:\n  ${example.command}`);
  }
  if (!options.quiet)
    printNote(`\n${fileCount} files in ${options.out}. Changes are built as they are saved; Ctrl-C stops.`);
}

/** Every tag that a client can pull, with the first command for it. */
function* pullableTags(
  { collections }: Registry,
  site: Site,
): Iterable<{ reference: Reference; command: string }> {
  for (const collection of collections) {
    for (const tag of collection.tags) {
      const [command] = pullCommands(collection, tag, site);
      if (command !== undefined) yield { reference: { collection: collection.name, tag: tag.name }, command };
    }
  }
}

function bold(text: string): string {
  return styled("bold", text, process.stdout);
}

function printRequest({ method, url }: IncomingMessage, status: number): void {
  printNote(`${status} ${method} ${printable(url ?? "")}`);
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("expected a number from 0 to 65535.");
}

async function untilInterrupted(): Promise<void> {
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
