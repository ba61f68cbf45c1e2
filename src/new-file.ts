/** A file of a registry that is about to be written. */
export interface NewFile {
  /** Absolute, or relative to the working folder. */
  readonly path: string;
  /** Undefined: the file is on the disk as it shall be, at `source` or where it belongs. */
  readonly content?: string | Buffer;
  readonly source?: string;
  /** Stays as it is where it is there. */
  readonly isOnlyIfMissing?: true;
  /** What it becomes where a branch has another text than the work tree: what a person wrote meanwhile stays. */
  readonly onto?: (existing: string) => string;
}
