import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test's client has to send. */
export const TOKEN = "ghs_aTokenOfTheTest";
export const REPOSITORY = "lab/registry";

interface Asset {
  readonly id: number;
  readonly name: string;
  readonly state: "uploaded" | "starter";
  readonly content: Buffer;
}

interface Release {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  isDraft: boolean;
  makeLatest: unknown;
  assets: Asset[];
}

interface Pull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  title: unknown;
  body: unknown;
  isOpen: boolean;
}

/** What goes wrong; a test sets and takes it back at any time. */
interface Mishaps {
  /** Published releases cannot be changed any more. */
  immutable: boolean;
  /** The next uploads break off after so many bytes, one for each number. */
  cuts: number[];
  /** The next requests are refused with such a status, for being too many. */
  limits: (403 | 429)[];
  /** Which paths are. */
  limited: RegExp;
  /** What stands in `upload_url` in place of the server's own address. */
  uploadHost: string | undefined;
  /** Leaves `digest` out, as an older GitHub does. */
  hasNoDigests: boolean;
  /** The next uploads lose their last byte, and are taken for whole. */
  truncates: boolean;
  /** The token may do nothing but read. */
  readOnly: boolean;
  /** Lists this many items on a page, whatever is asked for. */
  pageSize: number;
  /** Branches that have nothing new. */
  readonly branchesWithoutCommits: Set<string>;
  /** Happens before the next request to create something is answered. */
  beforeCreating: (() => void) | undefined;
}

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

/** What a route is given. */
interface Asked {
  readonly state: State;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What the path's parentheses hold. */
  readonly words: readonly string[];
  readonly body: Buffer;
}

/** What it knows. */
class State implements Mishaps {
  url = "";
  immutable = false;
  cuts: number[] = [];
  limits: (403 | 429)[] = [];
  limited = /^/;
  uploadHost: string | undefined;
  hasNoDigests = false;
  truncates = false;
  readOnly = false;
  pageSize = 100;
  readonly branchesWithoutCommits = new Set<string>();
  beforeCreating: (() => void) | undefined;
  readonly requests: string[] = [];
  readonly pulls: Pull[] = [];
  releases: Release[] = [];
  #lastId = 0;

  nextId(): number {
    return ++this.#lastId;
  }

  addRelease(tag: string, isDraft: boolean, name = tag): Release {
    const release = { id: this.nextId(), tag, name, isDraft, makeLatest: undefined, assets: [] };
    this.releases.unshift(release);
    return release;
  }

  openPull(head: string, base = "main"): Pull {
    const pull = { number: this.nextId(), head, base, title: "", body: "", isOpen: true };
    this.pulls.push(pull);
    return pull;
  }
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

type Route = (asked: Asked) => void;

const RELEASES = `/repos/${REPOSITORY}/releases`;
const PULLS = `/repos/${REPOSITORY}/pulls`;

const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ["GET", new RegExp(`^${RELEASES}$`), listReleases],
  ["POST", new RegExp(`^${RELEASES}$`), createRelease],
  ["GET", new RegExp(`^${RELEASES}/tags/([^/]+)$`), releaseByTag],
  [
    "GET",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => showRelease(asked, 200, release)),
  ],
  [
    "PATCH",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => updateRelease(asked, release)),
  ],
  [
    "DELETE",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => deleteRelease(asked, release)),
  ],
  ["DELETE", new RegExp(`^${RELEASES}/assets/(\\d+)$`), deleteAsset],
  [
    "POST",
    new RegExp(`^/uploads${RELEASES}/(\\d+)/assets$`),
    (asked) => withRelease(asked, (release) => uploadAsset(asked, release)),
  ],
  ["GET", new RegExp(`^/${REPOSITORY}/releases/download/([^/]+)/([^/]+)$`), download],
  ["DELETE", new RegExp(`^/repos/${REPOSITORY}/git/refs/tags/[^/]+$`), ({ response }) => send(response, 204)],
  ["GET", new RegExp(`^${PULLS}$`), listPulls],
  ["POST", new RegExp(`^${PULLS}$`), createPull],
  ["PATCH", new RegExp(`^${PULLS}/(\\d+)$`), updatePull],
];

function send(
  response: ServerResponse,
  status: number,
  body?: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body && JSON.stringify(body));
}

function withRelease({ state, response, words: [id] }: Asked, act: (release: Release) => void): void {
  const release = state.releases.find((each) => String(each.id) === id);
  if (release) act(release);
  else send(response, 404, { message: "Not Found" });
}

function listReleases(asked: Asked): void {
  sendPage(
    asked,
    asked.state.releases.map((release) => releaseJson(asked.state, release)),
  );
}

function sendPage({ state, response, url }: Asked, items: readonly object[]): void {
  const page = Number(url.searchParams.get("page") ?? 1);
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), state.pageSize);
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  const hasMore = items.length > page * size;
  send(response, 200, items.slice((page - 1) * size, page * size), {
    ...(hasMore && { link: `<${next.href}>; rel="next", <${url.href}>; rel="first"` }),
  });
}

function releaseByTag(asked: Asked): void {
  const release = asked.state.releases.find(({ tag, isDraft }) => tag === asked.words[0] && !isDraft);
  if (release) showRelease(asked, 200, release);
  else send(asked.response, 404, { message: "Not Found" });
}

