import { type ExecFileException, execFile } from "node:child_process";
import { StowageError } from "../errors.ts";

export interface GitOptions {
  readonly input?: string | Buffer;
  /** Beside the environment that git runs in anyway. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit statuses besides 0 that are answers, not errors. */
  readonly accepts?: readonly number[];
  /** How its answer is read; default: utf8. */
  readonly encoding?: "utf8" | "latin1";
}

export interface GitAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A hundred thousand paths are a few MiB. */
const LARGEST_ANSWER = 256 * 1024 * 1024;

/**
 * Runs git in a folder. It never asks for a password, and what it prints is in no other language. Throws StowageError
 * ("git") with git's own words, without the secrets that an address may hold.
 */
export async function askGit(
  directory: string,
  args: readonly string[],
  { input, env, accepts = [], encoding = "utf8" }: GitOptions = {},
): Promise<GitAnswer> {
  const answer = await new Promise<GitAnswer>((resolve, reject) => {
    const child = execFile(
      "git",
      ["-C", directory, ...args],
      { env: { ...process.env, ...QUIET, ...env }, maxBuffer: LARGEST_ANSWER, encoding },
      (error, stdout, stderr) => {
        if (typeof error?.code === "string") reject(cannotRun(error));
        else resolve({ status: error?.code ?? (error ? 1 : 0), stdout, stderr });
      },
    );
    // What git does not read is no error: it says itself what it did not like.
    child.stdin?.on("error", () => {}).end(input ?? "");
  });
  if (answer.status === 0 || accepts.includes(answer.status)) return answer;
  throw new StowageError("git", `git ${args[0]}: ${complaintOf(answer)}`);
}

/** What git prints, without the line end. */
export async function git(directory: string, args: readonly string[], options?: GitOptions): Promise<string> {
  return (await askGit(directory, args, options)).stdout.trimEnd();
}

/** How git runs: it asks nobody, and speaks no other language. */
export const QUIET = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };

export function cannotRun(error: ExecFileException): StowageError {
  const reason = error.code === "ENOENT" ? "there is no git on PATH" : error.message;
  return new StowageError("git", `git cannot be run: ${reason}`, { cause: error });
}

/** The lines that say what is wrong; an address loses the password in it. */
export function complaintOf({ stderr, stdout, status }: GitAnswer): string {
  const lines = `${stderr}\n${stdout}`
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("hint:"));
  const words = lines
    .slice(0, 5)
    .join("; ")
    .replaceAll(/:\/\/[^@/\s]*@/g, "://");
  return words || `ended with status ${status}`;
}
