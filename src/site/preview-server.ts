import { readFileSync } from "node:fs";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import send from "send";
import { statsOf } from "../read-file.ts";

/** What a preview serves. */
export interface PreviewOptions {
  /** The folder of the site. */
  readonly directory: string;
  /** The path below the host, with slashes at both ends. */
  readonly basePath: string;
  readonly onRequest?: (request: IncomingMessage, status: number) => void;
}

/** A running preview. */
export interface PreviewServer {
  readonly server: Server;
  /** Tells every open page to load itself again. */
  reload(): void;
}

/** GitHub Pages looks for these in a folder, in this order. */
const INDEX_FILES = ["index.html", "index.xml", "index.json"];
const RELOAD_SCRIPT_PATH = "/.stowage/reload.js";
const RELOAD_EVENTS_PATH = "/.stowage/reload";
const RELOAD_SCRIPT = `new EventSource(${JSON.stringify(RELOAD_EVENTS_PATH)}).onmessage = () => location.reload();\n`;

/**
 * A server that answers as GitHub Pages does: folders from index.html, else index.json; 301 to the trailing slash;
 * octet-stream for what has no extension; CORS for everybody; ranges; 404.html. Two things differ: nothing is cached,
 * and pages carry a script that loads them again when the site changes.
 */
export function createPreviewServer({ directory, basePath, onRequest }: PreviewOptions): PreviewServer {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (onRequest) response.on("finish", () => onRequest(request, response.statusCode));
    const { path, query } = splitTarget(request.url ?? "/");
    if (path === RELOAD_EVENTS_PATH) return subscribe(response, listeners);
    if (path === RELOAD_SCRIPT_PATH) return sendScript(response);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cache-Control", "max-age=0");
    if (request.method !== "GET" && request.method !== "HEAD") return refuseMethod(response);
    if (`${path}/` === basePath) return redirect(response, basePath + query);
    if (!path.startsWith(basePath)) return sendPage(response, directory, NOT_FOUND);
    const below = path.slice(basePath.length - 1);
    const page = pageFile(directory, below);
    if (page) return sendPage(response, directory, page);
    return sendFile(request, response, directory, below, () => redirect(response, `${path}/${query}`));
  });
  return {
    server,
    reload() {
      for (const listener of listeners) listener.write("data: reload\n\n");
    },
  };
}

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
  directory: string,
  path: string,
  onDirectory: () => void,
): void {
  send(request, path, {
    root: directory,
    index: INDEX_FILES,
    extensions: ["html"],
    dotfiles: "ignore",
    cacheControl: false,
  })
    .on("directory", onDirectory)
    .on("error", ({ status }: { status: number }) => {
      if (status === 412 || status === 416) response.writeHead(status).end();
      else sendPage(response, directory, NOT_FOUND);
    })
    .pipe(response);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(301, { Location: location }).end();
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
