import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What a server does with a question for a part of its file. */
export type RangeAnswer = (asked: AskedRange, response: ServerResponse) => void;

export interface AskedRange {
  readonly file: string;
  readonly size: number;
  readonly start: number;
  /** The last byte that is asked for and is there. */
  readonly end: number;
  /** 1 for the first question. */
  readonly count: number;
}

export interface SifServer {
  readonly url: string;
  /** The `Range` of every question. */
  readonly ranges: readonly string[];
  /** Everything that went out, with the heads of the answers. */
  bytesSent(): number;
}

/** As servers of files answer. */
export function sendPart({ file, size, start, end }: AskedRange, response: ServerResponse): void {
  response.writeHead(206, {
    "content-length": end - start + 1,
    "content-range": `bytes ${start}-${end}/${size}`,
  });
  createReadStream(file, { start, end }).pipe(response);
}

/** As servers answer that know of no parts. */
export function sendAll({ file, size }: AskedRange, response: ServerResponse): void {
  response.writeHead(200, { "content-length": size });
  const stream = createReadStream(file);
  response.on("close", () => stream.destroy());
  stream.pipe(response);
}

/** Answers with a file, until the test ends. */
export async function serveImage(file: string, answer: RangeAnswer = sendPart): Promise<SifServer> {
  const ranges: string[] = [];
  const sockets = new Set<Socket>();
  const { size } = statSync(file);
  const server = createServer((request: IncomingMessage, response) => {
    sockets.add(request.socket);
    const range = request.headers.range ?? "";
    ranges.push(range);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const end = Math.min(Number(last ?? size - 1), size - 1);
    answer({ file, size, start: Number(first ?? 0), end, count: ranges.length }, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/image.sif`,
    ranges,
    bytesSent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
  };
}
