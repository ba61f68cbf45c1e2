import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ROUTES, nameIn } from "./github-routes.ts";
import { type Mishaps, type Pull, type Release, State, TOKEN, send } from "./github-state.ts";

export { REPOSITORY, TOKEN } from "./github-state.ts";

/** A server on this machine that speaks the part of GitHub's REST API that releases and pull requests need. */
export interface GithubServer extends Mishaps {
  /** Of the API, and of the pages for people. */
  readonly url: string;
  /** `POST /repos/lab/registry/releases` */
  readonly requests: readonly string[];
  readonly releases: readonly Release[];
  readonly pulls: readonly Pull[];
  openPull(head: string, base?: string): Pull;
  addRelease(tag: string, isDraft: boolean): Release;
  stop(): void;
}

export async function startGithub(): Promise<GithubServer> {
  const state = new State();
  const server = createServer((request, response) => void answer(state, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  });
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", state.url);
  state.requests.push(`${request.method} ${url.pathname}`);
  const cut = url.pathname.startsWith("/uploads/") ? state.cuts.shift() : undefined;
  const { body, isWhole } = await bodyOf(request, cut);
  if (!isWhole) return cutOff(state, url, request, body);
  const problem =
    request.method === "GET" && url.pathname.includes("/download/")
      ? undefined
      : gate(state, request, url.pathname);
  if (problem) return send(response, ...problem);
  if (request.method === "POST" && state.beforeCreating) {
    const happen = state.beforeCreating;
    state.beforeCreating = undefined;
    happen();
  }
  for (const [method, path, route] of ROUTES) {
    const match = path.exec(url.pathname);
    if (method !== request.method || !match) continue;
    route({ state, request, response, url, words: match.slice(1), body });
    return;
  }
  send(response, 404, { message: "Not Found" });
}

/** All of it, or what came before it broke off: after so many bytes, or because nobody sends it any more. */
async function bodyOf(request: IncomingMessage, limit?: number): Promise<{ body: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (limit !== undefined && length >= limit) request.destroy();
  });
  request.on("error", () => undefined);
  await new Promise((resolve) => void request.once("close", resolve));
  return { body: Buffer.concat(chunks), isWhole: request.complete && limit === undefined };
}

/** An upload that breaks off leaves an asset that is none. */
function cutOff(state: State, url: URL, request: IncomingMessage, content: Buffer): void {
  const release = state.releases.find(({ id }) => url.pathname.endsWith(`/releases/${id}/assets`));
  release?.assets.push({ id: state.nextId(), name: nameIn(url), state: "starter", content });
  request.socket.destroy();
}

type Refusal = readonly [status: number, body: object, headers?: Record<string, string>];

function gate(state: State, { headers, method }: IncomingMessage, path: string): Refusal | undefined {
  const limit = state.limited.test(path) ? state.limits.shift() : undefined;
  if (limit !== undefined) {
    return [limit, { message: "You have exceeded a secondary rate limit." }, { "retry-after": "0" }];
  }
  if (headers.authorization !== `Bearer ${TOKEN}`) return [401, { message: "Bad credentials" }];
  if (headers["x-github-api-version"] !== "2022-11-28") return [400, { message: "No API version" }];
  if (state.readOnly && method !== "GET") return [403, { message: "Resource not accessible by integration" }];
  return undefined;
}
