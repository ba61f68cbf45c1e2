import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
/** Built before any test, see build-setup.ts. */
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  readonly cwd?: string;
  readonly uid?: number;
  /** Beside the environment of the tests; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What a CI that runs these tests says of itself is not about the registries in them. */
const NO_CI = Object.fromEntries(
  ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA", "CIRCLE_REPOSITORY_URL", "CIRCLE_SHA1"].map(
    (name) => [name, undefined],
  ),
);

/** Whether the command line tells which of its lines ran (test/coverage.ts). */
export const isCounting = process.env["CLI_COVERAGE"] !== undefined;
const COUNTING = isCounting ? ["--import", new URL("count-lines.mjs", import.meta.url).href] : [];

/** Starts the command line as it is published. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  return spawn(process.execPath, [...COUNTING, CLI, ...args], {
    cwd: options.cwd ?? PROJECT,
    env: { ...process.env, ...NO_CI, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  });
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
