import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "./cli.ts";

const DOCS = join(PROJECT, "docs/hosting");
/** Where the documentation has the site, and all that is made of it. */
const DOCUMENTED_FOLDER = "/srv";
const DOCUMENTED_PORT = "8080";

/** A program that serves a site as docs/hosting/server.md says. */
export interface WebServer {
  readonly title: string;
  readonly program: string;
  /** The configuration in the documentation, and what an administrator calls it. */
  readonly documented: string;
  readonly copy: string;
  /** A word of the documented command that puts it below a base path. */
  readonly basePathCommand: string;
  /** A word of the documented command that has to be run after each build, if there is one. */
  readonly renewCommand?: string;
  /** What surrounds the configuration: nothing in it bears on what is answered. */
  readonly wrapper: (folder: string) => string;
  readonly args: (wrapper: string, folder: string) => readonly string[];
  /** What the program says once it answers. */
  readonly readyLine: string;
}

/** One process, which listens before it tells its limits. */
const NGINX: WebServer = {
  title: "nginx",
  program: "nginx",
  documented: "nginx.conf",
  copy: "registry.conf",
  basePathCommand: "root /srv",
  renewCommand: "registry.map",
  wrapper: (folder) => `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events { }
http {
  access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${folder}/${name};\n`).join("")}
  include registry.conf;
}
`,
  args: (wrapper, folder) => ["-p", folder, "-e", "stderr", "-c", wrapper],
  readyLine: "getrlimit",
};

const CADDY: WebServer = {
  title: "Caddy",
  program: "caddy",
  documented: "Caddyfile",
  copy: "Caddyfile",
  basePathCommand: "handle_path",
  wrapper: () => "{\n\tadmin off\n\tauto_https off\n}\nimport Caddyfile\n",
  args: (wrapper) => ["run", "--adapter", "caddyfile", "--config", wrapper],
  readyLine: "serving initial configuration",
};

export const WEB_SERVERS: readonly WebServer[] = [NGINX, CADDY];

/** Why tests with a web server are skipped; undefined where they run. STOWAGE_TEST_SERVERS=required insists. */
export function whyNoServer({ program }: WebServer): string | undefined {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    if (process.env["STOWAGE_TEST_SERVERS"] === "required") throw error;
    return `${program} is not on PATH`;
  }
}

/** A site behind a web server: all that belongs to it lies in one folder. */
export interface Installation {
  readonly server: WebServer;
  readonly folder: string;
  /** With slashes at both ends; the configuration knows `/` and `/registry/`. */
  readonly basePath: string;
  readonly port: number;
}

/** Where an installation has its site. */
export function siteFolder({ folder }: Pick<Installation, "folder">): string {
  return join(folder, "srv/registry");
}

/** Copies the configuration out of the documentation and changes in it what the documentation says. */
export function install(installation: Installation): void {
  const { server, folder, basePath, port } = installation;
  mkdirSync(join(folder, "srv"), { recursive: true });
  const copy = join(folder, server.copy);
  cpSync(join(DOCS, server.documented), copy);
  if (basePath !== "/") runDocumented(server.basePathCommand, folder, { isHere: false });
  const text = readFileSync(copy, "utf8")
    .replaceAll(DOCUMENTED_PORT, String(port))
    .replaceAll(DOCUMENTED_FOLDER, join(folder, "srv"));
  writeFileSync(copy, text);
  writeFileSync(join(folder, "wrapper"), server.wrapper(folder));
}

/** Starts the program, having done what is to be done after each build; it ends when told, or with this process. */
export async function start({ server, folder }: Installation): Promise<{ stop(): Promise<void> }> {
  if (server.renewCommand !== undefined) runDocumented(server.renewCommand, folder, { isHere: true });
  const child = spawn(server.program, server.args(join(folder, "wrapper"), folder), {
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const ended = once(child, "close").then(() => process.off("exit", killWithUs));
  await answering(child, server);
  return {
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Reads on after that line, lest the program waits for its reader. */
async function answering(child: ChildProcess, { program, readyLine }: WebServer): Promise<void> {
  if (!child.stderr) throw new Error(`${program} says nothing`);
  const said: string[] = [];
  const lines = createInterface(child.stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (said.length < 100) said.push(line);
      if (line.includes(readyLine)) resolve();
    });
    child.on("error", reject);
    child.on("close", () => reject(new Error(`${program} ended: ${said.join("\n")}`)));
  });
}

/** The line of shell in server.md that begins a command and holds these words. */
function documentedCommand(words: string): string {
  const blocks = readFileSync(join(DOCS, "server.md"), "utf8").matchAll(/^```sh\n([^]*?)^```$/gm);
  const lines = [...blocks].flatMap(([, block = ""]) => block.replaceAll("\\\n", "").trim().split("\n"));
  const found = lines.filter((line) => /\bsed\b/.test(line) && line.includes(words));
  if (found.length !== 1) throw new Error(`server.md has ${found.length} commands with ${words}`);
  return found.join("");
}

/** `isHere`: its folder is the one of this installation. A site without redirects makes sed complain, and is right. */
function runDocumented(words: string, folder: string, { isHere }: { isHere: boolean }): void {
  const command = documentedCommand(words);
  const line = isHere ? command.replaceAll(DOCUMENTED_FOLDER, join(folder, "srv")) : command;
  execFileSync("sh", ["-c", `${line} || test ! -e srv/registry/_redirects`], { cwd: folder, stdio: "pipe" });
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
