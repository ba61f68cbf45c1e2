import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { statsOf } from "../read-file.ts";
import type { Environment } from "./build-environment.ts";

/** Milliseconds for a question that a program answers at once. */
const PATIENCE = 30_000;

/**
 * The path of a program. Entries of PATH that are relative are left out: they would name a file of the folder that is
 * built, which is a stranger's.
 */
export function findProgram(name: string, env: Environment): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  if (!statsOf(path)?.isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program prints when it ends well; undefined where it does not, or takes too long. */
export function outputOf(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env, cwd: "/", timeout: PATIENCE, killSignal: "SIGKILL" },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
    child.stdin?.end();
  });
}
