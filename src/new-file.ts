/** A file of a registry that is about to be written. */
export interface NewFile {
  /** Absolute, or relative to the working folder. */
  readonly path: string;
  /** Undefined: the file is on the disk as it shall be. */
  readonly content?: string | Buffer;
  /** Stays as it is where it is there. */
  readonly isOnlyIfMissing?: true;
  /** What it becomes where a branch has another text than the work tree: what a person wrote meanwhile stays. */
  readonly onto?: (existing: string) => string;
  /** Was put there to be committed: it is taken away afterwards, or git would take it for somebody's own. */
  readonly isPassing?: true;
}
