import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { StowageError, messageOf } from "../errors.ts";
import { QUIET, cannotRun, complaintOf } from "./git.ts";

/** Of what git complains about, no more than this is kept, in characters. */
const LONGEST_COMPLAINT = 4096;

/** Grafts of one clone would give it another history than its neighbour has; what is missing is not fetched. */
const PLAIN = { GIT_NO_REPLACE_OBJECTS: "1", GIT_NO_LAZY_FETCH: "1" };

/** What git prints, piece by piece, so that none of it has to fit into memory. Throws StowageError ("git"). */
export async function* streamGit(directory: string, args: readonly string[]): AsyncIterable<Buffer> {
  const run = startGit(directory, args, ["ignore", "pipe", "pipe"]);
  try {
    for await (const chunk of run.child.stdout ?? []) yield chunk as Buffer;
    await run.ended;
  } catch (error) {
    throw error instanceof StowageError ? error : new StowageError("git", messageOf(error), { cause: error });
  } finally {
    // Whoever listens no more does not wait for the end.
    run.child.kill();
  }
}

/** Runs git with what it prints going to an open file, without passing through here. Throws StowageError ("git"). */
export async function gitToFile(
  directory: string,
  args: readonly string[],
  input: string,
  descriptor: number,
): Promise<void> {
  const { child, ended } = startGit(directory, args, ["pipe", descriptor, "pipe"]);
  child.stdin?.on("error", () => {}).end(input);
  await ended;
}

interface GitRun {
  readonly child: ChildProcess;
  /** Rejects where git fails, or is not there. */
  readonly ended: Promise<void>;
}

function startGit(directory: string, args: readonly string[], stdio: StdioOptions): GitRun {
  const env = { ...process.env, ...QUIET, ...PLAIN };
  const child = spawn("git", ["-C", directory, ...args], { env, stdio });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < LONGEST_COMPLAINT) stderr += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(cannotRun(error)));
    child.once("close", (code) => {
      const status = code ?? 1;
      if (status === 0) resolve();
      else reject(new StowageError("git", `git ${args[0]}: ${complaintOf({ status, stderr, stdout: "" })}`));
    });
  });
  // Whoever reads what git prints asks for its end later.
  ended.catch(() => {});
  return { child, ended };
}
