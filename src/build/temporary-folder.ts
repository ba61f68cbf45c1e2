import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A new folder for what a build throws away, which is several times the size of the image: where the environment says,
 * else on the disk with the most room. `/tmp` is often a small part of the memory.
 */
export function makeTemporaryFolder(env: Environment, ...others: readonly string[]): string {
  const chosen = env["APPTAINER_TMPDIR"] ?? env["SINGULARITY_TMPDIR"] ?? env["TMPDIR"];
  const base = chosen ?? roomiest([tmpdir(), "/var/tmp", ...others]);
  return mkdtempSync(join(base, "stowage-build-"));
}

/** The folder with the most bytes free; the first of equals. */
function roomiest(folders: readonly string[]): string {
  const [first = tmpdir()] = [...folders].sort((a, b) => freeBytes(b) - freeBytes(a));
  return first;
}

/** -1 where the folder is not there. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return -1;
  }
}
