import { StowageError } from "../errors.ts";
import { askGit } from "./git.ts";
import { streamGit } from "./stream.ts";

/** A commit, and what it did to files below a folder. */
export interface Commit {
  readonly id: string;
  /** When it was made, in seconds since 1970; undefined where its date cannot be read. */
  readonly seconds?: number;
  readonly files: readonly FileChange[];
}

export interface FileChange {
  /** Relative to the folder, with slashes; a character a byte, where it is not ASCII. */
  readonly path: string;
  /** The content of a regular file from then on; undefined: there is none. */
  readonly blob?: string;
  /** It is not there from then on; without this and without content it is a link or a submodule. */
  readonly isGone: boolean;
}

/** What git can tell of a folder. */
export type HistoryState = "no-repository" | "no-commit" | "cut" | "whole";

/** Whether there is a history to read, and all of it. Throws StowageError ("git") where git is not there. */
export async function historyState(directory: string): Promise<HistoryState> {
  const asked = await askGit(directory, ["rev-parse", "--is-shallow-repository"], { accepts: [128] });
  if (asked.status !== 0) return "no-repository";
  const head = await askGit(directory, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], {
    accepts: [1, 128],
  });
  if (head.status !== 0) return "no-commit";
  return asked.stdout.trim() === "true" ? "cut" : "whole";
}

/**
 * What of a repository's configuration would change what is printed or run something is said otherwise. Of a merge the
 * difference to its first parent: what the branch itself looked like, before and after.
 */
const CONFIGURED = ["-c", "log.showRoot=true", "-c", "log.follow=false"];
const PLAIN = "--no-show-signature --no-ext-diff --no-textconv --no-color --no-decorate --no-notes".split(
  " ",
);
const SHAPE = "--first-parent -m --reverse --raw -z --no-abbrev --no-renames --relative".split(" ");
const LOG = [...CONFIGURED, "log", ...PLAIN, ...SHAPE, "--format=%H %ct", "HEAD", "--", "."];

/**
 * The commits that changed files below a folder which `isWanted`, from the oldest on, along the first parents of what is
 * checked out. One git tells them all, and only those files are kept. Throws StowageError ("git").
 */
export async function* commitsBelow(
  directory: string,
  isWanted: (path: string) => boolean,
): AsyncIterable<Commit> {
  const reader = new LogReader(isWanted);
  for await (const field of fieldsOf(streamGit(directory, LOG))) {
    const commit = reader.read(field);
    if (commit) yield commit;
  }
  const last = reader.end();
  if (last) yield last;
}

/** A path longer than this is none that a file system has, in bytes. */
const LONGEST_FIELD = 64 * 1024;

/** Texts with a NUL behind each. */
async function* fieldsOf(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
      // A text of its own: a part of a larger one would keep all of that in memory.
      yield bytes.toString("latin1", start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST_FIELD) throw new StowageError("git", "git log: a path without an end");
  }
}

/** `<commit> <seconds>`, then for each file what happened to it and its path. */
class LogReader {
  readonly #isWanted: (path: string) => boolean;
  #head: Pick<Commit, "id" | "seconds"> | undefined;
  #files: FileChange[] = [];
  #change: Omit<FileChange, "path"> | undefined;

  constructor(isWanted: (path: string) => boolean) {
    this.#isWanted = isWanted;
  }

  /** Returns the commit that ends where another begins, if any file of it is wanted. */
  read(field: string): Commit | undefined {
    if (this.#change) {
      if (this.#isWanted(field)) this.#files.push({ path: field, ...this.#change });
      this.#change = undefined;
      return undefined;
    }
    const text = field.startsWith("\n") ? field.slice(1) : field;
    if (text.startsWith(":")) {
      this.#change = changeOf(text);
      return undefined;
    }
    const last = this.end();
    this.#head = headOf(text);
    return last;
  }

  end(): Commit | undefined {
    const files = this.#files;
    this.#files = [];
    return this.#head && files.length > 0 ? { ...this.#head, files } : undefined;
  }
}

/** `:100644 100755 <old blob> <new blob> M`: modes, contents and a letter. */
function changeOf(text: string): Omit<FileChange, "path"> {
  const [, mode = "", , blob = ""] = text.split(" ");
  if (mode === "000000") return { isGone: true };
  return mode.startsWith("100") ? { isGone: false, blob } : { isGone: false };
}

/** The last second that four digits can write as a year. */
const LAST_SECOND = 253_402_300_799;

function headOf(text: string): Pick<Commit, "id" | "seconds"> {
  const [id = "", time = ""] = text.split(" ");
  const seconds = Number(time);
  const isDate = /^\d+$/.test(time) && seconds > 0 && seconds <= LAST_SECOND;
  return { id, ...(isDate && { seconds }) };
}
