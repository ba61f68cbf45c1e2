import { spawn } from "node:child_process";
import { tmpdir } from "node:os";

export interface ShellOptions {
  readonly cwd: string;
  /** All that the program sees. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ShellOutcome {
  readonly status: number;
  /** What it printed, errors among it. */
  readonly output: string;
}

/** Milliseconds that a step may take here. */
const PATIENCE = 120_000;

/** Runs a program in a process group of its own, which ends with it or when its time is over. */
function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env }: ShellOptions,
): Promise<ShellOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const timer = setTimeout(() => {
      output += `\nended after ${PATIENCE} ms`;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, PATIENCE);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, output });
    });
  });
}

/** As a runner runs the line of a step. */
export function runBash(line: string, options: ShellOptions): Promise<ShellOutcome> {
  return runProgram("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", line], options);
}

/** What a machine of CI has before a job says anything: none of the variables of whoever runs the tests. */
export function machineEnvironment(home: string): Record<string, string> {
  const { PATH = "" } = process.env;
  return { PATH, HOME: home, TMPDIR: tmpdir(), LANG: "C.UTF-8", CI: "true" };
}
