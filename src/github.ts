import type { Readable } from "node:stream";
import type { OptionsOfTextResponseBody } from "got";
import { type ErrorCode, StowageError, messageOf } from "./errors.ts";
import { type Answer, ask } from "./http.ts";

export const GITHUB_API = "https://api.github.com";
const API_VERSION = "2022-11-28";

/** A hundred releases with long notes. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
/** GitHub itself lists no more than 10,000 of anything. */
const MOST_PAGES = 100;

export interface GithubOptions {
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly api: string;
  /** Without it only what is public can be read. */
  readonly token: string | undefined;
  /** What trouble with it is called. */
  readonly errorCode: Extract<ErrorCode, "github" | "storage">;
}

export interface GithubRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly json?: Readonly<Record<string, unknown>>;
  /** Statuses beyond 2xx that the caller understands. */
  readonly accept?: readonly number[];
}

/**
 * GitHub's REST API. Waits where it is told to (Retry-After), turns every refusal into a StowageError that says what to do,
 * and sends its token nowhere but to the API's own hosts.
 *
 *     const github = new Github({ api: GITHUB_API, token, errorCode: "github" });
 *     const { body } = await github.send("repos/lab/registry/pulls", { method: "POST", json: { … } });
 */
export class Github {
  readonly #api: URL;
  readonly #token: string | undefined;
  readonly #errorCode: GithubOptions["errorCode"];

  constructor({ api, token, errorCode }: GithubOptions) {
    if (!URL.canParse(api)) throw new StowageError("config", `${api} is not the address of GitHub's API`);
    this.#api = new URL(api.endsWith("/") ? api : `${api}/`);
    this.#token = token;
    this.#errorCode = errorCode;
  }

  /** Asks for a path below the API's address. */
  async send(path: string, { method = "GET", json, accept = [] }: GithubRequest = {}): Promise<Answer> {
    const url = new URL(path, this.#api);
    if (!this.#isOwn(url)) throw this.error("GitHub's answer leads to another host; nothing was asked there");
    const answer = await this.#ask(url, { method, ...(json && { json }) });
    if (isFine(answer.status) || accept.includes(answer.status)) return answer;
    throw this.refusal(url.pathname, answer);
  }

  /** Every item of a list, page after page. */
  async *list(path: string): AsyncGenerator {
    let next: string | undefined = path;
    for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
      const answer = await this.send(next);
      const items = this.parse(answer);
      if (!Array.isArray(items)) throw this.error("GitHub's answer is not a list");
      yield* items;
      next = nextPage(answer.headers["link"]);
    }
  }

  /** Sends bytes once, of which the length is known, to an address that the API gave. The caller may try again. */
  async upload(url: URL, body: Readable, size: number): Promise<Answer> {
    if (!this.#isFamily(url)) {
      throw this.error(
        `GitHub wants the upload at ${url.host}, which is none of its hosts; nothing was sent`,
      );
    }
    return await this.#ask(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/octet-stream", "content-length": String(size) },
      retry: { limit: 0 },
    });
  }

  parse({ body }: Answer): unknown {
    try {
      return JSON.parse(body);
    } catch {
      throw this.error("GitHub's answer is not JSON");
    }
  }

  /** Why GitHub did not do what it was asked for, and what to do. */
  refusal(path: string, { status, body, headers }: Answer): StowageError {
    const reason = reasonIn(body);
    const what = `GitHub refused ${path} (${status}${reason === "" ? "" : `: ${reason}`})`;
    return this.error(`${what}${adviceFor(status, headers, this.#token !== undefined)}`);
  }

  error(message: string): StowageError {
    return new StowageError(this.#errorCode, message);
  }

  async #ask(url: URL, options: OptionsOfTextResponseBody): Promise<Answer> {
    const headers = {
      accept: "application/vnd.github+json",
      "x-github-api-version": API_VERSION,
      ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
      ...options.headers,
    };
    const retry = options.retry ?? { limit: WAITS, calculateDelay: delayBeforeRetry };
    try {
      return await ask(url, { ...options, headers, retry, followRedirect: false }, LONGEST_ANSWER);
    } catch (error) {
      // Without its cause, which holds the request and its token.
      throw new NoGithubAnswer(this.#errorCode, `no answer from ${url.host}: ${messageOf(error)}`);
    }
  }

  #isOwn(url: URL): boolean {
    return url.origin === this.#api.origin;
  }

  /** Uploads go to uploads.github.com, or to the host itself where it is a company's own. */
  #isFamily(url: URL): boolean {
    if (this.#isOwn(url)) return true;
    const isSibling =
      this.#api.host.startsWith("api.") && url.host === this.#api.host.replace(/^api/, "uploads");
    return isSibling && url.protocol === "https:";
  }
}

/** The connection broke, or there never was one. */
export class NoGithubAnswer extends StowageError {}

export function isFine(status: number): boolean {
  return status >= 200 && status < 300;
}

const WAITS = 4;
const LONGEST_WAIT = 60_000;

type CalculateDelay = NonNullable<Exclude<OptionsOfTextResponseBody["retry"], undefined>["calculateDelay"]>;

/**
 * Milliseconds; 0 gives up. Who asks too often gets 403 or 429, and when to come back: nothing was done, so that even a
 * POST may be sent again.
 */
const delayBeforeRetry: CalculateDelay = ({ attemptCount, error, retryAfter, computedValue }) => {
  const status = error.response?.statusCode;
  if (status !== 403 && status !== 429) return computedValue;
  const mayWait = retryAfter !== undefined && retryAfter <= LONGEST_WAIT && attemptCount <= WAITS;
  return mayWait ? Math.max(retryAfter, 1) : 0;
};

function adviceFor(status: number, headers: Answer["headers"], hasToken: boolean): string {
  if (headers["x-ratelimit-remaining"] === "0")
    return "; it wants no more requests from this token for up to an hour";
  if (status === 401) return "; the token in GITHUB_TOKEN is wrong or has expired";
  if (!hasToken && (status === 403 || status === 404)) return "; set GITHUB_TOKEN";
  if (status === 403) return "; the token in GITHUB_TOKEN lacks a permission for it";
  if (status === 404) return "; there is no such thing, or the token in GITHUB_TOKEN may not see it";
  return "";
}

const LONGEST_REASON = 300;

/** `{"message": "Validation Failed", "errors": [{"message": "…", "field": "…", "code": "…"}]}` */
function reasonIn(body: string): string {
  try {
    const { message, errors } = JSON.parse(body) as { message?: unknown; errors?: unknown };
    const details = Array.isArray(errors) ? errors.map(detailOf) : [];
    const words = [message, ...details].filter((word) => typeof word === "string" && word !== "");
    return words.join("; ").slice(0, LONGEST_REASON);
  } catch {
    return "";
  }
}

function detailOf(error: unknown): string {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return "";
  const { message, field, code } = error as Record<string, unknown>;
  if (typeof message === "string") return message;
  return [field, code].filter((word) => typeof word === "string").join(" ");
}

/** `<https://api.github.com/…?page=2>; rel="next", <…>; rel="last"` */
function nextPage(link: string | readonly string[] = ""): string | undefined {
  const next = link
    .toString()
    .split(",")
    .find((part) => /;\s*rel="next"/.test(part));
  return /<([^>]*)>/.exec(next ?? "")?.[1];
}
