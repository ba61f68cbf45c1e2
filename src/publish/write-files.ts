import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { StowageError, messageOf } from "../errors.ts";
import type { NewFile } from "../new-file.ts";

/** Writes files, each whole or not at all, and returns the paths of those that were written. Throws StowageError. */
export function writeFiles(files: readonly NewFile[]): string[] {
  const written: string[] = [];
  for (const { path, content, isOnlyIfMissing } of files) {
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (content === undefined || (isOnlyIfMissing && isThere)) continue;
    writeWhole(path, content);
    written.push(path);
  }
  return written;
}

/** A link that stands there is replaced, not followed. */
function writeWhole(path: string, content: string | Buffer): void {
  const temporary = join(dirname(path), `.stowage-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeDurably(temporary, Buffer.from(content));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new StowageError("output", `${path}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function writeDurably(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, "wx", 0o644);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
