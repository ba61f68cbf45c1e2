import type { IncomingMessage, ServerResponse } from "node:http";
import { CRC32C } from "@google-cloud/storage";

/** A bucket of Cloud Storage as its JSON interface shows it; only what lies in it is kept. */
export class GoogleBucket {
  readonly name: string;
  readonly objects = new Map<string, Buffer>();

  constructor(name: string) {
    this.name = name;
  }

  /** Whether a request is for this interface; then it is answered. */
  answer(request: IncomingMessage, body: Buffer, response: ServerResponse): boolean {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const collection = `/storage/v1/b/${this.name}/o`;
    if (pathname === `/upload${collection}`) return this.#upload(request, searchParams, body, response);
    if (pathname === collection) return this.#list(searchParams.get("prefix") ?? "", response);
    if (!pathname.startsWith(`${collection}/`)) return false;
    const name = decodeURIComponent(pathname.slice(collection.length + 1));
    const content = this.objects.get(name);
    if (!content)
      return sendJson(response, 404, { error: { code: 404, message: `No such object: ${name}` } });
    if (request.method === "DELETE") return this.#remove(name, response);
    if (searchParams.get("alt") !== "media") return sendJson(response, 200, this.#describe(name, content));
    return sendContent(request, response, content);
  }

  /** In one piece with what describes it, or what describes it first and the bytes to the address that is answered. */
  #upload(request: IncomingMessage, query: URLSearchParams, body: Buffer, response: ServerResponse): boolean {
    const name = query.get("name") ?? "";
    if (request.method === "PUT") return this.#keep(name, body, response);
    if (query.get("uploadType") === "resumable") {
      const location = `http://${request.headers.host ?? ""}${request.url ?? ""}&upload_id=1`;
      response.writeHead(200, { location }).end();
      return true;
    }
    return this.#keep(name, lastPart(request, body), response);
  }

  #keep(name: string, content: Buffer, response: ServerResponse): boolean {
    this.objects.set(name, content);
    return sendJson(response, 200, this.#describe(name, content));
  }

  #list(prefix: string, response: ServerResponse): boolean {
    const items = [...this.objects]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, content]) => this.#describe(name, content));
    return sendJson(response, 200, { kind: "storage#objects", items });
  }

  #remove(name: string, response: ServerResponse): boolean {
    this.objects.delete(name);
    response.writeHead(204).end();
    return true;
  }

  #describe(name: string, content: Buffer) {
    return {
      kind: "storage#object",
      bucket: this.name,
      name,
      size: String(content.length),
      crc32c: checksum(content),
    };
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers = {}): true {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  return true;
}

function sendContent(request: IncomingMessage, response: ServerResponse, content: Buffer): true {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const hash = { "x-goog-hash": `crc32c=${checksum(content)}`, "content-type": "application/octet-stream" };
  if (first === undefined) {
    response.writeHead(200, { ...hash, "content-length": content.length }).end(content);
    return true;
  }
  const end = Math.min(last ? Number(last) + 1 : content.length, content.length);
  const range = `bytes ${first}-${end - 1}/${content.length}`;
  response.writeHead(206, { ...hash, "content-range": range }).end(content.subarray(Number(first), end));
  return true;
}

function checksum(content: Buffer): string {
  const crc = new CRC32C();
  crc.update(content);
  return crc.toString();
}

/** The bytes of a multipart/related body: what lies behind the second head and before the last boundary. */
function lastPart(request: IncomingMessage, body: Buffer): Buffer {
  const [, boundary = ""] = /boundary="?([^";]+)/.exec(request.headers["content-type"] ?? "") ?? [];
  const second = body.indexOf(`--${boundary}`, body.indexOf(`--${boundary}`) + 1);
  const start = body.indexOf("\r\n\r\n", second) + 4;
  return body.subarray(start, body.lastIndexOf(`\r\n--${boundary}--`));
}
