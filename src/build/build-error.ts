import { StowageError } from "../errors.ts";
import { type Reference, formatReference } from "../registry/reference.ts";

const MOST_LINES = 20;

/** How a command of a build ended. */
export interface FailedCommand {
  /** For people: `apptainer build`. */
  readonly command: string;
  /** The exit status, the signal that ended it, or what a service calls it: 255, "SIGKILL", "TIMEOUT". */
  readonly status: number | string;
  /** What it said last. */
  readonly lastLines: readonly string[];
  /** What is known besides: why it was ended, what to do. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A command of a build that failed, with the last lines of its log below the sentence. They are a stranger's text. */
export class BuildError extends StowageError {
  readonly command: string;
  readonly status: number | string;
  readonly lastLines: readonly string[];

  constructor(reference: Reference, { command, status, lastLines, hint, cause }: FailedCommand) {
    const lines = lastLines.slice(-MOST_LINES);
    const how = typeof status === "number" ? `ended with status ${status}` : `was ended (${status})`;
    const why = hint === undefined ? "" : `, ${hint}`;
    super("build", `${formatReference(reference)}: ${command} ${how}${why}${logOf(lines)}`, { cause });
    this.name = "BuildError";
    this.command = command;
    this.status = status;
    this.lastLines = lines;
  }
}

function logOf(lines: readonly string[]): string {
  if (lines.length === 0) return "; it said nothing";
  return `; the last lines of its log:${lines.map((line) => `\n  ${line}`).join("")}`;
}
