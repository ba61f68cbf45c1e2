import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "./errors.ts";

/** A file's text, or why it is not read. */
export type FileText =
  | { readonly text: string; readonly bytes: Buffer; readonly isUtf8: boolean }
  | { readonly problem: "missing" | "not-a-file" | "unreadable" | "too-large"; readonly size?: number };

/** A pipe must not block the open, and a link that appeared after the listing must not be followed. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Reads a stranger's text file: a regular file of at most `limit` bytes, never through a symbolic link,
 * never blocking on a pipe. In `text`, bytes that are not UTF-8 are U+FFFD.
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
    return { text: bytes.toString("utf8"), bytes, isUtf8: isUtf8(bytes) };
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

/** At most `size` bytes: what a growing file gains meanwhile is not read. */
function readAll(descriptor: number, size: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, buffer, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

const BYTE_ORDER_MARK = "\uFEFF";

/** The text without the byte-order mark that some editors put first. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
