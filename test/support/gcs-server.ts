import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { crc32c } from "./crc32c.ts";

/** What a workload proves itself with, in exchange for a token. */
export const SUBJECT_TOKEN = "what-the-runner-has";
const ACCESS_TOKEN = "what-the-service-gave";
/** The service keeps what arrived before a break in multiples of this, in bytes. */
const GRANULE = 256 * 1024;

interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
}

/** An upload that goes on until all of it is there. */
interface Session {
  readonly name: string;
  readonly bucket: string;
  readonly metadata: { readonly contentType: string; readonly cacheControl?: string };
  readonly isCreateOnly: boolean;
  received: Buffer;
}

/**
 * Speaks those parts of Google Cloud Storage's JSON API that uploads need: resumable sessions, metadata, deletion and
 * the precondition that nothing is there yet; and the exchange of tokens of workload identity federation.
 */
export class GcsServer implements AsyncDisposable {
  readonly objects = new Map<string, StoredObject>();
  readonly buckets = new Set<string>();
  /** What was asked for, without queries: `PUT /upload/…`. */
  readonly requests: string[] = [];
  readonly #sessions = new Map<string, Session>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  #breaks = 0;
  #url = "";

  static async start(): Promise<GcsServer> {
    const server = new GcsServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.#url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** The next chunk breaks off in its middle. */
  breakNextChunk(): void {
    this.#breaks++;
  }

  /** Writes credentials into a folder, whose holder proves itself with that token; gives back their file. */
  writeCredentials(folder: string, subjectToken = SUBJECT_TOKEN): string {
    const source = join(folder, "subject-token");
    writeFileSync(source, subjectToken);
    const file = join(folder, "credentials.json");
    const pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/ci";
    const credentials = {
      type: "external_account",
      audience: pool,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${this.#url}/token`,
      credential_source: { file: source },
    };
    writeFileSync(file, JSON.stringify(credentials));
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.#url);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (url.pathname === "/token") return exchangeToken(request, response);
    const [, bucket = "", name = ""] = /^\/storage\/v1\/b\/([^/]+)\/o\/(.+)$/.exec(url.pathname) ?? [];
    if (url.pathname.startsWith("/public/")) {
      const object = this.objects.get(url.pathname.slice("/public/".length));
      response.writeHead(object ? 200 : 404).end(object?.bytes);
    } else if (request.headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
      refuse(request, response, 401, "authError");
    } else if (url.pathname.startsWith("/upload/")) await this.#upload(url, request, response);
    else this.#object(`${bucket}/${decodeURIComponent(name)}`, request, response);
  }

  #object(path: string, request: IncomingMessage, response: ServerResponse): void {
    const object = this.objects.get(path);
    if (!object) refuse(request, response, 404, "notFound");
    else if (request.method === "DELETE") {
      this.objects.delete(path);
      response.writeHead(204).end();
    } else answerJson(response, 200, metadataOf(path, object));
  }

  async #upload(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#sessions.get(url.searchParams.get("upload_id") ?? "");
    if (session) await this.#receive(session, request, response);
    else await this.#begin(url, request, response);
  }

  async #begin(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, bucket = ""] = /\/b\/([^/]+)\/o$/.exec(url.pathname) ?? [];
    const name = url.searchParams.get("name") ?? "";
    const isCreateOnly = url.searchParams.get("ifGenerationMatch") === "0";
    if (!this.buckets.has(bucket)) return refuse(request, response, 404, "notFound");
    if (isCreateOnly && this.objects.has(`${bucket}/${name}`)) {
      return refuse(request, response, 412, "conditionNotMet");
    }
    const contentType = String(request.headers["x-upload-content-type"] ?? "application/octet-stream");
    const metadata = {
      contentType,
      ...(JSON.parse((await text(request)) || "{}") as Partial<Session["metadata"]>),
    };
    const id = randomUUID();
    this.#sessions.set(id, { bucket, name, metadata, isCreateOnly, received: Buffer.alloc(0) });
    url.searchParams.set("upload_id", id);
    response.writeHead(200, { Location: url.href }).end();
  }

  async #receive(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(request.headers["content-range"] ?? "");
    if (!range) return refuse(request, response, 400, "badContentRange");
    const total = range[2] === "*" ? Number.POSITIVE_INFINITY : Number(range[2]);
    if (range[1] !== undefined) {
      if (Number(range[1]) !== session.received.length) return refuse(request, response, 400, "wrongOffset");
      if (!(await this.#take(session, request))) return;
    }
    if (session.received.length < total) return answerIncomplete(response, session.received.length);
    this.#finish(session, request, response);
  }

  /** False where the connection broke. */
  async #take(session: Session, request: IncomingMessage): Promise<boolean> {
    const isBreaking = this.#breaks > 0;
    const half = Number(request.headers["content-length"]) / 2;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of request as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (isBreaking && length > half) break;
    }
    const kept = isBreaking ? length - (length % GRANULE) : length;
    session.received = Buffer.concat([session.received, Buffer.concat(pieces).subarray(0, kept)]);
    if (!isBreaking) return true;
    this.#breaks--;
    request.socket.destroy();
    return false;
  }

  #finish(session: Session, request: IncomingMessage, response: ServerResponse): void {
    const { bucket, name, metadata, received: bytes, isCreateOnly } = session;
    const path = `${bucket}/${name}`;
    const told = /crc32c=([^,]+)/.exec(String(request.headers["x-goog-hash"] ?? ""))?.[1];
    if (told !== undefined && told !== crc32c(bytes)) return refuse(request, response, 400, "invalid");
    if (isCreateOnly && this.objects.has(path)) return refuse(request, response, 412, "conditionNotMet");
    const object = { bytes, contentType: metadata.contentType, cacheControl: metadata.cacheControl };
    this.objects.set(path, object);
    answerJson(response, 200, metadataOf(path, object));
  }
}

async function exchangeToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  if (form.get("subject_token") !== SUBJECT_TOKEN) {
    const description = `not ours: ${form.get("subject_token")}`;
    return answerJson(response, 400, { error: "invalid_grant", error_description: description });
  }
  const issued_token_type = "urn:ietf:params:oauth:token-type:access_token";
  const token = { access_token: ACCESS_TOKEN, issued_token_type, token_type: "Bearer", expires_in: 3600 };
  answerJson(response, 200, token);
}

function metadataOf(path: string, { bytes, contentType, cacheControl }: StoredObject) {
  const [bucket = "", ...name] = path.split("/");
  return {
    kind: "storage#object",
    bucket,
    name: name.join("/"),
    generation: "1",
    size: String(bytes.length),
    contentType,
    cacheControl,
    crc32c: crc32c(bytes),
    md5Hash: createHash("md5").update(bytes).digest("base64"),
  };
}

function answerIncomplete(response: ServerResponse, length: number): void {
  response.writeHead(308, length > 0 ? { Range: `bytes=0-${length - 1}` } : {}).end();
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** The service's sentence repeats what was sent: that must not reach anybody. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
  request.resume();
  const message = `refused: ${request.headers.authorization}`;
  answerJson(response, status, { error: { code: status, message, errors: [{ reason, message }] } });
}
