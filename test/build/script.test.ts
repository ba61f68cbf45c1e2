import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openScript } from "../../src/build/script.ts";
import { openBuilder } from "../../src/build/open-builder.ts";
import { temporaryFolder } from "../support/registry.ts";
import { EXAMPLE_IMAGE, builderContract, newJob } from "./contract.ts";

/** Puts a build.sh into a folder. */
function script(text: string, mode = 0o755) {
  return (folder: string) => {
    writeFileSync(join(folder, "build.sh"), text);
    chmodSync(join(folder, "build.sh"), mode);
  };
}

const COPY_IMAGE = `/bin/cp "${EXAMPLE_IMAGE}" "$2"`;

builderContract("script", () => ({
  open: (env) => openBuilder({ kind: "script" }, { env }),
  name: "script",
  version: undefined,
  command: "build.sh",
  prepare: script('#!/bin/sh\nset -e\nexport -p\nexec apptainer build --notest "$2" "$1"\n'),
}));

describe("script", () => {
  /** A machine without apptainer. */
  function bareEnvironment() {
    const bin = temporaryFolder();
    return { PATH: bin, HOME: bin };
  }

  test("is given the recipe and the image's place, and runs in the recipe's folder", async () => {
    const { job, logText } = newJob(
      { prepare: script(`pwd; echo "$#" "$1" "$2"; ${COPY_IMAGE}`, 0o644) },
      "",
    );
    await openScript({ env: bareEnvironment() }).build(job);
    expect(await logText()).toContain(`${job.folder}\n2 ${job.recipe} ${job.image}\n`);
  });

  test("says that a test was not run where there is no apptainer", async () => {
    const { job, logText } = newJob({ prepare: script(`#!/bin/sh\n${COPY_IMAGE}\n`) }, "");
    await openScript({ env: bareEnvironment() }).build(job);
    expect(await logText()).toContain("%test was not run: neither apptainer nor singularity is on PATH");
  });

  test.each([
    ["nothing", "true", "left no image"],
    ["something else", 'echo hello > "$2"', "no SIF file"],
    ["a link", 'ln -s "$1" "$2"', "no SIF file"],
    ["a folder", 'mkdir "$2" && touch "$2/file"', "no SIF file"],
    ["a pipe", 'mkfifo "$2"', "no SIF file"],
  ])("refuses a build.sh that leaves %s", async (_what, line, problem) => {
    const { job } = newJob({ prepare: script(`#!/bin/sh\nPATH=/usr/bin:/bin\n${line}\n`) }, "");
    await expect(openScript({ env: bareEnvironment() }).build(job)).rejects.toThrow(problem);
    expect(existsSync(job.image)).toBe(false);
  });

  test("runs no build.sh that is a link or a folder", async () => {
    const link = (folder: string) => symlinkSync("/bin/true", join(folder, "build.sh"));
    const directory = (folder: string) => mkdirSync(join(folder, "build.sh"));
    for (const prepare of [link, directory]) {
      const { job } = newJob({ prepare }, "");
      await expect(openScript({ env: bareEnvironment() }).build(job)).rejects.toThrow(
        "is not a file that can be run",
      );
    }
  });

  test("says that what the first line names is not there", async () => {
    const { job } = newJob({ prepare: script("#!/nowhere/python\n") }, "");
    await expect(openScript({ env: bareEnvironment() }).build(job)).rejects.toThrow(
      "what its first line names is not",
    );
  });
});

test("a registry that builds nothing says so", async () => {
  await expect(openBuilder({ kind: "none" }, { env: {} })).rejects.toMatchObject({ code: "config" });
});
