import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type RequestListener, type Server, createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { systemCode } from "../../src/errors.ts";
import { type HostName, hostProfile } from "../../src/host.ts";
import { type BuiltSite, buildSite } from "../../src/index.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { areClientsRequired } from "./clients.ts";
import { type Files, temporaryFolder, writeFiles } from "./registry.ts";

/** What makes a server on this machine an https one that clients believe. */
export interface Certificate {
  /** The file that clients have to trust. */
  readonly file: string;
  readonly key: string;
}

/**
 * Addresses of this machine alone. Some clients cannot name a port, so that every site of a test needs one of its own
 * to answer on the port of its scheme; other tests run at the same time, and take others. No address is for both
 * schemes: crane and skopeo ask by https first, and would ask the site of another test.
 */
const PLAIN_ADDRESSES = Array.from({ length: 60 }, (_, index) => `127.0.80.${index + 1}`);
const SECURE_ADDRESSES = Array.from({ length: 60 }, (_, index) => `127.0.81.${index + 1}`);

/** A certificate for every address that answers by https, made for one test. */
export async function newCertificate(): Promise<Certificate> {
  const folder = temporaryFolder();
  const [file, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const names = ["127.0.0.1", ...SECURE_ADDRESSES].map((address) => `IP:${address}`).join(",");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=${names}`, "-days", "2"];
  await promisify(execFile)("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", file]);
  return { file, key };
}

/** Why tests that need port 80 are skipped; undefined where they run. */
export async function whyNoPort80(): Promise<string | undefined> {
  const server = createServer();
  try {
    await listenSomewhere(server, 80, PLAIN_ADDRESSES);
    return undefined;
  } catch (error) {
    if (areClientsRequired()) throw error;
    return `port 80 cannot be listened on: ${systemCode(error)}`;
  } finally {
    server.close();
  }
}

/** Listens on a port of the first address that has it free, which is returned. */
async function listenSomewhere(server: Server, port: number, addresses: readonly string[]): Promise<string> {
  for (const address of addresses) {
    try {
      server.listen(port, address);
      await once(server, "listening");
      return address;
    } catch (error) {
      if (systemCode(error) !== "EADDRINUSE" || address === addresses.at(-1)) throw error;
    }
  }
  throw new Error("unreachable");
}

function serverOf(listener: RequestListener, certificate: Certificate | undefined): Server {
  if (!certificate) return createServer(listener);
  return createTlsServer(
    { key: readFileSync(certificate.key), cert: readFileSync(certificate.file) },
    listener,
  );
}

function closeAfterTest(server: Server): void {
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
}

export interface SiteToServe {
  readonly files: Files;
  readonly host?: HostName;
  /** With slashes at both ends. */
  readonly basePath?: string;
  /** It answers by https with it, and without it by http. */
  readonly certificate?: Certificate;
  /** On any port; else on the one that its scheme needs no number for. */
  readonly isOnAnyPort?: boolean;
}

/** A site that is built, and answers until its test ends. */
export interface ServedSite extends BuiltSite {
  /** With a slash at its end. */
  readonly url: string;
  /** What stands behind the scheme in `url`, without a slash at its end. */
  readonly authority: string;
  /** The folder of the site. */
  readonly directory: string;
  /** What was asked for: `GET /v2/`. */
  readonly requests: readonly string[];
  /** Builds it again with these files in the place of others. */
  change(files: Files): Promise<BuiltSite>;
}

export async function serveSite(options: SiteToServe): Promise<ServedSite> {
  const { host = "pages", basePath = "/", certificate, isOnAnyPort = false } = options;
  const root = temporaryFolder();
  const out = join(root, "_site");
  const requests: string[] = [];
  const preview = createPreviewServer({
    directory: out,
    basePath,
    host: hostProfile(host),
    onRequest: ({ method, url }) => requests.push(`${method} ${url}`),
  });
  const server = serverOf(
    (request, response) => preview.server.emit("request", request, response),
    certificate,
  );
  closeAfterTest(server);
  const [standardPort, addresses] = certificate
    ? ([443, SECURE_ADDRESSES] as const)
    : ([80, PLAIN_ADDRESSES] as const);
  const address = await listenSomewhere(server, isOnAnyPort ? 0 : standardPort, addresses);
  const port = isOnAnyPort ? `:${(server.address() as AddressInfo).port}` : "";
  const url = `${certificate ? "https" : "http"}://${address}${port}${basePath}`;
  writeFiles(root, options.files);
  const built = await buildSite({ root, out, url, host });
  return {
    ...built,
    url,
    authority: url.replace(/^https?:\/\//, "").replace(/\/$/, ""),
    directory: out,
    requests,
    change(files) {
      writeFiles(root, files);
      return buildSite({ root, out, url, host });
    },
  };
}

/** Serves files on any port, as a storage does that knows nothing of registries; its address has no slash at its end. */
export async function serveStorage(
  files: Readonly<Record<string, Buffer>>,
  certificate?: Certificate,
): Promise<string> {
  const server = serverOf(({ url = "" }, response) => {
    const bytes = files[url.slice(1)];
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    // The date is apptainer's key, with the address, for what it downloaded before.
    const headers = { "Content-Length": bytes.length, "Last-Modified": new Date(0).toUTCString() };
    response.writeHead(200, headers).end(bytes);
  }, certificate);
  closeAfterTest(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `${certificate ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
