import { existsSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeTemporaryFolder } from "../../src/build/temporary-folder.ts";
import { temporaryFolder } from "../support/registry.ts";

function made(...args: Parameters<typeof makeTemporaryFolder>): string {
  const folder = makeTemporaryFolder(...args);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const roomIn = (folder: string) => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

describe("what a build throws away lies", () => {
  test.each(["APPTAINER_TMPDIR", "SINGULARITY_TMPDIR", "TMPDIR"])("where %s says", (name) => {
    const base = temporaryFolder();
    expect(dirname(made({ [name]: base }))).toBe(base);
  });

  test("on the disk with the most room", () => {
    // A disk of this machine with less room than the others, if there is one.
    const candidates = ["/dev/shm", temporaryFolder()].filter((folder) => existsSync(folder));
    const most = Math.max(
      ...["/tmp", "/var/tmp", ...candidates].filter((folder) => existsSync(folder)).map(roomIn),
    );
    expect(roomIn(made({}, ...candidates))).toBeGreaterThan(most * 0.9);
  });

  test("nowhere that is not there", () => {
    expect(existsSync(made({}, "/nowhere/at/all"))).toBe(true);
  });
});
