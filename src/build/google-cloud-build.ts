import { randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { StowageError, messageOf } from "../errors.ts";
import { formatReference } from "../registry/reference.ts";
import { environmentOf } from "./apptainer-program.ts";
import { BuildError } from "./build-error.ts";
import type { BuildJob, Builder } from "./builder.ts";
import { findProgram } from "./find-program.ts";
import { googleAuth } from "./google-auth.ts";
import { type GoogleBuild, GoogleBuildApi } from "./google-build-api.ts";
import {
  type GoogleConfig,
  type GoogleFiles,
  buildRequest,
  builderVersionOf,
  imageObject,
  logObject,
  sourceObject,
} from "./google-build-request.ts";
import { GoogleObjects } from "./google-objects.ts";
import { makeNewImage } from "./new-image.ts";
import type { BuilderContext } from "./open-builder.ts";
import { runCommand } from "./run-command.ts";

/** How a build is followed. */
export interface GooglePace {
  /** Milliseconds before the first question; each time it is half as much again. */
  readonly first: number;
  readonly longest: number;
}

const PACE: GooglePace = { first: 2000, longest: 20_000 };
/** Milliseconds that a build has to end once it is cancelled. */
const CANCEL_PATIENCE = 10_000;
const UNFINISHED = new Set(["STATUS_UNKNOWN", "PENDING", "QUEUED", "WORKING"]);

/**
 * Builds in Google Cloud Build: the recipe's folder goes into the bucket, the service builds and tests the image there,
 * and the image comes back; what lay in the bucket meanwhile is taken away.
 */
export function openGoogleCloudBuild(
  config: GoogleConfig,
  { env, passOn }: BuilderContext,
  pace: GooglePace = PACE,
): Builder {
  const auth = (endpoint: string) => googleAuth(endpoint, env);
  const api = new GoogleBuildApi(config, auth);
  const objects = new GoogleObjects(config, auth);
  const version = builderVersionOf(config);
  return {
    async build(job) {
      const tar = findProgram("tar", env);
      if (tar === undefined) throw problem(job, "tar is not on PATH; install GNU tar");
      const service = { config, api, objects, pace, tar, env: environmentOf(job, env, passOn) };
      await makeNewImage(job, { make: () => buildThere(job, service), test: () => Promise.resolve() });
      return { name: "google-cloud-build", ...(version !== undefined && { version }) };
    },
  };
}

interface Service {
  readonly config: GoogleConfig;
  readonly api: GoogleBuildApi;
  readonly objects: GoogleObjects;
  readonly pace: GooglePace;
  readonly tar: string;
  readonly env: Readonly<Record<string, string>>;
}

async function buildThere(job: BuildJob, service: Service): Promise<void> {
  const files = filesOf(job);
  const source = join(job.temporary, "source.tar.gz");
  await packFolder(job, service, source);
  try {
    await service.objects.upload(source, sourceObject(files));
    await runBuild(job, service, files);
    await service.objects.download(imageObject(files), job.image, job.signal);
  } finally {
    await cleanUp(job, service, files);
  }
}

/** The test is one of the steps, so that the image that comes back has passed it. */
async function runBuild(
  job: BuildJob,
  { config, api, objects, pace }: Service,
  files: GoogleFiles,
): Promise<void> {
  const { id } = await api.create(buildRequest(config, files), job.signal).catch((error: unknown) => {
    throw job.signal.aborted ? stopped(job) : error;
  });
  job.log.write(`Cloud Build: build ${id} in project ${config.project}\n`);
  try {
    const build = await follow(api, id, pace, job.signal);
    await copyLog(job, objects, logObject(files, id));
    if (build.status !== "SUCCESS") throw failed(job, build);
  } catch (error) {
    if (!job.signal.aborted) throw error;
    await cancel(job, api, id, pace);
    await copyLog(job, objects, logObject(files, id));
    throw stopped(job);
  }
}

async function follow(
  api: GoogleBuildApi,
  id: string,
  pace: GooglePace,
  signal: AbortSignal,
): Promise<GoogleBuild> {
  let pause = pace.first;
  for (;;) {
    await wait(pause, undefined, { signal });
    const build = await api.get(id, signal);
    if (!UNFINISHED.has(build.status)) return build;
    pause = Math.min(pause * 1.5, pace.longest);
  }
}

function filesOf(job: BuildJob): GoogleFiles {
  const recipe = relative(job.folder, job.recipe);
  if (recipe.startsWith(".."))
    throw problem(job, "the recipe does not lie in the folder that is handed over");
  const id = randomUUID();
  return { prefix: `stowage/${id}`, recipe, image: `stowage-${id}.sif` };
}

/** The same files are the same bytes. A clone's own folder may hold credentials, and stays here. */
function packFolder(job: BuildJob, { tar, env }: Service, archive: string): Promise<void> {
  const plain = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const files = ["--anchored", "--exclude=./.git", "-C", job.folder, "."];
  return runCommand(job, {
    name: "tar",
    program: tar,
    args: [...plain, "-czf", archive, ...files],
    folder: job.temporary,
    env,
  });
}

/** The log is what people want to see; that it cannot be had is no reason to fail. */
async function copyLog(job: BuildJob, objects: GoogleObjects, name: string): Promise<void> {
  try {
    await objects.read(name, (bytes) => job.log.write(bytes));
  } catch (error) {
    job.log.write(`The log of Cloud Build cannot be read: ${messageOf(error)}\n`);
  }
}

/** Waits a little for its end, so that nothing is written to the bucket after it was emptied. */
async function cancel(job: BuildJob, api: GoogleBuildApi, id: string, pace: GooglePace): Promise<void> {
  try {
    await api.cancel(id);
    await follow(api, id, pace, AbortSignal.timeout(CANCEL_PATIENCE));
  } catch (error) {
    job.log.write(`Build ${id} may go on: ${messageOf(error)}\n`);
  }
}

async function cleanUp(job: BuildJob, { config, objects }: Service, { prefix }: GoogleFiles): Promise<void> {
  try {
    await objects.removeAll(`${prefix}/`);
  } catch (error) {
    job.log.write(`Objects are left in gs://${config.bucket}/${prefix}/: ${messageOf(error)}\n`);
  }
}

function failed(job: BuildJob, { status, detail, failedStep }: GoogleBuild): BuildError {
  return new BuildError(job.reference, {
    command: failedStep ? `apptainer ${failedStep.id}` : "Cloud Build",
    status: failedStep?.status ?? status,
    lastLines: job.log.lastLines(20),
    ...(detail !== undefined && { hint: detail }),
  });
}

function stopped(job: BuildJob): BuildError {
  return new BuildError(job.reference, {
    command: "Cloud Build",
    status: "CANCELLED",
    lastLines: job.log.lastLines(20),
    hint: `it was stopped: ${messageOf(job.signal.reason)}`,
  });
}

function problem({ reference }: BuildJob, what: string): StowageError {
  return new StowageError("build", `${formatReference(reference)}: ${what}`);
}
