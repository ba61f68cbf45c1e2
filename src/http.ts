import got from "got";

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
