import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { HTTPError } from "got";
import { StowageError, messageOf } from "../errors.ts";
import type { SifSource } from "./source.ts";

/** Asks a server with these headers; the stream tells of the answer by a `response`. Redirects were followed. */
export type OpenRange = (headers: Readonly<Record<string, string>>) => Readable | Promise<Readable>;

export interface RangeOptions {
  /** Bytes that may be transferred; default: {@link TRANSFER_LIMIT}. */
  readonly limit?: number;
}

/** What was asked of a server so far. */
export interface Transfer {
  readonly requests: number;
  /** Of the file; what else is in an answer comes on top. */
  readonly bytes: number;
  /** Whether the server sends parts of a file. */
  readonly takesRanges: boolean;
}

/** With the heads of a few answers, these are less than 64 KiB. */
const TRANSFER_LIMIT = 60 * 1024;
/**
 * The first question's: apptainer's list of objects ends at 32,176, and the small objects that matter stand behind it.
 */
const FIRST = 40 * 1024;
/** Where a server only sends whole files: these first bytes, unless more are allowed. */
const WHOLE_FILE_LIMIT = 1024 * 1024;

/**
 * An image on a server, of which only the bytes are asked for that are needed. What a server says is held against what
 * it said before. Throws StowageError ("storage").
 */
export class RangeSource implements SifSource {
  readonly path: string;
  readonly #open: OpenRange;
  readonly #limit: number;
  #first: Uint8Array = new Uint8Array();
  #size: number | undefined;
  #etag: string | undefined;
  #transfer: Transfer = { requests: 0, bytes: 0, takesRanges: true };

  /** Only for {@link openRangeSource}. */
  constructor(path: string, open: OpenRange, { limit = TRANSFER_LIMIT }: RangeOptions) {
    this.path = path;
    this.#open = open;
    this.#limit = limit;
  }

  get size(): number | undefined {
    return this.#size;
  }

  get transfer(): Transfer {
    return this.#transfer;
  }

  canGive(position: number, length: number): boolean {
    const { start, end } = this.#missing(position, length);
    if (start >= end) return true;
    return this.#transfer.takesRanges && this.#transfer.bytes + end - start <= this.#limit;
  }

  async bytesAt(position: number, length: number): Promise<Uint8Array> {
    const known = this.#first.subarray(position, position + length);
    const { start, end } = this.#missing(position, length);
    if (start >= end) return known;
    if (!this.canGive(position, length)) throw this.#trouble("more of it is needed than may be transferred");
    return joined([known, await this.#ask(start, end)]);
  }

  /** Asks for the first bytes, which tell the size of the file. */
  async begin(): Promise<void> {
    this.#first = await this.#ask(0, Math.min(FIRST, this.#limit));
  }

  /** What lies behind the first bytes, but in the file. */
  #missing(position: number, length: number): { start: number; end: number } {
    const start = Math.max(position, this.#first.length);
    return { start, end: Math.min(position + length, this.#size ?? Infinity) };
  }

  async #ask(start: number, end: number): Promise<Uint8Array> {
    try {
      return await this.#read(start, end);
    } catch (error) {
      if (error instanceof StowageError) throw error;
      // The client's own words about a status have the whole address in them.
      throw this.#trouble(
        error instanceof HTTPError ? `the answer is ${error.response.statusCode}` : messageOf(error),
      );
    }
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    const headers = { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity" };
    const body = await this.#open(headers);
    const [response] = (await once(body, "response")) as [IncomingMessage];
    const { statusCode, headers: answered } = response;
    this.#transfer = { ...this.#transfer, requests: this.#transfer.requests + 1 };
    try {
      if (statusCode === 206) return await this.#readPart(body, answered, { start, end });
      if (statusCode === 200 && start === 0) return await this.#readWhole(body, answered);
      if (statusCode === 200) throw this.#trouble("the server sent a part of it before, and now all of it");
      throw this.#trouble(`the answer is ${statusCode}`);
    } finally {
      body.destroy();
    }
  }

  async #readPart(
    body: Readable,
    headers: IncomingHttpHeaders,
    wanted: { start: number; end: number },
  ): Promise<Uint8Array> {
    const { start, end, total } = this.#rangeIn(headers);
    const last = Math.min(wanted.end, total ?? wanted.end);
    if (start !== wanted.start || end !== last)
      throw this.#trouble(`${wanted.start}–${last} was asked for, and the answer is ${start}–${end}`);
    this.#requireSame(total, headers.etag);
    const bytes = await this.#collect(body, end - start + 1);
    if (bytes.length !== end - start)
      throw this.#trouble(`${end - start} bytes were promised, and ${bytes.length} came`);
    return bytes;
  }

  /** `bytes 0-499/1234`: the end here is the first byte that is not in it. */
  #rangeIn(headers: IncomingHttpHeaders): { start: number; end: number; total: number | undefined } {
    const said = headers["content-range"] ?? "";
    const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(said) ?? [];
    if (first === undefined) throw this.#trouble("the server does not say which part of it the answer is");
    const [start, end] = [Number(first), Number(last) + 1];
    if (end <= start || (total !== "*" && end > Number(total)))
      throw this.#trouble(`the server says that the answer is ${JSON.stringify(said)}, which cannot be`);
    return { start, end, total: total === "*" ? undefined : Number(total) };
  }

  #requireSame(total: number | undefined, etag: string | undefined): void {
    const isFirst = this.#transfer.requests === 1;
    const isSame = total === this.#size && (etag ?? this.#etag) === (this.#etag ?? etag);
    if (!isFirst && !isSame) throw this.#trouble("it changed while it was read; try again");
    this.#size = total;
    this.#etag ??= etag;
  }

  /** The server sends all there is: its beginning is enough. */
  async #readWhole(body: Readable, headers: IncomingHttpHeaders): Promise<Uint8Array> {
    const length = headers["content-length"] ?? "";
    if (/^\d{1,15}$/.test(length)) this.#size = Number(length);
    this.#transfer = { ...this.#transfer, takesRanges: false };
    const most = this.#limit === TRANSFER_LIMIT ? WHOLE_FILE_LIMIT : this.#limit;
    const bytes = await this.#collect(body, most);
    if (bytes.length < Math.min(most, this.#size ?? 0))
      throw this.#trouble(`${this.#size} bytes were promised, and ${bytes.length} came`);
    if (bytes.length < most) this.#size = bytes.length;
    return bytes;
  }

  /** At most so many bytes of a stream, which is closed then. */
  async #collect(body: Readable, most: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, most - length));
      length += chunk.length;
      if (length >= most) break;
    }
    this.#transfer = { ...this.#transfer, bytes: this.#transfer.bytes + Math.min(length, most) };
    return joined(chunks);
  }

  #trouble(reason: string): StowageError {
    return new StowageError("storage", `${this.path}: cannot be read: ${reason}`);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

/** Opens an image on a server, and asks for its beginning. `path` is what errors call it. */
export async function openRangeSource(
  path: string,
  open: OpenRange,
  options: RangeOptions = {},
): Promise<RangeSource> {
  const source = new RangeSource(path, open, options);
  await source.begin();
  return source;
}
