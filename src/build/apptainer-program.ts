import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Environment, buildEnvironment } from "./build-environment.ts";
import type { BuildJob } from "./builder.ts";
import { findProgram, outputOf } from "./find-program.ts";

/** Apptainer, or Singularity where that is what a machine has. */
export interface ApptainerProgram {
  readonly name: "apptainer" | "singularity";
  /** Absolute. */
  readonly path: string;
}

/** The first of the two on PATH. */
export function findApptainer(env: Environment): ApptainerProgram | undefined {
  for (const name of ["apptainer", "singularity"] as const) {
    const path = findProgram(name, env);
    if (path !== undefined) return { name, path };
  }
  return undefined;
}

/** `1.4.5`; undefined where the program does not say. */
export async function versionOf(program: ApptainerProgram, env: Environment): Promise<string | undefined> {
  const text = await outputOf(program.path, ["--version"], buildEnvironment(env));
  return /version (\S+)/.exec(text ?? "")?.[1]?.slice(0, 100);
}

/**
 * What the programs of a build see: temporary files lie where they are taken away afterwards, and so does the cache
 * unless the environment names one.
 */
export function environmentOf(
  job: Pick<BuildJob, "temporary">,
  env: Environment,
  passOn?: readonly string[],
): Record<string, string> {
  const cache = env["APPTAINER_CACHEDIR"] ?? env["SINGULARITY_CACHEDIR"] ?? join(job.temporary, "cache");
  const temporary = join(job.temporary, "tmp");
  for (const folder of [cache, temporary]) mkdirSync(folder, { recursive: true });
  return {
    ...buildEnvironment(env, passOn),
    APPTAINER_CACHEDIR: cache,
    SINGULARITY_CACHEDIR: cache,
    APPTAINER_TMPDIR: temporary,
    SINGULARITY_TMPDIR: temporary,
  };
}
