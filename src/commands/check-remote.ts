import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { formatNumber } from "../format.ts";
import type { CheckRemoteOptions, RemoteProgress } from "../health/check-remote.ts";
import { commitHealth } from "../publish/commit-health.ts";
import { writeFiles } from "../publish/write-files.ts";
import { HEALTH_FILE, type Health, formatHealth } from "../registry/health.ts";
import type { Registry } from "../registry/model.ts";
import type { CommonOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import type { ChangeOptions } from "./selection.ts";

/** Options of `stowage check` that are about images. */
export interface RemoteOptions extends CommonOptions {
  readonly remote?: boolean;
  readonly deep?: boolean;
  readonly digest?: boolean;
  readonly sample?: number;
  readonly minutes?: number;
  readonly concurrency?: number;
  readonly privateNetwork?: boolean;
  readonly commit?: boolean;
  readonly branch: string;
}

export const remoteOptions = () => [
  new Option("--remote", "ask for every image that records name, and keep what comes of it in health.json"),
  new Option("--deep", "with --remote: read the header of each image"),
  new Option("--digest", "with --remote: read all of each image, and compare its digest"),
  new Option("--sample <percent>", "with --digest: so many of the images, read longest ago").argParser(
    parsePercent,
  ),
  new Option(
    "--minutes <n>",
    "with --digest: read for so long at most, and what is left first the next time",
  ).argParser(parseMinutes),
  new Option(
    "--concurrency <n>",
    "with --remote: requests at once (default: 32, and 8 to one host)",
  ).argParser(parseConcurrency),
  new Option("--commit", "with --remote: commit health.json on top of origin's branch, too, and push that"),
  new Option("--branch <name>", "the branch of origin that health.json is meant for").default("main"),
];

const MOST_AT_ONCE = 1024;

function parsePercent(text: string): number {
  const percent = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError("Expected a percentage above 0, 100 at most, such as 10.");
}

/** A day. */
const MOST_MINUTES = 24 * 60;

function parseMinutes(text: string): number {
  const minutes = /^\d+$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= MOST_MINUTES) return minutes;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_MINUTES}.`);
}

function parseConcurrency(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_AT_ONCE) return count;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_AT_ONCE}.`);
}

/** What is wrong with images, where `--remote` asks for it; of a pull request, those of the records in `paths`. */
export async function remoteFindings(
  registry: Registry,
  paths: readonly string[] | undefined,
  options: RemoteOptions & { readonly now: () => Date },
): Promise<Finding[]> {
  if (!options.remote) return [];
  // Loaded here, for no other check asks the network.
  const { checkRemote } = await import("../health/check-remote.ts");
  const progress = new Progress(process.stderr, { isQuiet: options.quiet ?? false });
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(interrupted(paths === undefined));
  for (const name of SIGNALS) process.once(name, interrupt);
  let found: Health | undefined;
  try {
    const findings = await checkRemote(registry, {
      ...howToAsk(options),
      ...(paths && { changed: new Set(paths) }),
      signal: interruption.signal,
      onProgress: (step) => progress.show(describe(step)),
      save: (health) => {
        found = health;
        saveHealth(options.root, health);
      },
    });
    if (options.commit && found) await commitHealth(found, options);
    return findings;
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
    progress.clear();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function interrupted(isKept: boolean): StowageError {
  const kept = `; ${HEALTH_FILE} has what was found so far, and the next check goes on from there`;
  return new StowageError("storage", `interrupted${isKept ? kept : ""}`);
}

/** Options that would do nothing are a mistake of whoever gives them: throws a usage error. */
export function requireRemote(options: RemoteOptions & ChangeOptions): void {
  const { remote, deep, digest, sample, minutes, concurrency, commit, changedFrom } = options;
  if (sample !== undefined && !digest) throw new StowageError("usage", "--sample belongs to --digest");
  if (minutes !== undefined && !digest) throw new StowageError("usage", "--minutes belongs to --digest");
  if (commit && changedFrom !== undefined)
    throw new StowageError("usage", "--commit and --changed-from exclude each other");
  if (remote) return;
  const given = [
    commit && "--commit",
    deep && "--deep",
    digest && "--digest",
    concurrency && "--concurrency",
  ].find(Boolean);
  if (given) throw new StowageError("usage", `${given} belongs to --remote`);
}

function howToAsk(options: RemoteOptions & { readonly now: () => Date }): CheckRemoteOptions {
  const { root, now, deep, digest, sample = 100, minutes, concurrency, privateNetwork } = options;
  return {
    root,
    now: now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z"),
    isDeep: deep,
    isPublicOnly: !privateNetwork,
    ...(digest && { digestPercent: sample }),
    ...(minutes !== undefined && { readFor: minutes * 60_000 }),
    ...(concurrency !== undefined && { concurrency, perHost: concurrency }),
  };
}

function describe({ doing, done, of }: RemoteProgress): string {
  const what = doing === "asked" ? "images asked for" : "images read";
  return `${formatNumber(done)} of ${formatNumber(of)} ${what}`;
}

function saveHealth(root: string, health: Health): void {
  writeFiles([{ path: join(root, HEALTH_FILE), content: formatHealth(health) }]);
}
