import { once } from "node:events";
import {
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
  createServer,
  request,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";

/** What goes wrong with some requests, so many times; then all is well. */
export interface Fault {
  /** The connection breaks in the middle of the body; an answer of 503; one byte of the body arrives as another. */
  readonly kind: "cut" | "unavailable" | "flip";
  isHit(request: { readonly method: string; readonly url: string }): boolean;
  readonly times: number;
}

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** How many requests went wrong. */
  hits(): number;
}

/** Stands before a server of this machine and passes everything on, but for what the fault says. */
export async function startFaultyProxy(target: string, fault: Fault): Promise<FaultyProxy> {
  let hits = 0;
  const server = createServer((incoming, response) => {
    const { method = "", url = "" } = incoming;
    const isHit = hits < fault.times && fault.isHit({ method, url });
    if (isHit) hits++;
    if (isHit && fault.kind === "cut") cut(incoming);
    else if (isHit && fault.kind === "unavailable") refuse(incoming, response);
    else passOn(target, incoming, response, isHit ? flipFirstByte() : undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits: () => hits,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function cut(incoming: IncomingMessage): void {
  incoming.once("data", () => incoming.socket.destroy());
}

function refuse(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume();
  incoming.once("end", () => {
    const body = "<Error><Code>ServiceUnavailable</Code><Message>later</Message></Error>";
    response.writeHead(503, { "Content-Type": "application/xml" }).end(body);
  });
}

function flipFirstByte(): Transform {
  let isFirst = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isFirst) chunk[0] = (chunk[0] ?? 0) ^ 1;
      isFirst = false;
      done(null, chunk);
    },
  });
}

/** The host stays what the client signed. */
function passOn(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  change: Transform | undefined,
): void {
  const options = { method: incoming.method, headers: incoming.headers };
  const outgoing: ClientRequest = request(new URL(incoming.url ?? "/", target), options);
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  incoming.on("error", () => outgoing.destroy());
  (change ? incoming.pipe(change) : incoming).pipe(outgoing);
}
