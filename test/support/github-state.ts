import type { IncomingMessage, ServerResponse } from "node:http";

/** What a test's client has to send. */
export const TOKEN = "ghs_aTokenOfTheTest";
export const REPOSITORY = "lab/registry";

export interface Asset {
  readonly id: number;
  readonly name: string;
  readonly state: "uploaded" | "starter";
  readonly content: Buffer;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  isDraft: boolean;
  makeLatest: unknown;
  assets: Asset[];
}

export interface Pull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  title: unknown;
  body: unknown;
  isOpen: boolean;
}

/** What goes wrong; a test sets and takes it back at any time. */
export interface Mishaps {
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

/** What it knows. */
export class State implements Mishaps {
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

/** What a route is given. */
export interface Asked {
  readonly state: State;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What the path's parentheses hold. */
  readonly words: readonly string[];
  readonly body: Buffer;
}

export function send(
  response: ServerResponse,
  status: number,
  body?: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body && JSON.stringify(body));
}

export function sendPage({ state, response, url }: Asked, items: readonly object[]): void {
  const page = Number(url.searchParams.get("page") ?? 1);
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), state.pageSize);
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  const hasMore = items.length > page * size;
  send(response, 200, items.slice((page - 1) * size, page * size), {
    ...(hasMore && { link: `<${next.href}>; rel="next", <${url.href}>; rel="first"` }),
  });
}

export function jsonOf(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}