function showRelease({ state, response }: Asked, status: number, release: Release): void {
  send(response, status, releaseJson(state, release));
}

function createRelease(asked: Asked): void {
  const { tag_name: tag, name, draft } = jsonOf(asked.body);
  if (typeof tag !== "string" || typeof name !== "string")
    return send(asked.response, 422, { message: "Invalid request" });
  showRelease(asked, 201, asked.state.addRelease(tag, draft === true, name));
}

function updateRelease(asked: Asked, release: Release): void {
  const { draft, make_latest: makeLatest } = jsonOf(asked.body);
  const { state, response } = asked;
  const isTaken = state.releases.some(
    (each) => each !== release && each.tag === release.tag && !each.isDraft,
  );
  if (draft === false && isTaken) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ field: "tag_name", code: "already_exists" }],
    });
  }
  release.makeLatest = makeLatest;
  if (draft === false) release.isDraft = false;
  showRelease(asked, 200, release);
}

function deleteRelease({ state, response }: Asked, release: Release): void {
  state.releases = state.releases.filter((each) => each !== release);
  send(response, 204);
}

function deleteAsset({ state, response, words: [id] }: Asked): void {
  const release = state.releases.find(({ assets }) => assets.some((asset) => String(asset.id) === id));
  if (!release) return send(response, 404, { message: "Not Found" });
  if (isLocked(state, release))
    return send(response, 422, { message: "Cannot delete asset from an immutable release" });
  release.assets = release.assets.filter((asset) => String(asset.id) !== id);
  send(response, 204);
}

function uploadAsset({ state, request, response, url, body }: Asked, release: Release): void {
  if (request.headers["content-length"] === undefined)
    return send(response, 411, { message: "Length Required" });
  if (isLocked(state, release))
    return send(response, 422, { message: "Cannot upload assets to an immutable release." });
  const name = nameIn(url);
  if (release.assets.some((asset) => asset.name === name)) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ field: "name", code: "already_exists" }],
    });
  }
  const content = state.truncates ? body.subarray(0, -1) : body;
  const asset: Asset = { id: state.nextId(), name, state: "uploaded", content };
  release.assets.push(asset);
  send(response, 201, assetJson(state, asset));
}

function isLocked(state: State, release: Release): boolean {
  return state.immutable && !release.isDraft;
}

function nameIn(url: URL): string {
  return url.searchParams.get("name") ?? "";
}

function download({ state, response, words: [tag, name] }: Asked): void {
  const release = state.releases.find((each) => each.tag === tag && !each.isDraft);
  const asset = release?.assets.find((each) => each.name === name && each.state === "uploaded");
  if (!asset) return send(response, 404, { message: "Not Found" });
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": asset.content.length,
  });
  response.end(asset.content);
}

function releaseJson(state: State, { id, tag, name, isDraft, assets }: Release): object {
  const host = state.uploadHost ?? `${state.url}/uploads`;
  return {
    id,
    tag_name: tag,
    name,
    draft: isDraft,
    upload_url: `${host}${RELEASES}/${id}/assets{?name,label}`,
    assets: assets.map((asset) => assetJson(state, asset)),
  };
}

function assetJson({ hasNoDigests }: State, { id, name, state, content }: Asset): object {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { id, name, state, size: content.length, ...(!hasNoDigests && { digest }) };
}

/** A head without an owner is not understood, and all are listed. */
function listPulls(asked: Asked): void {
  const head = asked.url.searchParams.get("head");
  const base = asked.url.searchParams.get("base");
  const found = asked.state.pulls.filter(
    (pull) =>
      pull.isOpen && (!head?.includes(":") || pull.head === head) && (base === null || pull.base === base),
  );
  sendPage(
    asked,
    found.map((pull) => pullJson(asked.state, pull)),
  );
}

function createPull({ state, response, body }: Asked): void {
  const { title, body: text, head, base } = jsonOf(body);
  const label = String(head).includes(":")
    ? String(head)
    : `${REPOSITORY.replace(/\/.*/, "")}:${String(head)}`;
  const message = pullProblem(state, label, String(base));
  if (message !== undefined) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ resource: "PullRequest", code: "custom", message }],
    });
  }
  send(
    response,
    201,
    pullJson(state, Object.assign(state.openPull(label, String(base)), { title, body: text })),
  );
}

function pullProblem(state: State, head: string, base: string): string | undefined {
  if (state.branchesWithoutCommits.has(head)) return `No commits between ${base} and ${head}`;
  const isOpen = state.pulls.some((pull) => pull.isOpen && pull.head === head && pull.base === base);
  return isOpen ? `A pull request already exists for ${head}.` : undefined;
}

function updatePull({ state, response, words: [number], body }: Asked): void {
  const pull = state.pulls.find((each) => String(each.number) === number);
  if (!pull) return send(response, 404, { message: "Not Found" });
  const { title, body: text } = jsonOf(body);
  send(response, 200, pullJson(state, Object.assign(pull, { title, body: text })));
}

function pullJson({ url }: State, { number, head, base, title, body }: Pull): object {
  const [, ref] = head.split(":");
  return {
    number,
    title,
    body,
    html_url: `${url}/${REPOSITORY}/pull/${number}`,
    head: { label: head, ref },
    base: { ref: base },
  };
}

function jsonOf(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}
