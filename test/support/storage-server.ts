import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Certificate } from "./serving.ts";

/** A storage on this machine that answers as its test says. */
export interface StorageServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** What was asked for: `HEAD /image.sif`. */
  readonly requests: readonly string[];
  connections: number;
  /** The most requests that were there at once. */
  mostAtOnce: number;
}

/** Starts it, until its test ends. */
export async function startStorage(
  listener: RequestListener,
  certificate?: Certificate,
): Promise<StorageServer> {
  const requests: string[] = [];
  let running = 0;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    started.mostAtOnce = Math.max(started.mostAtOnce, ++running);
    response.once("close", () => running--);
    listener(request, response);
  };
  const server = certificate
    ? createTlsServer({ key: readFileSync(certificate.key), cert: readFileSync(certificate.file) }, answer)
    : createServer(answer);
  server.on(certificate ? "secureConnection" : "connection", () => started.connections++);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `${certificate ? "https" : "http"}://127.0.0.1:${port}`;
  const started: StorageServer = { url, requests, connections: 0, mostAtOnce: 0 };
  return started;
}

/** Answers GET, HEAD and ranges as a storage does that has these bytes. */
export function sendBytes(
  bytes: Buffer,
  { method, headers: { range } }: IncomingMessage,
  response: ServerResponse,
): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
  response.writeHead(from === undefined ? 200 : 206, {
    "content-type": "application/octet-stream",
    "content-length": part.length,
    ...(from !== undefined && { "content-range": `bytes ${from}-${to}/${bytes.length}` }),
  });
  response.end(method === "HEAD" ? undefined : part);
}
