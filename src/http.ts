import type { IncomingHttpHeaders } from "node:http";
import { CancelError, type OptionsOfTextResponseBody, got } from "got";

/**
 * The one HTTP client: retries what may be asked again (GET, HEAD, PUT, DELETE; 408, 429, 5xx and broken
 * connections, as long as a server asks with Retry-After), gives up on a silent server, and speaks in its own name.
 */
export const http = got.extend({
  headers: { "user-agent": "stowage" },
  retry: { limit: 4, maxRetryAfter: 60_000 },
  // Between two packets, not for a whole image.
  timeout: { lookup: 10_000, connect: 10_000, secureConnect: 10_000, socket: 60_000, response: 120_000 },
});

/** How connections are made and redirects followed. */
export type NetworkOptions = Pick<OptionsOfTextResponseBody, "dnsLookup" | "hooks">;

/** What a server said; a status of any kind. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** More than any answer that is read whole; it is a stranger's. */
const LONGEST_ANSWER = 1024 * 1024;

/**
 * Asks, and reads an answer of at most `limit` bytes; throws where there is none, or a longer one. No address is in the
 * error's message: some are signed.
 */
export async function ask(
  url: URL,
  options: OptionsOfTextResponseBody = {},
  limit = LONGEST_ANSWER,
): Promise<Answer> {
  // What is packed may unpack to anything.
  const asking = http(url, { ...options, throwHttpErrors: false, decompress: false, responseType: "text" });
  void asking.on("downloadProgress", ({ transferred }) => {
    if (transferred > limit) asking.cancel();
  });
  try {
    const { statusCode, headers, body } = await asking;
    return { status: statusCode, headers, body };
  } catch (error) {
    // Without its cause, which holds the request and its secrets.
    throw error instanceof CancelError ? new Error(`the answer is longer than ${limit} bytes`) : error;
  }
}
