import { readFileSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StowageError, messageOf } from "../errors.ts";
import type { BuilderConfig } from "../registry/config.ts";
import { sha256Digest } from "../registry/digest.ts";
import { openImageFile } from "../storage/image-file.ts";
import { BuildLog } from "./build-log.ts";
import type { Builder } from "./builder.ts";
import { type HandOver, emptyHandOver, handOverFiles, handOverFolder, writeHandOver } from "./hand-over.ts";
import type { Build } from "./plan.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export interface BuildImagesOptions {
  /** What recipes are relative to: the folder of registry.yml. */
  readonly root: string;
  /** Where images are left, each in a folder of its own. */
  readonly out: string;
  readonly builder: BuilderConfig;
  readonly open: (config: BuilderConfig) => Promise<Builder>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the running build, and begins no other. */
  readonly signal: AbortSignal;
  readonly onStart?: (build: Build) => void;
  /** A line that a program of the running build said. */
  readonly onLine?: (line: string) => void;
}

/** How one build ended. */
export type BuildOutcome =
  | { readonly build: Build; readonly handOver: HandOver }
  | { readonly build: Build; readonly error: StowageError; readonly log: string };

/** Minutes. */
const DEFAULT_TIMEOUT = 120;

/**
 * Builds images one after the other, each in an attempt of its own: what fails leaves its log, and the others go on.
 * Nothing of a registry is changed.
 */
export async function* buildImages(
  builds: readonly Build[],
  options: BuildImagesOptions,
): AsyncGenerator<BuildOutcome> {
  for (const build of builds) {
    if (options.signal.aborted) return;
    options.onStart?.(build);
    yield await outcomeOf(build, options);
  }
}

async function outcomeOf(build: Build, options: BuildImagesOptions): Promise<BuildOutcome> {
  const folder = handOverFolder(resolve(options.out), build.reference);
  try {
    return { build, handOver: await buildImage(build, folder, options) };
  } catch (error) {
    if (error instanceof StowageError) return { build, error, log: handOverFiles(folder).log };
    throw error;
  }
}

async function buildImage(build: Build, folder: string, options: BuildImagesOptions): Promise<HandOver> {
  const files = handOverFiles(folder);
  emptyHandOver(folder);
  const temporary = makeTemporaryFolder(options.env, folder);
  const log = BuildLog.open(files.log, options.onLine && { onLine: options.onLine });
  const limit = timeLimit(options);
  try {
    return await attempt(build, files, temporary, log, { ...options, signal: limit.signal });
  } catch (error) {
    rmSync(files.image, { force: true });
    throw error;
  } finally {
    limit.clear();
    removeTemporary(temporary, log);
    await log.close();
  }
}

/** Where a recipe left folders that nobody may write to, they stay: no reason to fail. */
function removeTemporary(folder: string, log: BuildLog): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    log.write(`${folder} is left: ${messageOf(error)}\n`);
  }
}

/** The signal that ends a build, and what is called once it has ended. */
function timeLimit({ builder, signal }: BuildImagesOptions): { signal: AbortSignal; clear: () => void } {
  const minutes = ("timeout" in builder ? builder.timeout : undefined) ?? DEFAULT_TIMEOUT;
  const over = new AbortController();
  const end = () => over.abort(new StowageError("build", `its ${minutes} minutes are over`));
  const timer = setTimeout(end, minutes * 60_000);
  return { signal: AbortSignal.any([signal, over.signal]), clear: () => clearTimeout(timer) };
}

async function attempt(
  build: Build,
  files: ReturnType<typeof handOverFiles>,
  temporary: string,
  log: BuildLog,
  options: BuildImagesOptions,
): Promise<HandOver> {
  const recipe = resolve(options.root, build.recipe);
  const recipeDigest = sha256Digest(readFileSync(recipe));
  const config: BuilderConfig = build.hasBuildScript ? { kind: "script" } : options.builder;
  const builder = await options.open(config);
  const version = await builder.build({
    reference: build.reference,
    recipe,
    folder: dirname(recipe),
    image: files.image,
    temporary,
    log,
    signal: options.signal,
  });
  const handOver = { ...files, reference: build.reference, recipe: recipeDigest, builder: version };
  return writeHandOver({ ...handOver, ...(await measure(files.image)) });
}

async function measure(image: string): Promise<{ size: number; sha256: string }> {
  const file = await openImageFile(image);
  try {
    return { size: file.size, sha256: await file.sha256() };
  } finally {
    await file.close();
  }
}
