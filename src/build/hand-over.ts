import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StowageError, messageOf } from "../errors.ts";
import type { Digest } from "../registry/digest.ts";
import { BUILD_LOG } from "../registry/model.ts";
import { type Reference, formatReference } from "../registry/reference.ts";
import type { BuilderVersion } from "./builder.ts";

/** The files of a hand-over, beside its log. */
const IMAGE = "image.sif";
export const DESCRIPTION = "build.json";

/** What one build left for whoever publishes it: the image, its log, and build.json. */
export interface HandOver {
  readonly reference: Reference;
  /** Paths of the three files; the log may be missing. */
  readonly image: string;
  readonly log: string;
  /** What build.json says; held against the image while that is stored. */
  readonly size: number;
  readonly sha256: string;
  readonly recipe?: Digest;
  readonly builder: BuilderVersion;
}

/** Where a build leaves what belongs to one reference; no colon is in it, which artifacts of CI do not take. */
export function handOverFolder(out: string, { collection, tag }: Reference): string {
  return join(out, collection, tag);
}

/** Takes away what an earlier build left, and makes the folder. Throws StowageError ("output"). */
export function emptyHandOver(folder: string): void {
  try {
    for (const name of [IMAGE, DESCRIPTION, BUILD_LOG]) rmSync(join(folder, name), { force: true });
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StowageError("output", `${folder}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** The places of a hand-over's files. */
export function handOverFiles(folder: string): { readonly image: string; readonly log: string } {
  return { image: join(folder, IMAGE), log: join(folder, BUILD_LOG) };
}

/** Puts build.json beside the image; last, so that a folder with it is complete. Gives back what was given. */
export function writeHandOver(handOver: HandOver): HandOver {
  const { reference, image, size, sha256, recipe, builder } = handOver;
  const description = {
    schema: 1,
    reference: formatReference(reference),
    size,
    digest: `sha256:${sha256}`,
    ...(recipe !== undefined && { recipe }),
    builder,
  };
  writeFileSync(join(dirname(image), DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  return handOver;
}
