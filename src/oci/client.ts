import type { Readable } from "node:stream";
import type { Method } from "got";
import { StowageError, messageOf } from "../errors.ts";
import { type Answer, ask, http } from "../http.ts";
import { type Asker, authorize } from "./authorization.ts";
import { HOW_TO_LOG_IN } from "./credentials.ts";

/** One request to a registry. */
export interface OciRequest {
  readonly method: Extract<Method, "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE">;
  /** Below `/v2/<name>/`, or an address that the registry gave. */
  readonly to: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Docker's own registry answers elsewhere than its images are called. */
const DOCKER_HUB = ["docker.io", "registry-1.docker.io"] as const;

/**
 * One repository of a registry that speaks the OCI distribution API, version 2. It finds out by itself who has to be
 * asked for a token, and keeps the token as long as it is good.
 *
 *     const repository = new OciRepository("lab/tool", { host: "ghcr.io", isPlainHttp: false, credentials });
 *     const { status } = await repository.send({ method: "HEAD", to: `blobs/${digest}` });
 */
export class OciRepository {
  /** With its registry: `ghcr.io/lab/tool`. */
  readonly title: string;
  readonly #asker: Asker;
  readonly #base: URL;
  #authorization: string | undefined;

  /** Throws StowageError ("storage") where no registry can be called so. */
  constructor(name: string, asker: Asker) {
    const [title, host] = DOCKER_HUB;
    this.title = `${asker.host}/${name}`;
    this.#asker = asker;
    const scheme = asker.isPlainHttp ? "http" : "https";
    const base = `${scheme}://${asker.host === title ? host : asker.host}/v2/${name}/`;
    if (!URL.canParse(base))
      throw new StowageError("storage", `${this.title}: is not the address of a registry`);
    this.#base = new URL(base);
  }

  /** The answer, whatever its status. Throws where there is none ({@link NoAnswer}), and where nobody may ask. */
  async send(request: OciRequest): Promise<Answer> {
    const url = new URL(request.to, this.#base);
    const answer = await this.#ask(url, request);
    if (answer.status !== 401 || !this.#isOwn(url)) return answer;
    this.#authorization = await authorize(answer.headers["www-authenticate"], this.#asker);
    return await this.#ask(url, request);
  }

  /** The bytes of a blob, or of the part that `headers` ask for; asked for as {@link send} asks. */
  async open(digest: string, headers: OciRequest["headers"] = {}): Promise<Readable> {
    const to = `blobs/${digest}`;
    const { status } = await this.send({ method: "HEAD", to });
    if (status !== 200) throw new StowageError("storage", `${this.title}: has no ${digest} (${status})`);
    return http.stream(new URL(to, this.#base), {
      ...this.#asker.network,
      headers: {
        ...headers,
        ...(this.#authorization !== undefined && { authorization: this.#authorization }),
      },
      decompress: false,
      followRedirect: ({ url, headers: { location = "" } }) =>
        URL.canParse(location, url) && this.#isSafe(new URL(location, url)),
      retry: { limit: 0 },
    });
  }

  /** An address in an answer; one that is less safe than the registry's own is refused. */
  resolve(location: string | undefined): URL {
    if (location !== undefined && URL.canParse(location, this.#base.href)) {
      const url = new URL(location, this.#base);
      if (this.#isSafe(url)) return url;
    }
    throw new StowageError(
      "storage",
      `${this.title}: the registry names an address for the upload that is none, or not https`,
    );
  }

  async #ask(url: URL, { method, headers, body }: OciRequest): Promise<Answer> {
    const authorization = this.#isOwn(url) ? this.#authorization : undefined;
    const mayFollow = method === "GET" || method === "HEAD";
    try {
      return await ask(url, {
        ...this.#asker.network,
        method,
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
        ...(body && { body }),
        // An upload that was begun twice is forgotten; pieces of one are sent again by who knows which.
        retry: { methods: ["GET", "HEAD", "POST", "PUT", "DELETE"] },
        followRedirect: ({ headers: { location = "" } }) =>
          mayFollow && URL.canParse(location, url.href) && this.#isSafe(new URL(location, url)),
      });
    } catch (error) {
      throw new NoAnswer(`${this.title}: no answer from the registry: ${messageOf(error)}`);
    }
  }

  #isOwn(url: URL): boolean {
    return url.origin === this.#base.origin;
  }

  #isSafe(url: URL): boolean {
    return url.protocol === "https:" || (url.protocol === "http:" && this.#asker.isPlainHttp);
  }
}

/** The connection broke, or there never was one. */
export class NoAnswer extends StowageError {
  constructor(message: string) {
    super("storage", message);
  }
}

/** What a status says where there is no body, as in the answer to HEAD. */
const CODES: Readonly<Record<number, string>> = { 401: "UNAUTHORIZED", 403: "DENIED", 404: "NAME_UNKNOWN" };

/** The registry's own reason, and what to do about it. */
export function refusal(repository: OciRepository, doing: string, answer: Answer): StowageError {
  const { code, message } = firstError(answer.body);
  const reason = [code ?? CODES[answer.status] ?? `status ${answer.status}`, message]
    .filter(Boolean)
    .join(": ");
  const advice = adviceFor(answer.status, code);
  return new StowageError(
    "storage",
    `${repository.title}: ${doing}: ${reason}${advice ? `; ${advice}` : ""}`,
  );
}

function adviceFor(status: number, code: string | undefined): string | undefined {
  if (status === 401 || code === "UNAUTHORIZED") return HOW_TO_LOG_IN;
  if (status === 403 || code === "DENIED") return `whoever asks may not do that here; ${HOW_TO_LOG_IN}`;
  if (code === "NAME_UNKNOWN")
    return "create the repository there first, or correct storage.repository in registry.yml";
  return undefined;
}

const LONGEST_REASON = 300;

/** `{"errors": [{"code": "DENIED", "message": "…"}]}` */
function firstError(body: string): { code?: string; message?: string } {
  try {
    const { errors } = JSON.parse(body) as { errors?: readonly Record<string, unknown>[] };
    const { code, message } = errors?.[0] ?? {};
    return {
      ...(typeof code === "string" && { code: code.slice(0, LONGEST_REASON) }),
      ...(typeof message === "string" && { message: message.slice(0, LONGEST_REASON) }),
    };
  } catch {
    return {};
  }
}
