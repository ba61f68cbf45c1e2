import type { Reference } from "../registry/reference.ts";
import type { BuildLog } from "./build-log.ts";

/** One image to make. All paths are absolute. */
export interface BuildJob {
  readonly reference: Reference;
  /** The definition file. */
  readonly recipe: string;
  /** What the paths in the definition file are relative to. */
  readonly folder: string;
  /** Where the image shall be: nothing is there yet, and its folder is. */
  readonly image: string;
  /** A folder on a disk with room; empty, and taken away afterwards. */
  readonly temporary: string;
  /** Everything that the builder's programs say. */
  readonly log: BuildLog;
  /** Ends the build: its time is over, or somebody does not want it any more. */
  readonly signal: AbortSignal;
}

/** What made an image, as its record says. */
export interface BuilderVersion {
  readonly name: string;
  readonly version?: string;
}

/**
 * Makes an image out of a definition file and runs the image's own `%test`. `openBuilder` makes one of what registry.yml
 * says. When it is done `job.image` is a file; when it throws, nothing is there. Programs that it starts see nothing of
 * the environment but what builds need: the recipe is a stranger's.
 */
export interface Builder {
  /** Throws {@link BuildError} where a command failed, StowageError ("build") where none could be started. */
  build(job: BuildJob): Promise<BuilderVersion>;
}
