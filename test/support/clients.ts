import { type ExecFileException, execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { BuiltSite } from "../../src/index.ts";
import { type PullWay, commandOf, isRefusal, wayName } from "../../src/protocols/pull-line.ts";
import { pullWays } from "../../src/protocols/pull-ways.ts";
import { temporaryFolder } from "./registry.ts";

/** Programs that tests run, and how each of them answers at once. */
const PROBES = {
  apptainer: "--version",
  oras: "version",
  crane: "--help",
  skopeo: "--version",
  curl: "--version",
  openssl: "version",
} as const;
type Program = keyof typeof PROBES;

/** Why tests with these programs are skipped; undefined where they run. STOWAGE_TEST_CLIENTS=required insists. */
export function whyNo(...programs: readonly Program[]): string | undefined {
  for (const program of programs) {
    try {
      execFileSync(program, [PROBES[program]], { stdio: "ignore" });
    } catch (error) {
      if (areClientsRequired()) throw error;
      return `${program} is not on PATH`;
    }
  }
  return undefined;
}

export function whyNoApptainer(): string | undefined {
  return whyNo("apptainer");
}

export function areClientsRequired(): boolean {
  return process.env["STOWAGE_TEST_CLIENTS"] === "required";
}

/** The end of a suite's name: why it is skipped, if it is. */
export function because(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason})`;
}

/** How a command ended, and what it said. */
interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody who uses a registry: a folder to work in, with apptainer's cache and configuration of their own. */
export interface User {
  readonly folder: string;
  /** Runs a line of shell in that folder. */
  run(line: string): Promise<Outcome>;
  /** Runs a line that has to succeed, and gives back what it printed. */
  output(line: string): Promise<string>;
  /** Runs a line that has to write one file, in a folder of its own, and gives back that file. */
  pull(line: string): Promise<Buffer>;
}

/** Long enough for a machine that is busy with other tests; a client that waits for ever ends with its test. */
const PATIENCE = 40_000;

export interface UserOptions {
  /** A file with what signs the https sites of a test. */
  readonly certificate?: string;
  /** An empty folder; else one that is gone after the test. */
  readonly folder?: string;
}

export function newUser({ certificate, folder = temporaryFolder() }: UserOptions = {}): User {
  const env = {
    ...process.env,
    APPTAINER_CACHEDIR: join(folder, ".cache"),
    APPTAINER_CONFIGDIR: join(folder, ".apptainer"),
    NO_PROXY: "*",
    no_proxy: "*",
    ...(certificate !== undefined && { SSL_CERT_FILE: certificate, CURL_CA_BUNDLE: certificate }),
  };
  mkdirSync(env.APPTAINER_CACHEDIR);
  mkdirSync(env.APPTAINER_CONFIGDIR, { mode: 0o700 });
  return {
    folder,
    run: (line) => runLine(line, folder, env),
    output: async (line) => succeeded(line, await runLine(line, folder, env)).stdout,
    async pull(line) {
      const cwd = mkdtempSync(join(folder, "pull-"));
      succeeded(line, await runLine(line, cwd, env));
      const [file, ...others] = readdirSync(cwd);
      if (file === undefined || others.length > 0)
        throw new Error(`${line}\nleft not one file but ${[file, ...others].join(" and ")}`);
      return readFileSync(join(cwd, file));
    },
  };
}

/** Nothing is typed in: a program that asks reads the end of its input. */
function runLine(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile("sh", ["-c", line], { cwd, env, timeout: PATIENCE }, (error, stdout, stderr) =>
      resolve({ status: statusOf(error), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** A program that was killed has no status of its own. */
function statusOf(error: ExecFileException | null): number {
  if (!error) return 0;
  return typeof error.code === "number" ? error.code : 1;
}

function succeeded(line: string, outcome: Outcome): Outcome {
  if (outcome.status === 0) return outcome;
  throw new Error(`${line}\nended with ${outcome.status}: ${outcome.stderr}${outcome.stdout}`);
}

/** Does something with every item, two at a time. */
export async function twoAtATime<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all([worker(), worker()]);
}

/** What people are told of one way to pull a tag: `oras://`, `curl`. */
export function wayTo({ registry, site }: BuiltSite, reference: string, name: string): PullWay {
  for (const collection of registry.collections) {
    for (const tag of collection.tags) {
      if (`${collection.name}:${tag.name}` !== reference) continue;
      const way = pullWays(collection, tag, site).find((each) => wayName(each) === name);
      if (way) return way;
    }
  }
  throw new Error(`${reference} is not in the registry, or ${name} is no way`);
}

/** The command that people are told to type for a tag. */
export function commandFor(built: BuiltSite, reference: string, name: string): string {
  const way = wayTo(built, reference, name);
  if (isRefusal(way)) throw new Error(`${reference} by ${name}: ${way.reason}`);
  return way.command;
}

/** What somebody asks for, and where. */
export interface Wish {
  readonly way: Pick<PullWay, "protocol" | "client">;
  readonly reference: string;
  /** Where the record says that the image lies. */
  readonly imageUrl: string;
  readonly site: { readonly url: string; readonly authority: string };
}

/**
 * The line that one would type without having read why it cannot work; undefined for sregistry, which cannot be
 * installed any more.
 */
export function lineInSpiteOf({ way, reference, imageUrl, site }: Wish): string | undefined {
  const isPlain = site.url.startsWith("http:");
  const name = `${site.authority}/${reference}`;
  const pull = ["apptainer", "pull", isPlain ? "--no-https" : undefined, "x.sif"];
  switch (wayName(way)) {
    case "oras://":
      return commandOf(...pull, `oras://${name}`);
    case "shub://":
      return commandOf(...pull, `shub://${name}`);
    case "library://":
      return commandOf("apptainer", "pull", "--library", site.url, "x.sif", `library://${reference}`);
    case "https://":
      return commandOf("apptainer", "pull", "x.sif", imageUrl);
    case "oras":
      return commandOf("oras", "pull", isPlain ? "--plain-http" : undefined, name);
    case "curl":
      return commandOf("curl", "-fL", "-o", "x.sif", imageUrl);
    default:
      return undefined;
  }
}
