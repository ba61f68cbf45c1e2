import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, type Server, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { hostProfile } from "../../src/host.ts";
import { buildSite } from "../../src/index.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { because } from "./clients.ts";
import { imageOfBytes } from "./image-building.ts";
import { listFiles, writeFiles } from "./registry.ts";
import { ELSEWHERE, servedFiles } from "./served-registry.ts";
import {
  type Installation,
  WEB_SERVERS,
  type WebServer,
  freePort,
  install,
  siteFolder,
  start,
  whyNoServer,
} from "./web-server.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Where a site is served, and by what. */
interface Place {
  readonly server: WebServer;
  /** With slashes at both ends. */
  readonly basePath: string;
}

/** A site at its place, and a preview of the same; all but the place is there once a test runs. */
export interface ServedPlace extends Place {
  readonly port: number;
  readonly url: string;
  /** All that belongs to the server lies in it. */
  readonly folder: string;
  /** The folder of the registry. */
  readonly root: string;
  /** The folder of the site. */
  readonly directory: string;
  /** The path of every file that is served, encoded. */
  paths(): string[];
  ask(path: string, options?: Asking): Promise<Answer>;
  /** What the server has to say as the preview does. */
  gist(path: string): Promise<object>;
  previewGist(path: string): Promise<object>;
  build(): Promise<unknown>;
  restart(): Promise<void>;
}

/**
 * A suite for each server at each base path: the configurations of docs/hosting/ as they stand there, with the
 * commands of server.md. All are skipped where there is a reason.
 */
export function describePlaces(suite: (site: ServedPlace) => void, whyNone?: string): void {
  for (const server of WEB_SERVERS) {
    const reason = whyNone ?? whyNoServer(server);
    for (const basePath of ["/", "/registry/"]) {
      describe.skipIf(reason !== undefined)(`${server.title} at ${basePath}${because(reason)}`, () => {
        suite(servedPlace({ server, basePath }));
      });
    }
  }
}

/** Expects of each path what the preview says about `--as server`. */
export async function expectAsPreviewed(site: ServedPlace, paths: readonly string[]): Promise<void> {
  const differences: object[] = [];
  for (const path of paths) {
    const here = await site.gist(path);
    const there = await site.previewGist(path);
    if (JSON.stringify(here) !== JSON.stringify(there)) differences.push({ path, here, there });
  }
  expect(differences).toEqual([]);
}

/** A site that answers from before the first test of a suite to after its last. */
function servedPlace({ server, basePath }: Place): ServedPlace {
  const agent = new Agent({ keepAlive: true });
  const storage = createServer((asked, response) => {
    response.writeHead(asked.url === "/far.sif" ? 200 : 404, { "Content-Length": ELSEWHERE.bytes.length });
    response.end(ELSEWHERE.bytes);
  });
  let installation: Installation;
  let preview: Server;
  let previewPort: number;
  let running: { stop(): Promise<void> } | undefined;

  const site: ServedPlace = {
    server,
    basePath,
    get port() {
      return installation.port;
    },
    get url() {
      return `http://127.0.0.1:${site.port}${basePath}`;
    },
    get folder() {
      return installation.folder;
    },
    get root() {
      return join(site.folder, "source");
    },
    get directory() {
      return siteFolder(installation);
    },
    paths: () =>
      listFiles(site.directory)
        .filter((file) => !/(^|\/)\.|^_/.test(file))
        .map((file) => basePath + encodePath(file)),
    ask: (path, options) => ask(agent, site.port, path, options),
    gist: async (path) => gist(await site.ask(path), site.port, path),
    previewGist: async (path) => gist(withoutScript(await ask(agent, previewPort, path)), previewPort, path),
    build: () => buildSite({ root: site.root, out: site.directory, url: site.url, host: "server" }),
    async restart() {
      await running?.stop();
      running = await start(installation);
    },
  };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    installation = { server, folder, basePath, port: await freePort() };
    preview = createPreviewServer({
      directory: site.directory,
      basePath,
      host: hostProfile("server"),
    }).server;
    writeFiles(site.root, servedFiles(`http://127.0.0.1:${await listen(storage)}`));
    install(installation);
    await site.build();
    running = await start(installation);
    previewPort = await listen(preview);
  });

  afterAll(async () => {
    agent.destroy();
    await running?.stop();
    for (const each of [storage, preview]) {
      each.close();
      each.closeAllConnections();
    }
    rmSync(site.folder, { recursive: true, force: true });
  });

  return site;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Asks for a path as it stands: fetch would normalise it, and follow redirects. */
async function ask(
  agent: Agent,
  port: number,
  path: string,
  { method = "GET", headers = {} }: Asking = {},
): Promise<Answer> {
  const asked = request({ host: "127.0.0.1", port, path, method, headers, agent });
  asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer to ${path}`)));
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

/** What two servers have to say alike; redirects as the client understands them. */
function gist({ status, headers, body }: Answer, port: number, path: string): object {
  const { location } = headers;
  const type = headers["content-type"]?.replace(/;.*/, "");
  const target =
    location === undefined ? undefined : new URL(location, `http://127.0.0.1:${port}${path}`).href;
  return {
    status,
    ...(status < 300 && { type, sha256: imageOfBytes(body).sha256 }),
    ...(target !== undefined && {
      location: target.replace(`127.0.0.1:${port}`, "site").replaceAll("%24", "$"),
    }),
    ...(status === 404 && { type, isOurs: body.includes("<h1>Page not found</h1>") }),
    cors: headers["access-control-allow-origin"],
  };
}

/** The script that pages of a preview carry is no part of the site. */
function withoutScript(answer: Answer): Answer {
  const text = answer.body.toString("latin1");
  const body = text.replace('<script src="/.stowage/reload.js" defer></script>\n', "");
  return body === text ? answer : { ...answer, body: Buffer.from(body, "latin1") };
}

function encodePath(path: string): string {
  return encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
}
