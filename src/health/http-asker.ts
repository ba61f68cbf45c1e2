import { Agent, type Dispatcher } from "undici";
import { StowageError } from "../errors.ts";
import { lookupPublic, requirePublic } from "../public-address.ts";
import { Host, PATIENCE, type Patience } from "./host.ts";
import { type HttpAnswer, answerOf } from "./http-answer.ts";

export interface AskerOptions {
  /** Connections to one host. */
  readonly perHost: number;
  /** Refuse addresses inside a network: the addresses are strangers'. */
  readonly isPublicOnly: boolean;
  readonly patience?: Patience | undefined;
  /** Milliseconds until a silent server is given up. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** HEAD, or the beginning of the file: so many bytes of it. */
export type Question = { readonly head: true } | { readonly length: number };

const TIMEOUT = 15_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Asks servers for many small things, over connections that stay open. It is what src/http.ts is for everything else,
 * which takes several times as long a request.
 */
export class HttpAsker {
  readonly #options: AskerOptions;
  readonly #agent: Agent;
  readonly #hosts = new Map<string, Host>();

  constructor(options: AskerOptions) {
    const { perHost, isPublicOnly, timeout = TIMEOUT } = options;
    this.#options = options;
    options.signal?.addEventListener("abort", () => void this.close(), { once: true });
    this.#agent = new Agent({
      connections: perHost,
      connect: { timeout, ...(isPublicOnly && { lookup: lookupPublic }) },
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
  }

  /**
   * The answer, after redirects: from https to https alone, and to no address inside a network where none may be asked.
   * Throws where there is none.
   */
  async ask(address: string, question: Question): Promise<HttpAnswer> {
    let url = new URL(address);
    const authorization = authorizationOf(url);
    for (let redirects = 0; ; redirects++) {
      const { origin } = url;
      this.#requireAllowed(url);
      const own = redirects === 0 ? authorization : undefined;
      const answer = await this.#host(origin).ask(() => this.#attempt(url, question, own));
      if (answer.location === undefined || !REDIRECTS.has(answer.status)) return answer;
      if (redirects === MOST_REDIRECTS) throw refusal(`it leads on more than ${MOST_REDIRECTS} times`);
      url = redirected(url, answer.location);
    }
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #requireAllowed(url: URL): void {
    if (this.#options.isPublicOnly) requirePublic(url);
  }

  #host(origin: string): Host {
    const known = this.#hosts.get(origin);
    if (known) return known;
    const host = new Host(this.#options.patience ?? PATIENCE, this.#options.signal);
    this.#hosts.set(origin, host);
    return host;
  }

  async #attempt(url: URL, question: Question, authorization: string | undefined): Promise<HttpAnswer> {
    const length = "length" in question ? question.length : 0;
    const { timeout = TIMEOUT } = this.#options;
    const { statusCode, headers, body } = await this.#agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: length > 0 ? "GET" : "HEAD",
      headers: {
        "user-agent": "stowage",
        ...(length > 0 && { range: `bytes=0-${length - 1}` }),
        ...(authorization !== undefined && { authorization }),
      },
      // Else the connection would end with every HEAD, for the sake of servers that send a body nevertheless.
      reset: false,
      // Against one that sends a byte now and then; HEAD has no body.
      ...(length > 0 && { signal: AbortSignal.timeout(2 * timeout) }),
    });
    const isWanted = statusCode === 200 || statusCode === 206;
    const bytes = length > 0 && isWanted ? await beginningOf(body, length) : discard(body);
    return answerOf(statusCode, headers, bytes);
  }
}

/** So many bytes. What comes after them ends the connection: it may be an image of any size. */
async function beginningOf(body: Dispatcher.ResponseData["body"], length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/** What an error page is worth reading so that its connection can be used again. */
const LONGEST_PAGE = 16 * 1024;

function discard(body: Dispatcher.ResponseData["body"]): Buffer {
  body.on("error", () => {});
  void body.dump({ limit: LONGEST_PAGE });
  return Buffer.alloc(0);
}

/** An address of the record's own may hold a name and a password, as curl would send them; to its own host alone. */
function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

/** Where a redirect leads; its words are the server's, and may hold a signature. */
function redirected(from: URL, location: string): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (!url) throw refusal("it leads to no address");
  if (url.protocol === "https:" || url.protocol === from.protocol) return url;
  throw refusal(`it leads from ${from.protocol}// to ${url.protocol}//`);
}

function refusal(reason: string): StowageError {
  return new StowageError("storage", reason);
}
