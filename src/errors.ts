/** What kind of trouble an error is; the command line turns it into an exit status. */
export type ErrorCode =
  | "usage"
  | "config"
  | "tree"
  | "output"
  | "findings"
  | "image"
  | "build"
  | "storage"
  | "git"
  | "github";

/** A place in a file, for people: line numbers start at 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** Every error Stowage throws on purpose. The message reads `where: what; what to do`. */
export class StowageError extends Error {
  readonly code: ErrorCode;
  readonly place: Place | undefined;

  constructor(code: ErrorCode, message: string, options: { place?: Place; cause?: unknown } = {}) {
    const where = options.place ? `${formatPlace(options.place)}: ` : "";
    super(where + message, { cause: options.cause });
    this.name = "StowageError";
    this.code = code;
    this.place = options.place;
  }

  /** 2 for wrong usage, a wrong configuration or a place that cannot be written; 1 for findings and what failed. */
  get exitStatus(): 1 | 2 {
    return this.code === "usage" || this.code === "config" || this.code === "output" ? 2 : 1;
  }
}

/** `file:line`, or `file` where no line is known. */
export function formatPlace(place: Place): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The operating system's code (`ENOENT`, …) of an error, if it has one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
