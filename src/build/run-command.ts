import { type ChildProcess, execFile, spawn } from "node:child_process";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { formatReference } from "../registry/reference.ts";
import { BuildError } from "./build-error.ts";
import type { BuildJob } from "./builder.ts";

/** Milliseconds that a program has between being asked to end and being ended. */
const PATIENCE = 5000;
/** Milliseconds; somebody who left the group may hold the output open for ever. */
const LAST_WORDS = 1000;

/** A program with its arguments; no shell reads them. */
export interface CommandLine {
  /** What people call it: `apptainer build`. */
  readonly name: string;
  /** Absolute. */
  readonly program: string;
  readonly args: readonly string[];
  /** The working folder. */
  readonly folder: string;
  /** All that it sees. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of sudo, where the program runs as root and only sudo can end it. */
  readonly sudo?: string;
  /** Added to the error where it fails. */
  readonly hint?: string;
  /** Milliseconds between SIGTERM and SIGKILL. Default: 5000. */
  readonly patience?: number;
}

/** How a program ended. */
interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs one program of a build to its end. What it says goes into the log; nobody answers its questions. It leads a
 * process group of its own, of which nothing is left when this returns: also not what it started in the background.
 * Throws {@link BuildError} where it fails or `job.signal` ends it, StowageError ("build") where it cannot be started.
 */
export async function runCommand(
  job: Pick<BuildJob, "reference" | "log" | "signal">,
  line: CommandLine,
): Promise<void> {
  if (job.signal.aborted) throw stopped(job, line, { status: null, signal: "SIGTERM" });
  const child = spawn(line.program, line.args, {
    cwd: line.folder,
    env: line.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.on("data", (chunk: Buffer) => job.log.write(chunk));
  child.stderr.on("data", (chunk: Buffer) => job.log.write(chunk));
  const ending = await endOf(child, job, line);
  if (job.signal.aborted) throw stopped(job, line, ending);
  if (ending.status !== 0) throw failed(job, line, ending, line.hint);
}

/** Waits for the end of a program, or brings it about. */
function endOf(
  child: ChildProcess,
  job: Pick<BuildJob, "reference" | "signal">,
  line: CommandLine,
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let killing: NodeJS.Timeout | undefined;
    let waiting: NodeJS.Timeout | undefined;
    const end = () => {
      endGroup(child.pid, "SIGTERM", line.sudo);
      killing = setTimeout(() => endGroup(child.pid, "SIGKILL", line.sudo), line.patience ?? PATIENCE);
    };
    const done = () => {
      clearTimeout(killing);
      clearTimeout(waiting);
      job.signal.removeEventListener("abort", end);
    };
    job.signal.addEventListener("abort", end, { once: true });
    child.once("error", (error) => {
      done();
      reject(cannotStart(job, line, error));
    });
    child.once("exit", () => {
      clearTimeout(killing);
      endGroup(child.pid, "SIGKILL", line.sudo);
      waiting = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LAST_WORDS);
    });
    child.once("close", (status, signal) => {
      done();
      resolve({ status, signal });
    });
  });
}

/** Sends a signal to all of a program's group. What runs as root hears it from sudo alone. */
function endGroup(leader: number | undefined, signal: "SIGTERM" | "SIGKILL", sudo: string | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Otherwise nobody is left.
    if (systemCode(error) !== "EPERM" || sudo === undefined) return;
    execFile(sudo, ["-n", "kill", "-s", signal.slice(3), "--", `-${leader}`], () => undefined);
  }
}

function cannotStart(job: Pick<BuildJob, "reference">, line: CommandLine, error: Error): StowageError {
  const why =
    systemCode(error) === "ENOENT"
      ? `${line.program} is not found, or what its first line names is not`
      : messageOf(error);
  return new StowageError(
    "build",
    `${formatReference(job.reference)}: ${line.name} cannot be started: ${why}`,
    {
      cause: error,
    },
  );
}

function stopped(
  job: Pick<BuildJob, "reference" | "log" | "signal">,
  line: CommandLine,
  ending: Ending,
): BuildError {
  return failed(job, line, ending, `it was stopped: ${messageOf(job.signal.reason)}`);
}

function failed(
  { reference, log }: Pick<BuildJob, "reference" | "log">,
  { name }: CommandLine,
  { status, signal }: Ending,
  hint: string | undefined,
): BuildError {
  return new BuildError(reference, {
    command: name,
    status: status ?? signal ?? "SIGKILL",
    lastLines: log.lastLines(20),
    ...(hint !== undefined && { hint }),
  });
}
