import { closeSync, openSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { type Gzip, createGzip } from "node:zlib";
import { StowageError, messageOf } from "../errors.ts";

/** 2 MiB of plain text. */
const LIMIT = 2 * 1024 * 1024;
const KEPT_LINES = 50;
/** Characters; what a program says without ever ending the line is cut here. */
const LONGEST_LINE = 2000;
/** Where gzip names the operating system that wrote it, and the value for "unknown": the same bytes everywhere. */
const SYSTEM_BYTE = 9;
const UNKNOWN_SYSTEM = 255;
const LINE_FEED = 10;

export interface BuildLogOptions {
  /** Bytes of plain text that are kept; a longer log loses its middle. Default: 2 MiB. */
  readonly limit?: number;
  /** Called with every complete line, for a display of progress. Its control characters are still in it. */
  readonly onLine?: (line: string) => void;
}

/**
 * What the programs of one build say, as a gzip file that is written as it goes. Of a log that is too long the
 * beginning and the end are kept: what was asked for, and what went wrong.
 *
 *     const log = BuildLog.open("/tmp/build/greeting.log.gz");
 *     log.write("INFO:    Starting build...\n");
 *     log.lastLines(20);
 *     await log.close();
 */
export class BuildLog {
  readonly #gzip: Gzip;
  readonly #finished: Promise<void>;
  readonly #half: number;
  readonly #lines: LastLines;
  #headBytes = 0;
  /** The last bytes, overwritten from the front again and again. */
  #tail: Buffer | undefined;
  #tailBytes = 0;
  #isClosed = false;

  /** Begins a log; a file that is there is written over. Throws StowageError ("output") where it cannot be written. */
  static open(path: string, options: BuildLogOptions = {}): BuildLog {
    return new BuildLog(path, options);
  }

  private constructor(path: string, { limit = LIMIT, onLine }: BuildLogOptions) {
    this.#half = Math.max(Math.floor(limit / 2), 1);
    this.#lines = new LastLines(onLine);
    this.#gzip = createGzip();
    this.#finished = writeTo(path, this.#gzip);
    // Whoever closes the log hears of it; nobody may, where the build itself has failed.
    this.#finished.catch(() => undefined);
  }

  /** Takes what a program said; after {@link close} nothing happens. */
  write(text: string | Buffer): void {
    if (this.#isClosed) return;
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    this.#lines.add(bytes);
    const rest = this.#writeHead(bytes);
    if (rest.length > 0) this.#keepTail(rest);
  }

  /** The last lines, at most 50 of them, the one that is not complete yet among them. */
  lastLines(count: number): string[] {
    return this.#lines.last(count);
  }

  /** Completes the file. Throws StowageError ("output") where it could not be written. */
  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#lines.end();
      this.#writeTail();
      this.#gzip.end();
    }
    return this.#finished;
  }

  /** Writes as many whole lines as the first half has room for, and returns the rest. */
  #writeHead(bytes: Buffer): Buffer {
    if (this.#tail) return bytes;
    const room = this.#half - this.#headBytes;
    if (bytes.length <= room) {
      this.#headBytes += bytes.length;
      // A copy is compressed: the caller may use its buffer again.
      this.#gzip.write(Buffer.from(bytes));
      return Buffer.alloc(0);
    }
    const cut = bytes.subarray(0, room).lastIndexOf(LINE_FEED) + 1;
    this.#gzip.write(Buffer.from(bytes.subarray(0, cut)));
    this.#tail = Buffer.alloc(this.#half);
    return bytes.subarray(cut);
  }

  #keepTail(bytes: Buffer): void {
    const tail = this.#tail;
    if (!tail) return;
    const kept = bytes.subarray(Math.max(bytes.length - tail.length, 0));
    const start = (this.#tailBytes + bytes.length - kept.length) % tail.length;
    const atEnd = kept.copy(tail, start);
    kept.copy(tail, 0, atEnd);
    this.#tailBytes += bytes.length;
  }

  #writeTail(): void {
    const tail = this.#tail;
    if (!tail) return;
    if (this.#tailBytes <= tail.length) {
      this.#gzip.write(tail.subarray(0, this.#tailBytes));
      return;
    }
    const start = this.#tailBytes % tail.length;
    const ordered = Buffer.concat([tail.subarray(start), tail.subarray(0, start)]);
    const whole = ordered.subarray(ordered.indexOf(LINE_FEED) + 1);
    this.#gzip.write(`\n[${this.#tailBytes - whole.length} bytes of this log were left out here]\n`);
    this.#gzip.write(whole);
  }
}

/** The lines at the end of a text that arrives in pieces. */
class LastLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #lines: string[] = [];
  #open = "";

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(bytes: Buffer): void {
    const [first = "", ...others] = this.#decoder.write(bytes).split("\n");
    this.#extend(first);
    for (const part of others) {
      this.#complete();
      this.#extend(part);
    }
  }

  end(): void {
    this.#extend(this.#decoder.end());
    if (this.#open !== "") this.#complete();
  }

  last(count: number): string[] {
    const lines = this.#open === "" ? this.#lines : [...this.#lines, this.#open];
    return count <= 0 ? [] : lines.slice(-count);
  }

  #extend(part: string): void {
    this.#open += part.slice(0, LONGEST_LINE - this.#open.length);
  }

  #complete(): void {
    const line = this.#open.endsWith("\r") ? this.#open.slice(0, -1) : this.#open;
    this.#open = "";
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#onLine?.(line);
  }
}

/** Writes what a compressor gives as soon as it gives it. */
function writeTo(path: string, gzip: Gzip): Promise<void> {
  const file = openFile(path);
  let isFirst = true;
  return new Promise<void>((resolve, reject) => {
    gzip.on("data", (chunk: Buffer) => {
      if (isFirst) chunk[SYSTEM_BYTE] = UNKNOWN_SYSTEM;
      isFirst = false;
      try {
        for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
      } catch (error) {
        gzip.destroy(cannotWrite(path, error));
      }
    });
    gzip.once("end", resolve);
    gzip.once("error", reject);
  }).finally(() => closeSync(file));
}

function openFile(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): StowageError {
  return new StowageError("output", `${path}: the log cannot be written: ${messageOf(error)}`, {
    cause: error,
  });
}
