import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { text } from "node:stream/consumers";
import { generateHandler } from "@cloudflare/pages-shared/asset-server/handler";
import { createMetadataObject } from "@cloudflare/pages-shared/metadata-generator/createMetadataObject";
import { parseHeaders } from "@cloudflare/pages-shared/metadata-generator/parseHeaders";
import { parseRedirects } from "@cloudflare/pages-shared/metadata-generator/parseRedirects";
import { parseAllHeaders } from "@netlify/headers-parser";
import { parseAllRedirects } from "@netlify/redirect-parser";
import { parsePlain } from "netlify-redirector";
import { hostProfile } from "../../src/host.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { listFiles } from "./registry.ts";

export type RuleHost = "cloudflare" | "netlify";

/** What a host answers to GET. */
export interface HostAnswer {
  readonly status: number;
  /** Content-Type without parameters; the values of several rules are joined by commas, {@link GUESSED} if there is none. */
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

/** A site on a host, whose own code reads `_headers` and `_redirects`. */
export interface StaticHost {
  /** What the host says of rules that it will not obey. */
  readonly problems: readonly string[];
  /** How many redirects it obeys. */
  readonly redirectCount: number;
  /** Asks for a path as it stands in a request line. */
  ask(path: string): Promise<HostAnswer>;
}

/** The type of a file that neither its name nor a rule tells; real hosts guess, each in its own way. */
const GUESSED = "guessed/by-the-host";

/** As every host knows them. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".def": "text/plain",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".sif": "application/octet-stream",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

function typeByName(file: string): string {
  return TYPES[extname(file)] ?? GUESSED;
}

/** The files that a host serves, by path from its root; what begins with a dot and the two rule files are not. */
function servedFiles(directory: string): ReadonlySet<string> {
  const files = listFiles(directory).filter((file) => !/^\.|^_(?:headers|redirects)$/.test(file));
  return new Set(files.map((file) => `/${file}`));
}

/** `_redirects` is not there where a site has no redirects. */
function ruleText(directory: string, file: "_headers" | "_redirects"): string {
  const path = join(directory, file);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Cloudflare Pages: all of its asset server, from the package that its command line and its network share. */
export function cloudflareHost(directory: string): StaticHost {
  const files = servedFiles(directory);
  const redirects = parseRedirects(ruleText(directory, "_redirects"));
  const headers = parseHeaders(ruleText(directory, "_headers"));
  const metadata = createMetadataObject({ redirects, headers });
  return {
    problems: [...redirects.invalid, ...headers.invalid].map(
      ({ message, line }) => `${message} ${line ?? ""}`,
    ),
    redirectCount: redirects.rules.length,
    async ask(path) {
      const response = await generateHandler({
        request: new Request(`https://registry.pages.dev${path}`),
        metadata,
        logError: (error) => {
          throw error;
        },
        findAssetEntryForPath: async (file) => (files.has(file) ? file : null),
        getAssetKey: (file) => file,
        negotiateContent: () => ({ encoding: null }),
        fetchAsset: async (file) => ({
          body: new Blob([readFileSync(join(directory, file))]).stream(),
          contentType: typeByName(file),
        }),
      });
      return {
        status: response.status,
        type: response.headers.get("Content-Type") ?? undefined,
        location: response.headers.get("Location") ?? undefined,
        body: await response.text(),
      };
    },
  };
}

/**
 * Netlify: its parsers of both files and its engine of redirects. How it finds files is not published and is written
 * down here: a file, else the page or the folder of that name, and a redirect only where there is none of these.
 */
export async function netlifyHost(directory: string): Promise<StaticHost> {
  const files = servedFiles(directory);
  const parsed = await parseAllRedirects({
    redirectsFiles: [join(directory, "_redirects")],
    configRedirects: [],
    minimal: false,
  });
  const { headers, errors } = await parseAllHeaders({
    headersFiles: [join(directory, "_headers")],
    netlifyConfigPath: undefined,
    configHeaders: [],
    minimal: false,
  });
  const engine = await parsePlain(ruleText(directory, "_redirects"), {});
  const typesOf = (path: string): string[] =>
    headers.flatMap((rule) => {
      const type = rule.values["Content-Type"];
      return type !== undefined && "forRegExp" in rule && rule.forRegExp.test(path) ? [type] : [];
    });
  const serve = (path: string, file: string): HostAnswer => {
    const types = typesOf(path);
    return {
      status: 200,
      type: types.length > 0 ? types.join(", ") : typeByName(file),
      location: undefined,
      body: readFileSync(join(directory, file), "utf8"),
    };
  };
  return {
    problems: [...parsed.errors, ...errors].map(String),
    redirectCount: parsed.redirects.length,
    async ask(path) {
      const decoded = decodeURIComponent(path);
      const file = decoded.endsWith("/") ? `${decoded}index.html` : decoded;
      if (files.has(file)) return serve(decoded, file);
      if (files.has(`${decoded}.html`)) return serve(decoded, `${decoded}.html`);
      if (files.has(`${decoded}/index.html`)) return redirectTo(301, `${path}/`);
      const found = engine.match({
        scheme: "https",
        host: "registry.netlify.app",
        // As its command line asks it, too.
        path: decoded,
        query: "",
        headers: {},
        cookieValues: {},
        getHeader: () => "",
        getCookie: () => "",
      });
      if (found) return redirectTo(found.status, found.to);
      return { ...serve(decoded, "/404.html"), status: 404 };
    },
  };
}

function redirectTo(status: number, location: string): HostAnswer {
  return { status, type: undefined, location, body: "" };
}

export async function openSite(name: RuleHost, directory: string): Promise<StaticHost> {
  return name === "cloudflare" ? cloudflareHost(directory) : await netlifyHost(directory);
}

/** A client follows the way to an image; on a host where a colon is a mark there is one step more. */
export async function follow(host: StaticHost, path: string): Promise<HostAnswer> {
  const answer = await host.ask(path);
  return answer.location?.startsWith("/") ? await host.ask(answer.location) : answer;
}

interface Preview extends Pick<StaticHost, "ask"> {
  close(): void;
}

/** Our own server for the same site. */
export async function openPreview(name: RuleHost, directory: string): Promise<Preview> {
  const { server } = createPreviewServer({ directory, basePath: "/", host: hostProfile(name) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    async ask(path) {
      const asked = request({ host: "127.0.0.1", port, path, agent });
      asked.end();
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      return {
        status: response.statusCode ?? 0,
        type: response.headers["content-type"],
        location: response.headers.location,
        body: await text(response),
      };
    },
    close() {
      agent.destroy();
      server.close();
    },
  };
}
