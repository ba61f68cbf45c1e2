import { StowageError } from "../errors.ts";
import type { SifSource } from "../sif/source.ts";

/** A file that somebody chose: read where it is asked for, and not as a whole. */
export function blobSource(blob: Blob, path: string): SifSource {
  return {
    path,
    size: blob.size,
    async bytesAt(position, length) {
      return new Uint8Array(await blob.slice(position, position + length).arrayBuffer());
    },
  };
}

/** Apptainer's list of objects ends at 32,176, and the small objects that matter stand behind it. */
const FIRST = 40 * 1024;
/** Bytes that are read of an image elsewhere, at most. */
const LIMIT = 2 * 1024 * 1024;

/** An image at an address, of which only the beginning and the small objects are asked for. Throws StowageError. */
export async function openWebSource(address: string): Promise<SifSource> {
  const first = await ask(address, 0, FIRST);
  let left = LIMIT - first.bytes.length;
  const canGive = (position: number, length: number) =>
    position + length <= first.bytes.length || (first.isPart && length <= left);
  return {
    path: address,
    size: first.size,
    canGive,
    async bytesAt(position, length) {
      const end = Math.min(position + length, first.size ?? Infinity);
      if (end <= first.bytes.length || !first.isPart) return first.bytes.subarray(position, end);
      if (!canGive(position, length)) throw refusal("more of it is needed than may be transferred");
      left -= length;
      return (await ask(address, position, end)).bytes;
    },
  };
}

interface Part {
  readonly bytes: Uint8Array;
  /** Of the whole file, where the server lets a page read it. */
  readonly size: number | undefined;
  readonly isPart: boolean;
}

/** Bytes from `start` up to `end`, or as many of the first as the limit allows where the server sends whole files. */
async function ask(address: string, start: number, end: number): Promise<Part> {
  const response = await get(address, start, end);
  if (response.status !== 206 && response.status !== 200) throw refusal(`the answer is ${response.status}`);
  const isPart = response.status === 206;
  const bytes = await beginningOf(response, isPart ? end - start : LIMIT);
  return { bytes, size: sizeOf(response, bytes), isPart };
}

async function get(address: string, start: number, end: number): Promise<Response> {
  try {
    return await fetch(address, {
      headers: { range: `bytes=${start}-${end - 1}` },
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch {
    // Browsers do not say why.
    throw refusal(
      "the browser cannot read it: there is no such server, or it does not let pages of other sites read its files (CORS). In a terminal `stowage inspect` can",
    );
  }
}

/** Reads no more than that, though a server may send for ever. */
async function beginningOf({ body }: Response, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  if (!body) return bytes.subarray(0, 0);
  const reader = body.getReader();
  let size = 0;
  while (size < length) {
    const { done, value } = await reader.read();
    if (done) break;
    const taken = value.subarray(0, length - size);
    bytes.set(taken, size);
    size += taken.length;
  }
  await reader.cancel();
  return bytes.subarray(0, size);
}

/** `bytes 0-40959/1159168`; pages of other sites often may not read it. */
function sizeOf({ headers, status }: Response, bytes: Uint8Array): number | undefined {
  if (status === 200) {
    const length = headers.get("content-length");
    return length === null || headers.has("content-encoding") ? undefined : Number(length);
  }
  const [, size] = /\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (size !== undefined) return Number(size);
  return bytes.length < FIRST ? bytes.length : undefined;
}

function refusal(reason: string): StowageError {
  return new StowageError("storage", reason);
}
