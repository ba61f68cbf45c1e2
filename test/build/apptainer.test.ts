import { execFile } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { environmentOf, versionOf } from "../../src/build/apptainer-program.ts";
import { chooseWay, commandOf, probeMachine } from "../../src/build/build-way.ts";
import { openBuilder } from "../../src/build/open-builder.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import { temporaryFolder } from "../support/registry.ts";
import { EXAMPLE_IMAGE, builderContract, newJob } from "./contract.ts";

builderContract("apptainer", async () => ({
  open: (env) => openBuilder({ kind: "apptainer" }, { env }),
  name: "apptainer",
  version: (await promisify(execFile)("apptainer", ["--version"])).stdout.trim().split(" ").at(-1),
  command: "apptainer build",
}));

const reason = whyNoApptainer();
test.skipIf(reason !== undefined)(`takes an image that has no test${because(reason)}`, async () => {
  const recipe =
    'Bootstrap: localimage\nFrom: base.sif\n\n%setup\n    rm -f "$APPTAINER_ROOTFS/.singularity.d/test"\n';
  const { job } = newJob({}, recipe);
  await (await openBuilder({ kind: "apptainer" }, { env: process.env })).build(job);
  expect(existsSync(job.image)).toBe(true);
});

/** A program in a folder that is the whole PATH. */
function fakeProgram(name: string, script: string): { PATH: string } {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: folder };
}

describe("the program that builds", () => {
  test("is singularity where there is no apptainer", async () => {
    const env = fakeProgram(
      "singularity",
      `case $1 in
      --version) echo "singularity-ce version 4.2.1-1" ;;
      build) echo "$*"; /bin/cp "${EXAMPLE_IMAGE}" "$3" ;;
      test) echo "$*" ;;
    esac`,
    );
    const { job, logText } = newJob({}, "");
    const version = await (await openBuilder({ kind: "apptainer" }, { env })).build(job);
    expect(version).toEqual({ name: "singularity", version: "4.2.1-1" });
    expect(await logText()).toBe(`build --notest ${job.image} ${job.recipe}\ntest ${job.image}\n`);
  });

  test("leaves no half image behind when it fails", async () => {
    const env = fakeProgram("apptainer", 'case $1 in build) echo half > "$3"; echo broken; exit 9 ;; esac');
    const { job } = newJob({}, "");
    await expect((await openBuilder({ kind: "apptainer" }, { env })).build(job)).rejects.toMatchObject({
      status: 9,
    });
    expect(existsSync(job.image)).toBe(false);
  });

  test("is asked for where it is missing", async () => {
    const env = { PATH: temporaryFolder() };
    await expect(openBuilder({ kind: "apptainer" }, { env })).rejects.toThrow(
      "neither apptainer nor singularity is on PATH",
    );
  });

  test("has no version where it does not say one", async () => {
    const { PATH } = fakeProgram("apptainer", "exit 1");
    expect(await versionOf({ name: "apptainer", path: join(PATH, "apptainer") }, { PATH })).toBeUndefined();
  });
});

describe("how a machine lets an image be built", () => {
  const nobody = { isRoot: false, hasNamespaces: false, sudo: undefined };

  test("root builds as it is", () => {
    expect(chooseWay({ ...nobody, isRoot: true, sudo: "/usr/bin/sudo" })).toEqual({ kind: "plain" });
  });

  test("others build in a user namespace before they ask for more rights", () => {
    expect(chooseWay({ ...nobody, hasNamespaces: true, sudo: "/usr/bin/sudo" })).toEqual({
      kind: "fakeroot",
    });
    expect(chooseWay({ ...nobody, sudo: "/usr/bin/sudo" })).toEqual({ kind: "sudo", sudo: "/usr/bin/sudo" });
  });

  test("who has no way tries, and is told what to allow", () => {
    const way = chooseWay(nobody);
    expect(commandOf(way, "/bin/apptainer", ["build"], {})).toMatchObject({
      program: "/bin/apptainer",
      args: ["build"],
      hint: expect.stringContaining("user namespaces") as string,
    });
  });

  test("a machine is asked for what it really does", async () => {
    const program = { name: "apptainer", path: "/bin/apptainer" } as const;
    const sudo = fakeProgram("sudo", 'echo "$*"');
    const unshare = fakeProgram("unshare", "exit 0");
    expect(await probeMachine(program, { PATH: `${unshare.PATH}:${sudo.PATH}` }, 1000)).toEqual({
      isRoot: false,
      hasNamespaces: true,
      sudo: join(sudo.PATH, "sudo"),
    });
    const [noSudo, noUnshare] = [fakeProgram("sudo", "exit 1"), fakeProgram("unshare", "exit 1")];
    for (const PATH of [`${noUnshare.PATH}:${noSudo.PATH}`, temporaryFolder()]) {
      expect(await probeMachine(program, { PATH }, 1000)).toEqual(nobody);
    }
    expect(await probeMachine(program, sudo, 0)).toEqual({
      isRoot: true,
      hasNamespaces: true,
      sudo: undefined,
    });
  });

  test("sudo keeps what a build needs by name, and no value is in its arguments", () => {
    const env = {
      PATH: "/bin",
      HOME: "/home/vanessa",
      APPTAINER_TMPDIR: "/tmp/a",
      https_proxy: "http://me:hunter2@proxy",
    };
    const way = chooseWay({ ...nobody, sudo: "/usr/bin/sudo" });
    expect(commandOf(way, "/bin/apptainer", ["build", "-x"], env)).toEqual({
      program: "/usr/bin/sudo",
      sudo: "/usr/bin/sudo",
      args: ["-n", "--preserve-env=APPTAINER_TMPDIR,https_proxy", "--", "/bin/apptainer", "build", "-x"],
    });
  });

  test("temporary files and the cache lie where they are taken away, unless a cache is named", () => {
    const temporary = temporaryFolder();
    expect(environmentOf({ temporary }, {})).toEqual({
      APPTAINER_TMPDIR: join(temporary, "tmp"),
      SINGULARITY_TMPDIR: join(temporary, "tmp"),
      APPTAINER_CACHEDIR: join(temporary, "cache"),
      SINGULARITY_CACHEDIR: join(temporary, "cache"),
    });
    const cache = temporaryFolder();
    expect(environmentOf({ temporary }, { SINGULARITY_CACHEDIR: cache })).toMatchObject({
      APPTAINER_CACHEDIR: cache,
    });
  });
});
