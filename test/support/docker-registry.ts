import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

const PROGRAM = "docker-registry";

/** Why tests with the registry of containers are skipped; undefined where they run. STOWAGE_TEST_SERVERS=required insists. */
export function whyNoRegistry(): string | undefined {
  try {
    execFileSync(PROGRAM, ["--version"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    if (process.env["STOWAGE_TEST_SERVERS"] === "required") throw error;
    return `${PROGRAM} is not on PATH`;
  }
}

/** Who may ask a registry that wants a password. */
export const LOGIN = { username: "vanessa", password: "correct horse" } as const;
/** The same for the registry: bcrypt, which is all that it takes. */
const HTPASSWD = "vanessa:$2b$04$qV29gFJWfsbiic9zUsGAZe2yqj4jsnD6Ay0fgl4f9YdkdWHxkBGSC\n";

/** A real registry of containers on this machine. */
export interface DockerRegistry {
  /** `127.0.0.1:40123` */
  readonly host: string;
  /** Ends it, and takes all that it keeps away. */
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly wantsPassword?: boolean;
  /** Whether anything can be removed. */
  readonly canDelete?: boolean;
}

/** Starts Debian's docker-registry on a free port; it ends when told, or with this process. */
export async function startRegistry(options: RegistryOptions = {}): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  const config = join(folder, "config.yml");
  writeFileSync(config, configOf(folder, options));
  writeFileSync(join(folder, "htpasswd"), HTPASSWD);
  const child = spawn(PROGRAM, ["serve", config], { stdio: ["ignore", "ignore", "pipe"] });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const ended = once(child, "close").then(() => process.off("exit", killWithUs));
  return {
    host: await hostOf(child),
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string, { wantsPassword = false, canDelete = true }: RegistryOptions): string {
  const auth = `auth: { htpasswd: { realm: test, path: ${JSON.stringify(join(folder, "htpasswd"))} } }\n`;
  return `version: 0.1
log: { level: info, formatter: json, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(join(folder, "data"))} }
  delete: { enabled: ${canDelete} }
http: { addr: "127.0.0.1:0" }
${wantsPassword ? auth : ""}`;
}

/** What it says it listens on. Reads on after that line, lest the program waits for its reader. */
async function hostOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error("the registry says nothing");
  const said: string[] = [];
  const lines = createInterface(child.stderr);
  return await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      if (said.length < 100) said.push(line);
      const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (host !== undefined) resolve(host);
    });
    child.on("error", reject);
    child.on("close", () => reject(new Error(`the registry ended: ${said.join("\n")}`)));
  });
}

/** What stands before a registry, until its test ends. */
export interface Front {
  readonly host: string;
  /** `PATCH /v2/lab/tool/blobs/uploads/…`, without queries. */
  readonly requests: readonly string[];
}

/** Answers a request itself, or does not and gives back false: then the registry does. */
type Answering = (asked: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

/** A server that hands requests over to a registry, whole, unless it answers them itself. */
export async function frontOf(registry: Pick<DockerRegistry, "host">, answer: Answering): Promise<Front> {
  const requests: string[] = [];
  const server = createServer((asked, response) => {
    requests.push(`${asked.method} ${asked.url?.replace(/\?.*/, "")}`);
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      const body = Buffer.concat(chunks);
      if (!answer(asked, response, body)) handOver(registry, asked, response, body);
    });
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The registry is told the front's name, so that the addresses in its answers are the front's. */
function handOver(
  registry: Pick<DockerRegistry, "host">,
  asked: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const { method, url, headers } = asked;
  const { hostname, port } = new URL(`http://${registry.host}`);
  const onwards = request({ host: hostname, port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onwards.on("error", () => response.destroy());
  onwards.end(body);
}

/** Hands only the first half of a request over, and breaks the connection on both sides. */
export function breakOff(
  registry: Pick<DockerRegistry, "host">,
  asked: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const { hostname, port } = new URL(`http://${registry.host}`);
  const onwards = request({
    host: hostname,
    port,
    method: asked.method,
    path: asked.url,
    headers: asked.headers,
  });
  onwards.on("error", () => undefined);
  onwards.write(body.subarray(0, body.length / 2), () => {
    onwards.destroy();
    response.destroy();
  });
}
