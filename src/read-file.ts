import { isUtf8 } from "node:buffer";
import { type Stats, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { systemCode } from "./errors.ts";

/** A file's text, or why it is not read. */
export type FileText =
  | { readonly text: string; readonly notUtf8?: Buffer }
  | { readonly problem: "missing" | "not-a-file" | "unreadable" | "too-large"; readonly size?: number };

/** A pipe must not block the open, and a link that appeared after the listing must not be followed. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Reads a stranger's text file: a regular file of at most `limit` bytes, never through a symbolic link,
 * never blocking on a pipe. In `text`, bytes that are not UTF-8 are U+FFFD; then `notUtf8` is the file as it is.
 */
export function readTextFile(path: string, limit: number): FileText {
  let descriptor: number;
  try {
    descriptor = openSync(path, OPEN_FLAGS);
  } catch (error) {
    return { problem: problemOf(systemCode(error)) };
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { problem: "not-a-file" };
    if (stats.size > limit) return { problem: "too-large", size: stats.size };
    const bytes = readAll(descriptor, stats.size);
    const text = bytes.toString("utf8");
    return isUtf8(bytes) ? { text } : { text, notUtf8: Buffer.from(bytes) };
  } catch {
    return { problem: "unreadable" };
  } finally {
    closeSync(descriptor);
  }
}

function problemOf(code: string | undefined): "missing" | "not-a-file" | "unreadable" {
  if (code === "ENOENT") return "missing";
  // ELOOP: a symbolic link; ENXIO: a socket or a pipe without a writer.
  return code === "ELOOP" || code === "ENXIO" ? "not-a-file" : "unreadable";
}

/** Most files are small: one buffer serves them all. */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** At most `size` bytes, until the next call: what a growing file gains meanwhile is not read. */
function readAll(descriptor: number, size: number): Buffer {
  const buffer = size <= sharedBuffer.length ? sharedBuffer : Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, buffer, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** What a path is, through links; undefined where it cannot be known: nothing there, a circle, a file on the way. */
export function statsOf(path: string, stat: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = "\uFEFF";

/** The text without the byte-order mark that some editors put first. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
