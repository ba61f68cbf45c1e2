import { join } from "node:path";
import { accessSync, constants } from "node:fs";
import { StowageError } from "../errors.ts";
import { readTextFile } from "../read-file.ts";
import { formatReference } from "../registry/reference.ts";
import { environmentOf, findApptainer } from "./apptainer-program.ts";
import type { Environment } from "./build-environment.ts";
import type { BuildJob, Builder } from "./builder.ts";
import { makeNewImage } from "./new-image.ts";
import type { BuilderContext } from "./open-builder.ts";
import { runCommand } from "./run-command.ts";

const SCRIPT = "build.sh";
/** Bytes. */
const LARGEST_SCRIPT = 16 * 1024 * 1024;

/** Runs the build.sh beside the recipe, which is given the recipe's path and that of the image to write. */
export function openScript({ env, passOn }: BuilderContext): Builder {
  return {
    async build(job) {
      const seen = environmentOf(job, env, passOn);
      await makeNewImage(job, {
        make: () => runScript(job, seen),
        test: () => testImage(job, seen, env),
      });
      return { name: "script" };
    },
  };
}

function runScript(job: BuildJob, env: Readonly<Record<string, string>>): Promise<void> {
  const script = join(job.folder, SCRIPT);
  const args = [job.recipe, job.image];
  const line = isProgram(job, script)
    ? { program: script, args }
    : { program: "/bin/sh", args: [script, ...args] };
  return runCommand(job, { ...line, name: SCRIPT, folder: job.folder, env });
}

/** Whether it can be started by itself; what does not say which program reads it is the shell's. */
function isProgram(job: BuildJob, script: string): boolean {
  const file = readTextFile(script, LARGEST_SCRIPT);
  if ("problem" in file) {
    const reference = formatReference(job.reference);
    throw new StowageError(
      "build",
      `${reference}: ${script} is not a file that can be run (${file.problem})`,
    );
  }
  return file.text.startsWith("#!") && isExecutable(script);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function testImage(
  job: BuildJob,
  seen: Readonly<Record<string, string>>,
  env: Environment,
): Promise<void> {
  const apptainer = findApptainer(env);
  if (!apptainer) {
    job.log.write("The image's %test was not run: neither apptainer nor singularity is on PATH.\n");
    return;
  }
  const { name, path } = apptainer;
  const args = ["test", job.image];
  await runCommand(job, { name: `${name} test`, program: path, args, folder: job.temporary, env: seen });
}
