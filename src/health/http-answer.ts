import type { Dispatcher } from "undici";

/** What a server said of a file. */
export interface HttpAnswer {
  readonly status: number;
  /** Bytes of the whole file, where they are said. */
  readonly size?: number;
  /** In lower case, without parameters. */
  readonly mediaTypes: readonly string[];
  /** Where it sends whoever asks. */
  readonly location?: string;
  /** How long to wait, in milliseconds. */
  readonly retryAfter?: number;
  /** The beginning of what was asked for: never more than that. */
  readonly bytes: Buffer;
}

type Headers = Dispatcher.ResponseData["headers"];

/** What is said before the body. */
export function answerOf(status: number, headers: Headers, bytes: Buffer): HttpAnswer {
  const size = sizeOf(status, headers);
  const location = first(headers["location"]);
  const retryAfter = retryAfterOf(headers);
  return {
    status,
    ...(size !== undefined && { size }),
    mediaTypes: mediaTypesOf(headers["content-type"]),
    ...(location !== undefined && { location }),
    ...(retryAfter !== undefined && { retryAfter }),
    bytes,
  };
}

/** In the answer to a range it is what stands behind the slash: `bytes 0-0/1159168`. */
function sizeOf(status: number, headers: Headers): number | undefined {
  // What is packed has the length of the package.
  if ((first(headers["content-encoding"]) ?? "identity") !== "identity") return undefined;
  const isPart = status === 206 || status === 416;
  const text = isPart
    ? /\/(\d+)$/.exec(first(headers["content-range"]) ?? "")?.[1]
    : first(headers["content-length"]);
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const size = Number(text);
  return Number.isSafeInteger(size) ? size : undefined;
}

function mediaTypesOf(value: string | string[] | undefined): string[] {
  return [value ?? []].flat().map((type) => (type.split(";", 1)[0] ?? "").trim().toLowerCase());
}

/** Seconds, or a date, which the server's own clock is compared with. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = first(headers["retry-after"]);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(first(headers["date"]) ?? "");
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
