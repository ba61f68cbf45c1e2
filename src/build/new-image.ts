import { lstatSync, rmSync } from "node:fs";
import { StowageError } from "../errors.ts";
import { statsOf } from "../read-file.ts";
import { formatReference } from "../registry/reference.ts";
import { readSif } from "../sif/sif.ts";
import { openImageFile } from "../storage/image-file.ts";
import type { BuildJob } from "./builder.ts";

interface Steps {
  /** Writes the image. */
  readonly make: () => Promise<void>;
  /** Runs its `%test`. */
  readonly test: () => Promise<void>;
}

/**
 * Makes the image of a job and tests it. What is at its place already is left alone; after a failure nothing is there.
 * Throws StowageError ("build") where there is a file already, or what was made is no image.
 */
export async function makeNewImage(job: BuildJob, { make, test }: Steps): Promise<void> {
  if (kindOf(job.image) !== "nothing") {
    throw problem(job, `there is a file at ${job.image} already; take it away`);
  }
  try {
    await make();
    await requireImage(job);
    await test();
  } catch (error) {
    rmSync(job.image, { recursive: true, force: true });
    throw error;
  }
}

/** A link could lead to any file of this machine, which would be published. */
async function requireImage(job: BuildJob): Promise<void> {
  const kind = kindOf(job.image);
  if (kind === "nothing") throw problem(job, "the build ended well, but it left no image");
  if (kind !== "file" || !(await isSif(job.image))) {
    throw problem(job, "the build ended well, but what it left is no SIF file");
  }
}

function kindOf(path: string): "nothing" | "file" | "other" {
  const stats = statsOf(path, lstatSync);
  if (!stats) return "nothing";
  return stats.isFile() ? "file" : "other";
}

async function isSif(path: string): Promise<boolean> {
  const file = await openImageFile(path);
  try {
    await readSif(file);
    return true;
  } catch (error) {
    if (error instanceof StowageError) return false;
    throw error;
  } finally {
    await file.close();
  }
}

function problem({ reference }: BuildJob, what: string): StowageError {
  return new StowageError("build", `${formatReference(reference)}: ${what}`);
}
