import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { buildEnvironment } from "../../src/build/build-environment.ts";
import { BuildError } from "../../src/build/build-error.ts";
import { findProgram } from "../../src/build/find-program.ts";
import { type CommandLine, runCommand } from "../../src/build/run-command.ts";
import { temporaryFolder } from "../support/registry.ts";
import { isAlive, newJob, pidsIn } from "./contract.ts";

/** Runs a line of shell as a command of a build, in a temporary folder. */
function start(script: string, more: Partial<CommandLine> = {}) {
  const stop = new AbortController();
  const { job, logText } = newJob({}, "", { signal: stop.signal });
  const folder = temporaryFolder();
  const line = { name: "the script", program: "/bin/sh", args: ["-c", script], folder, env: {}, ...more };
  return { ended: runCommand(job, line), folder, stop, logText };
}

test("writes into the log what a program says on both of its ways", async () => {
  const { ended, logText } = start("echo out; echo err >&2");
  await ended;
  expect((await logText()).split("\n").sort()).toEqual(["", "err", "out"]);
});

test("gives arguments as they are, an empty input and no other variables", async () => {
  const { ended, logText } = start('cat; echo "$1"; env', {
    args: ["-c", 'cat; echo "$1"; env', "sh", "$(id); `id` 'x'"],
    env: { GREETING: "hello" },
  });
  await ended;
  const lines = (await logText()).split("\n");
  expect(lines).toContain("$(id); `id` 'x'");
  expect(lines.filter((line) => line.includes("=") && !/^(?:PWD|OLDPWD|_|SHLVL)=/.test(line))).toEqual([
    "GREETING=hello",
  ]);
});

test("says with which status a program ended", async () => {
  const error: unknown = await start("echo why; exit 3").ended.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BuildError);
  expect(error).toMatchObject({ command: "the script", status: 3, lastLines: ["why"] });
});

test("says by which signal a program was ended", async () => {
  await expect(start("kill -SEGV $$").ended).rejects.toMatchObject({ status: "SIGSEGV" });
});

test("adds what to do", async () => {
  await expect(start("exit 1", { hint: "allow it" }).ended).rejects.toThrow(
    "ended with status 1, allow it; it said nothing",
  );
});

test("says that a program is not found", async () => {
  await expect(start("", { program: "/nowhere/apptainer" }).ended).rejects.toThrow(
    "vanessa/greeting:latest: the script cannot be started: /nowhere/apptainer is not found",
  );
});

test("starts nothing when the build is stopped already", async () => {
  const { job } = newJob({}, "", { signal: AbortSignal.abort(new Error("enough")) });
  const folder = temporaryFolder();
  const line = { name: "the script", program: "/bin/sh", args: ["-c", "touch started"], folder, env: {} };
  await expect(runCommand(job, line)).rejects.toThrow("it was stopped: enough");
  expect(existsSync(join(folder, "started"))).toBe(false);
});

test("ends a program that does not listen, and its children", async () => {
  const { ended, folder, stop } = start(
    "trap '' TERM; sleep 300 & echo $$ $! > pids; while :; do sleep 300; done",
    {
      patience: 100,
    },
  );
  const pids = await vi.waitFor(() => pidsIn(join(folder, "pids")));
  stop.abort(new Error("enough"));
  await expect(ended).rejects.toMatchObject({ status: "SIGKILL" });
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]));
});

test("lets a program clean up when it is stopped", async () => {
  const { ended, folder, stop } = start(
    "trap 'echo clean > cleaned; exit 9' TERM; echo $$ $$ > pids; while :; do sleep 0.05; done",
  );
  await vi.waitFor(() => pidsIn(join(folder, "pids")));
  stop.abort(new Error("enough"));
  await expect(ended).rejects.toMatchObject({ status: 9 });
  expect(readFileSync(join(folder, "cleaned"), "utf8")).toBe("clean\n");
});

test("leaves nothing running behind a program that ended well", async () => {
  const { ended, folder } = start("sleep 300 & echo $! $! > pids");
  await ended;
  const pids = pidsIn(join(folder, "pids"));
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]));
});

test("lets harmless variables through to a build, and no secrets", () => {
  const harmless = {
    PATH: "/bin",
    HOME: "/home/vanessa",
    LC_ALL: "C",
    https_proxy: "http://proxy.example.org",
    NO_PROXY: "localhost",
    APPTAINER_CACHEDIR: "/cache",
    SINGULARITY_BINDPATH: "/data",
  };
  const secret = {
    AWS_SECRET_ACCESS_KEY: "x",
    GITHUB_TOKEN: "x",
    ACTIONS_RUNTIME_TOKEN: "x",
    NODE_OPTIONS: "x",
    LD_PRELOAD: "x",
    APPTAINER_DOCKER_USERNAME: "x",
    APPTAINER_DOCKER_PASSWORD: "x",
    SINGULARITY_DOCKER_PASSWORD: "x",
    APPTAINER_ENCRYPTION_PASSPHRASE: "x",
    APPTAINER_ENCRYPTION_PEM_DATA: "x",
    APPTAINERENV_TOKEN: "x",
  };
  expect(buildEnvironment({ ...harmless, ...secret })).toEqual(harmless);
  expect(buildEnvironment({ ...secret, LAB: "one" }, ["LAB"])).toEqual({ LAB: "one" });
});

test("finds a program on PATH, but none in the folder that is built", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "apptainer"), "#!/bin/sh\n");
  expect(findProgram("apptainer", { PATH: folder })).toBeUndefined();
  chmodSync(join(folder, "apptainer"), 0o755);
  expect(findProgram("apptainer", { PATH: `/nowhere:${folder}` })).toBe(join(folder, "apptainer"));
  for (const path of [".", "", "bin", undefined]) {
    expect(findProgram("package.json", { PATH: path })).toBeUndefined();
  }
});
