import { readFileSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import send from "send";
import type { HostProfile } from "../host.ts";
import { statsOf } from "../read-file.ts";
import { contentTypeOf, decoded, redirectFinder } from "./preview-rules.ts";

/** What a preview serves. */
export interface PreviewOptions {
  /** The folder of the site. */
  readonly directory: string;
  /** The path below the host, with slashes at both ends. */
  readonly basePath: string;
  /** The host whose answers it gives. */
  readonly host: HostProfile;
  readonly onRequest?: (request: IncomingMessage, status: number) => void;
}

/** A running preview. */
export interface PreviewServer {
  readonly server: Server;
  /** Tells every open page to load itself again. */
  reload(): void;
}

const RELOAD_SCRIPT_PATH = "/.stowage/reload.js";
const RELOAD_EVENTS_PATH = "/.stowage/reload";
const RELOAD_SCRIPT = `new EventSource(${JSON.stringify(RELOAD_EVENTS_PATH)}).onmessage = () => location.reload();\n`;

/**
 * A server that answers as a host does: folders from their index, a redirect to the trailing slash, octet-stream for
 * what has no extension unless the host can be told better, CORS for everybody, ranges, 404.html. Two things differ:
 * nothing is cached, and pages carry a script that loads them again when the site changes.
 */
export function createPreviewServer(options: PreviewOptions): PreviewServer {
  const { basePath, onRequest } = options;
  const listeners = new Set<ServerResponse>();
  const findRedirect = redirectFinder(options.directory, options.host);
  const server = createServer((request, response) => {
    if (onRequest) response.on("finish", () => onRequest(request, response.statusCode));
    const { path, query } = splitTarget(request.url ?? "/");
    if (path === RELOAD_EVENTS_PATH) return subscribe(response, listeners);
    if (path === RELOAD_SCRIPT_PATH) return sendScript(response);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cache-Control", "max-age=0");
    if (request.method !== "GET" && request.method !== "HEAD") return refuseMethod(response);
    if (`${path}/` === basePath) return redirect(response, 301, basePath + query);
    if (!path.startsWith(basePath)) return sendPage(response, options.directory, NOT_FOUND);
    const found = findRedirect(path);
    if (found !== undefined) return redirect(response, 302, found);
    answer(request, response, options, { path, below: path.slice(basePath.length - 1), query });
  });
  return {
    server,
    reload() {
      for (const listener of listeners) listener.write("data: reload\n\n");
    },
  };
}

/** What is asked for: the path from the host's root, the part below the base path, and what follows a `?`. */
interface Target {
  readonly path: string;
  readonly below: string;
  readonly query: string;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { directory, host }: PreviewOptions,
  { path, below, query }: Target,
): void {
  if (host.redirects && RULE_FILES.has(decoded(below))) return sendPage(response, directory, NOT_FOUND);
  const page = host.stripsHtml ? below.replace(/(?:(?<=\/)index)?\.html$/, "") : below;
  if (page !== below)
    return redirect(response, host.slashStatus, path.slice(0, page.length - below.length) + query);
  const type = contentTypeOf(host, below);
  const file = type === undefined ? pageFile(directory, below) : undefined;
  if (file) return sendPage(response, directory, file);
  if (type !== undefined) response.setHeader("Content-Type", type);
  sendFile(request, response, { directory, host, path: below }, (folder) => {
    const isServed =
      host.hasFolders || host.indexFiles.some((index) => statsOf(join(folder, index))?.isFile());
    if (isServed) redirect(response, host.slashStatus, `${path}/${query}`);
    else sendPage(response, directory, NOT_FOUND);
  });
}

/** Hosts that obey these do not serve them. */
const RULE_FILES = new Set(["/_headers", "/_redirects"]);

/** Two slashes at the start would make a redirect lead to another host. */
function splitTarget(target: string): { path: string; query: string } {
  const [path = "/"] = target.split(/[?#]/, 1);
  return { path: path.replace(/^\/+/, "/"), query: target.slice(path.length) };
}

/** A file that is a page, relative to the site; `status` 404 for the page that says so. */
interface PageFile {
  readonly file: string;
  readonly status: 200 | 404;
}

const NOT_FOUND: PageFile = { file: "404.html", status: 404 };

/** The page at a path, if it is one. Whatever is hidden or needs decoding or normalising is left to the file server. */
function pageFile(directory: string, path: string): PageFile | undefined {
  if (/%|\.\.|\/\./.test(path)) return undefined;
  const file = path.endsWith("/") ? `${path}index.html` : path;
  if (!file.endsWith(".html")) return undefined;
  return statsOf(join(directory, file))?.isFile() ? { file, status: 200 } : undefined;
}

function sendPage(response: ServerResponse, directory: string, { file, status }: PageFile): void {
  const html = readPage(join(directory, file)).replace(
    "</head>",
    `<script src="${RELOAD_SCRIPT_PATH}" defer></script>\n</head>`,
  );
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(html),
  });
  response.end(html);
}

/** While one site takes the other's place there may be no file for a moment. */
function readPage(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "Not found";
  }
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { directory, host, path }: { directory: string; host: HostProfile; path: string },
  onDirectory: (folder: string) => void,
): void {
  send(request, path, {
    root: directory,
    index: [...host.indexFiles],
    extensions: host.addsHtml ? ["html"] : [],
    dotfiles: "ignore",
    cacheControl: false,
  })
    .on("directory", (_response: ServerResponse, folder: string) => onDirectory(folder))
    .on("error", ({ status }: { status: number }) => {
      if (status === 412 || status === 416) response.writeHead(status).end();
      else sendPage(response, directory, NOT_FOUND);
    })
    .pipe(response);
}

function redirect(response: ServerResponse, status: number, location: string): void {
  // A site that another version wrote may hold what a header cannot.
  response.writeHead(status, { Location: location.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent) }).end();
}

function refuseMethod(response: ServerResponse): void {
  response.writeHead(405, { Allow: "GET, HEAD" }).end();
}

function sendScript(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(RELOAD_SCRIPT);
}

function subscribe(response: ServerResponse, listeners: Set<ServerResponse>): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.flushHeaders();
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}
