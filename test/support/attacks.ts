import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Command } from "commander";
import { expect, vi } from "vitest";
import { StowageError } from "../../src/errors.ts";
import { printable } from "../../src/printable.ts";
import { PROJECT } from "./cli.ts";
import { listFiles } from "./registry.ts";

/** A file that a stranger sent. */
export interface Attack {
  /** What it attacks: the name of its file, without its end. */
  readonly name: string;
  readonly path: string;
  readonly bytes: Buffer;
}

const FOLDER = join(PROJECT, "test/attacks");

/** The folders of attacks, a kind of file each. */
export const KINDS = readdirSync(FOLDER).sort();

export function attacksOf(kind: string): Attack[] {
  return readdirSync(join(FOLDER, kind))
    .sort()
    .map((file) => {
      const path = join(FOLDER, kind, file);
      return { name: basename(file, extname(file)), path, bytes: readFileSync(path) };
    });
}

/** The file that every command in an attack would make, wherever it ran. */
const MARKER = "executed";

/** What a terminal obeys, or shows in another order than it stands. */
const TERMINAL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]|\p{Bidi_Control}|[\u2028\u2029]/u;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as cli.ts does, in this process. What is not our own error is the test's failure. */
export async function runHere(command: Command, args: readonly string[]): Promise<Outcome> {
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  let status = 0;
  try {
    await command.exitOverride().parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    status = error.exitStatus;
    said.stderr += `stowage: ${printable(error.message)}\n`;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { status, ...said };
}

/** Ended as commands end, with a clear sentence for what failed, and without a word that a terminal obeys. */
export function expectPlain({ status, stdout, stderr }: Outcome, most = 1): void {
  expect([0, 1, 2], stderr).toContain(status);
  expect(TERMINAL.exec(stdout), stdout).toBe(null);
  expect(TERMINAL.exec(stderr), stderr).toBe(null);
  expect(stderr).not.toMatch(/^\s+at |\[object |undefined|NaN/m);
  const sentences = stderr.match(/^stowage: .*$/gm) ?? [];
  expect(sentences.length > 0, stderr).toBe(status !== 0);
  expect(sentences.length, stderr).toBeLessThanOrEqual(most);
  for (const sentence of sentences) expect(sentence.length).toBeLessThan(1500);
}

/** Every file below a folder but those of the sites in it. */
export function filesBelow(folder: string): string[] {
  return listFiles(folder).filter((path) => !/(?:^|\/)_site\//.test(path));
}

/** Nothing of a stranger's was run: not here, and not in these folders. */
export function expectNothingRun(...folders: readonly string[]): void {
  for (const folder of [process.cwd(), PROJECT, FOLDER, ...folders])
    expect(existsSync(join(folder, MARKER)), folder).toBe(false);
}
