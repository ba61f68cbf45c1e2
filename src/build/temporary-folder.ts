import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { statsOf } from "../read-file.ts";

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

/** The folder with the most bytes free; the first of those on one disk. */
function roomiest(folders: readonly string[]): string {
  const disks = new Map<number, { readonly folder: string; readonly room: number }>();
  for (const folder of folders) {
    const disk = statsOf(folder)?.dev;
    if (disk !== undefined && !disks.has(disk)) disks.set(disk, { folder, room: freeBytes(folder) });
  }
  const [best] = [...disks.values()].sort((a, b) => b.room - a.room);
  return best?.folder ?? tmpdir();
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
