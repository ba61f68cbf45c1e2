import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type CliResult, PROJECT, runCli } from "./cli.ts";
import { DEFINITION, type Files, listFiles } from "./registry.ts";

/** Two images of the example registry. */
const IMAGES = join(PROJECT, "images/sha256");
export const [ONE = Buffer.of(), OTHER = Buffer.of()] = listFiles(IMAGES).map((name) =>
  readFileSync(join(IMAGES, name)),
);

/** The folder of the tag that is to be built in {@link REGISTRY}. */
export const TAG = "registry/lab/tool/manifests/1.0";
export const REGISTRY: Files = { [`${TAG}/Singularity`]: DEFINITION };

export const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** What `stowage build --out` leaves for one image. */
export function handOver(reference: string, more: Record<string, unknown> = {}, image = ONE): Files {
  const folder = `_build/${reference.replace(":", "/")}`;
  const description = {
    schema: 1,
    reference,
    size: image.length,
    digest: `sha256:${sha256(image)}`,
    recipe: `sha256:${sha256(DEFINITION)}`,
    builder: { name: "apptainer", version: "1.4.5" },
    ...more,
  };
  return {
    [`${folder}/image.sif`]: image,
    [`${folder}/build.json`]: JSON.stringify(description),
    [`${folder}/build.log.gz`]: gzipSync("INFO: done\n"),
  };
}

/** Publishes what lies in a registry's `_build`. */
export const publish = (root: string, ...args: string[]): Promise<CliResult> =>
  runCli(["publish", join(root, "_build"), "--root", root, ...args]);
