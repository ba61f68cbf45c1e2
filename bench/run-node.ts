import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";

/** In milliseconds; a run that takes longer is killed, and the benchmark fails. */
const LONGEST_RUN = 5 * 60 * 1000;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface NodeRun {
  /** From the start of the process to its end. */
  readonly milliseconds: number;
  /** The number that the program wrote to descriptor 3. */
  readonly report: number;
}

/** Runs a Node process to its end. Throws where it fails, says anything on stdout, or takes too long. */
export async function runNode(args: readonly string[]): Promise<NodeRun> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
    timeout: LONGEST_RUN,
    killSignal: "SIGKILL",
  });
  running.add(child);
  const [output, report, [status, signal]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
    once(child, "exit") as Promise<[number | null, string | null]>,
  ]);
  const milliseconds = performance.now() - start;
  running.delete(child);
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status ?? signal}`);
  if (output !== "") throw new Error(`node ${args.join(" ")} said: ${output}`);
  return { milliseconds, report: Number(report) };
}
