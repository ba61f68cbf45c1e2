import { StowageError } from "../errors.ts";
import { type ApptainerProgram, environmentOf, findApptainer, versionOf } from "./apptainer-program.ts";
import { type BuildWay, chooseWay, commandOf, probeMachine, takeOver } from "./build-way.ts";
import type { BuildJob, Builder, BuilderVersion } from "./builder.ts";
import { makeNewImage } from "./new-image.ts";
import type { BuilderContext } from "./open-builder.ts";
import { runCommand } from "./run-command.ts";

/** Builds with the program of this machine. Throws StowageError ("build") where there is none. */
export async function openApptainer({ env, passOn }: BuilderContext): Promise<Builder> {
  const program = findApptainer(env);
  if (!program) {
    throw new StowageError(
      "build",
      "builder: neither apptainer nor singularity is on PATH; install Apptainer, or name another builder in registry.yml",
    );
  }
  const version = await versionOf(program, env);
  const way = chooseWay(await probeMachine(program, env));
  const said: BuilderVersion = { name: program.name, ...(version !== undefined && { version }) };
  return {
    async build(job) {
      await buildImage(job, { program, way, env: environmentOf(job, env, passOn) });
      return said;
    },
  };
}

interface Means {
  readonly program: ApptainerProgram;
  readonly way: BuildWay;
  readonly env: Readonly<Record<string, string>>;
}

async function buildImage(job: BuildJob, means: Means): Promise<void> {
  const options = means.way.kind === "fakeroot" ? ["--fakeroot"] : [];
  await makeNewImage(job, {
    make: async () => {
      try {
        await run(job, means, "build", ["--notest", ...options, job.image, job.recipe], job.folder);
      } finally {
        if (means.way.kind === "sudo") await takeOver(means.way.sudo, job, means.env);
      }
    },
    test: () => run(job, means, "test", [job.image], job.temporary),
  });
}

function run(
  job: BuildJob,
  { program, way, env }: Means,
  verb: "build" | "test",
  args: readonly string[],
  folder: string,
): Promise<void> {
  const name = `${program.name} ${verb}`;
  return runCommand(job, { ...commandOf(way, program.path, [verb, ...args], env), name, folder, env });
}
