import { StowageError, messageOf } from "../errors.ts";
import type { Answer } from "../http.ts";
import { NoAnswer, type OciRepository, refusal } from "./client.ts";

/** Bytes on their way into a registry. */
export interface Blob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** From the beginning, however often it is called. */
  stream(): AsyncIterable<Buffer>;
}

/** Amazon's registry wants at least 5 MiB at once, and at most 10. */
const PIECE = 8 * 1024 * 1024;
/** GitHub's registry takes no more at once. */
const SMALL_PIECE = 4 * 1024 * 1024;
const UPLOADS = 3;
const TRIES_PER_PIECE = 4;

/** The registry lost what it had, or wants smaller pieces: only another upload helps. */
class BrokenUpload extends StowageError {
  readonly wantsSmaller: boolean;
  constructor(reason: StowageError, wantsSmaller = false) {
    super("storage", reason.message, { cause: reason });
    this.wantsSmaller = wantsSmaller;
  }
}

/** Whether a blob is there, with its size. */
export async function hasBlob(
  repository: OciRepository,
  { digest, size }: Omit<Blob, "stream">,
): Promise<boolean> {
  const answer = await repository.send({ method: "HEAD", to: `blobs/${digest}` });
  if (answer.status === 200) return Number(answer.headers["content-length"]) === size;
  if (answer.status === 404) return false;
  throw refusal(repository, "the image cannot be looked for", answer);
}

/**
 * Uploads a blob that is not there yet, in pieces that are sent again where the connection breaks. It has no name
 * before the registry has held its digest against all the bytes.
 */
export async function uploadBlob(repository: OciRepository, blob: Blob): Promise<void> {
  if (await hasBlob(repository, blob)) return;
  let size = /^(?:ghcr\.io|containers\.)/.test(repository.title) ? SMALL_PIECE : PIECE;
  for (let upload = 1; ; upload++) {
    try {
      await uploadOnce(repository, blob, size);
      return;
    } catch (error) {
      if (!(error instanceof BrokenUpload) || upload === UPLOADS) throw error;
      if (error.wantsSmaller) size = SMALL_PIECE;
    }
  }
}

async function uploadOnce(repository: OciRepository, blob: Blob, size: number): Promise<void> {
  const session = await Session.begin(repository, size);
  try {
    for await (const piece of piecesOf(blob.stream(), session.pieceSize)) await session.send(piece);
    await session.finish(blob);
  } catch (error) {
    await session.cancel();
    if (error instanceof StowageError) throw error;
    throw new StowageError(
      "storage",
      `${repository.title}: the image cannot be read to its end: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** One upload, and how far it is. */
class Session {
  readonly pieceSize: number;
  readonly #repository: OciRepository;
  #location: URL;
  /** Bytes that the registry has. */
  #offset = 0;

  private constructor(repository: OciRepository, location: URL, pieceSize: number) {
    this.#repository = repository;
    this.#location = location;
    this.pieceSize = pieceSize;
  }

  static async begin(repository: OciRepository, size: number): Promise<Session> {
    const answer = await repository.send({ method: "POST", to: "blobs/uploads/" });
    if (answer.status !== 202) throw refusal(repository, "the image cannot be uploaded", answer);
    const least = Number(answer.headers["oci-chunk-min-length"] ?? 0);
    const pieceSize = least > size && least <= 16 * PIECE ? least : size;
    return new Session(repository, repository.resolve(answer.headers.location), pieceSize);
  }

  /** Sends one piece, and what is missing of it as often as the connection breaks. */
  async send(piece: Buffer): Promise<void> {
    const [start, end] = [this.#offset, this.#offset + piece.length];
    for (let tries = 1; this.#offset < end; tries++) {
      const problem = await this.#patch(piece.subarray(this.#offset - start), end);
      if (!problem) return;
      if (tries === TRIES_PER_PIECE) throw new BrokenUpload(problem);
      await this.#askHowFar(start, end, problem);
    }
  }

  /** The registry holds the digest against what it has, and gives it its name. */
  async finish(blob: Blob): Promise<void> {
    const url = new URL(this.#location);
    url.searchParams.set("digest", blob.digest);
    const answer = await this.#repository.send({ method: "PUT", to: url, body: Buffer.alloc(0) });
    if (answer.status === 201) return;
    // It was asked twice where the first answer got lost.
    if (await hasBlob(this.#repository, blob)) return;
    throw refusal(this.#repository, "the upload cannot be finished", answer);
  }

  /** The registry forgets an unfinished upload by itself, only later. */
  async cancel(): Promise<void> {
    try {
      await this.#repository.send({ method: "DELETE", to: this.#location });
    } catch (error) {
      if (!(error instanceof StowageError)) throw error;
    }
  }

  /** What went wrong, where sending it again may help. The Range of the answer is not looked at: Amazon's lags behind. */
  async #patch(body: Buffer, end: number): Promise<StowageError | undefined> {
    let answer: Answer;
    try {
      answer = await this.#repository.send({
        method: "PATCH",
        to: this.#location,
        headers: {
          "content-type": "application/octet-stream",
          "content-range": `${this.#offset}-${end - 1}`,
        },
        body,
      });
    } catch (error) {
      if (error instanceof NoAnswer) return error;
      throw error;
    }
    const problem = refusal(this.#repository, "the image cannot be uploaded", answer);
    if (answer.status === 413 || answer.status === 416) throw new BrokenUpload(problem, true);
    if (answer.status === 404) throw new BrokenUpload(problem);
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return problem;
    if (answer.status !== 202) throw problem;
    this.#location = this.#repository.resolve(answer.headers.location);
    this.#offset = end;
    return undefined;
  }

  async #askHowFar(start: number, end: number, problem: StowageError): Promise<void> {
    const { status, headers } = await this.#repository.send({ method: "GET", to: this.#location });
    const offset = status === 204 ? offsetIn(headers.range) : undefined;
    if (offset === undefined || offset < start || offset > end) throw new BrokenUpload(problem);
    if (headers.location !== undefined) this.#location = this.#repository.resolve(headers.location);
    this.#offset = offset;
  }
}

/** `0-1023` are 1024 bytes; `0-0` is none, in the registry that everybody copied. */
function offsetIn(range: string | undefined): number | undefined {
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(range ?? "") ?? [];
  if (last === undefined) return undefined;
  return last === "0" ? 0 : Number(last) + 1;
}

/** Each is sent before the next is read, so that one is in memory. */
async function* piecesOf(stream: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    held.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    const joined = Buffer.concat(held);
    for (let at = 0; at + size <= joined.length; at += size) yield joined.subarray(at, at + size);
    held = [joined.subarray(joined.length - (joined.length % size))];
    length = joined.length % size;
  }
  if (length > 0) yield Buffer.concat(held);
}
