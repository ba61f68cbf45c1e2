import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hostProfile } from "../src/host.ts";
import { buildSite } from "../src/index.ts";
import { type PreviewOptions, type PreviewServer, createPreviewServer } from "../src/site/preview-server.ts";
import { DEFINITION, HEX, record2, writeFiles } from "./support/registry.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "stowage-test-"));
const SITE = join(FOLDER, "_site");
const IMAGE = Buffer.from("0123456789".repeat(100));

let root: string;
let below: string;

beforeAll(async () => {
  const tree = join(FOLDER, "source");
  writeFiles(tree, {
    "registry/vanessa/greeting/manifests/latest/Singularity": DEFINITION,
    "registry/vanessa/greeting/manifests/latest/README.md": record2("", `images/sha256/${HEX}.sif`),
    "registry/lab/ncbi-blast+/manifests/2.16.0/Singularity": DEFINITION,
    [`images/sha256/${HEX}.sif`]: IMAGE,
  });
  writeFileSync(join(FOLDER, "secret.txt"), "secret");
  await buildSite({ root: tree, out: SITE });
  // What a host has to tell apart, and no site of ours holds.
  writeFiles(SITE, {
    "both/index.html": "<head></head>page",
    "both/index.json": "{}",
    "about.html": "<head></head>about",
    extensionless: "bytes",
    ".hidden": "secret",
    ".git/config": "secret",
    ".git/index.html": "secret",
    ".secret.html": "secret",
  });
  root = await listen({ basePath: "/" });
  below = await listen({ basePath: "/registry/" });
});

const running: PreviewServer[] = [];

async function listen(options: Partial<PreviewOptions>): Promise<string> {
  const preview = createPreviewServer({
    directory: SITE,
    basePath: "/",
    host: hostProfile("pages"),
    ...options,
  });
  running.push(preview);
  preview.server.listen(0, "127.0.0.1");
  await once(preview.server, "listening");
  return `http://127.0.0.1:${(preview.server.address() as AddressInfo).port}`;
}

afterAll(() => {
  for (const { server } of running) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(FOLDER, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Asks for a path as it stands: fetch would normalise it, and follow redirects. */
async function ask(
  host: string,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(host);
  const asked = request({ hostname, port, path, method, headers, agent: false });
  asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer to ${path}`)));
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

describe("folders", () => {
  test("answers from index.json as application/json", async () => {
    const response = await fetch(`${root}/vanessa/greeting/tags/`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json\b/);
    expect(await response.json()).toEqual({ name: "vanessa/greeting", tags: ["latest"] });
  });

  test("prefers index.html to index.json", async () => {
    const { headers, body } = await ask(root, "/both/");
    expect(headers["content-type"]).toMatch(/^text\/html\b/);
    expect(body).toContain("page");
  });

  test("redirects to the trailing slash and keeps the query", async () => {
    const { status, headers } = await ask(root, "/vanessa/greeting/tags?n=1&last=a");
    expect([status, headers.location]).toEqual([301, "/vanessa/greeting/tags/?n=1&last=a"]);
  });

  test("redirects a name that has to be encoded, encoded", async () => {
    expect((await ask(root, "/lab/ncbi-blast%2B")).headers.location).toBe("/lab/ncbi-blast%2B/");
    expect((await ask(root, "/lab/ncbi-blast%2B/")).status).toBe(200);
    expect((await ask(root, "/lab/ncbi-blast+/")).status).toBe(200);
  });

  test.each(["//vanessa", "///vanessa", "//example.org", "/\\example.org", "//example.org/%2e%2e/vanessa"])(
    "never redirects %s to another host",
    async (path) => {
      const location = (await ask(root, path)).headers.location ?? "/";
      expect(new URL(location, root).origin).toBe(root);
    },
  );

  test("answers 404 for a folder without an index", async () => {
    expect((await ask(root, "/images/")).status).toBe(404);
  });
});

describe("below a base path", () => {
  test("redirects the base path without its slash", async () => {
    const { status, headers } = await ask(below, "/registry?a=b");
    expect([status, headers.location]).toEqual([301, "/registry/?a=b"]);
  });

  test("answers below it, and redirects below it", async () => {
    expect((await ask(below, "/registry/")).status).toBe(200);
    expect((await ask(below, "/registry/vanessa/greeting/tags/")).status).toBe(200);
    expect((await ask(below, "/registry/vanessa")).headers.location).toBe("/registry/vanessa/");
    expect((await ask(below, "//registry//vanessa/greeting/tags")).headers.location).toMatch(/^\/registry\//);
  });

  test.each(["/", "/vanessa/greeting/tags/", "/registryvanessa/", "/index.html", "/registr"])(
    "answers 404 for %s, which is outside",
    async (path) => {
      const { status, body } = await ask(below, path);
      expect(status).toBe(404);
      expect(body).toContain("Page not found");
    },
  );
});

describe("media types", () => {
  test.each([
    ["/extensionless", "application/octet-stream"],
    [`/images/sha256/${HEX}.sif`, "application/octet-stream"],
    ["/vanessa/greeting/manifests/latest/Singularity.def", "text/plain; charset=utf-8"],
    ["/vanessa/greeting/manifests/latest/", "application/json; charset=utf-8"],
    ["/vanessa/greeting/", "text/html; charset=utf-8"],
    ["/assets/style.css", "text/css; charset=utf-8"],
    ["/assets/icon.svg", "image/svg+xml"],
  ])("serves %s as %s", async (path, type) => {
    const { status, headers } = await ask(root, path);
    expect([status, headers["content-type"]]).toEqual([200, type]);
  });

  test("serves x.html at /x", async () => {
    const { status, headers, body } = await ask(root, "/about");
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("about");
  });
});

describe("headers", () => {
  test.each([
    ["/", 200],
    ["/vanessa", 301],
    [`/images/sha256/${HEX}.sif`, 200],
    ["/nothing/here", 404],
    ["/%00", 404],
  ])("lets every origin read %s", async (path, status) => {
    const answer = await ask(root, path, { headers: { Origin: "https://example.org" } });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([status, "*"]);
  });

  test("serves a part of an image", async () => {
    const { status, headers, body } = await ask(root, `/images/sha256/${HEX}.sif`, {
      headers: { Range: "bytes=10-14" },
    });
    expect([status, headers["content-range"], body]).toEqual([206, "bytes 10-14/1000", "01234"]);
  });

  test("serves the end of an image", async () => {
    const { status, body } = await ask(root, `/images/sha256/${HEX}.sif`, { headers: { Range: "bytes=-3" } });
    expect([status, body]).toEqual([206, "789"]);
  });

  test("refuses a range behind the end", async () => {
    const { status, headers } = await ask(root, `/images/sha256/${HEX}.sif`, {
      headers: { Range: "bytes=5000-" },
    });
    expect([status, headers["content-range"]]).toEqual([416, "bytes */1000"]);
  });

  test.each([`/images/sha256/${HEX}.sif`, "/", "/vanessa/greeting/tags/", "/nothing"])(
    "answers HEAD %s as GET, without the body",
    async (path) => {
      const get = await ask(root, path);
      const head = await ask(root, path, { method: "HEAD" });
      expect(head.status).toBe(get.status);
      expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(get.body)));
      expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
      expect(head.body).toBe("");
    },
  );

  test("answers 304 to who has the file already", async () => {
    const path = "/vanessa/greeting/tags/";
    const { headers } = await ask(root, path);
    const byTag = await ask(root, path, { headers: { "If-None-Match": String(headers.etag) } });
    const byTime = await ask(root, path, {
      headers: { "If-Modified-Since": String(headers["last-modified"]) },
    });
    expect([byTag.status, byTag.body, byTime.status]).toEqual([304, "", 304]);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("refuses %s", async (method) => {
    const { status, headers } = await ask(root, "/vanessa/greeting/tags/", { method });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

describe("what is not there", () => {
  test("answers with 404.html and the status 404", async () => {
    const { status, headers, body } = await ask(root, "/nothing/here");
    expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    expect(body).toContain("<h1>Page not found</h1>");
  });

  test.each([
    "/../secret.txt",
    "/vanessa/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/vanessa/%2e%2e/%2e%2e/secret.txt",
    "/..\\secret.txt",
    "//../secret.txt",
    "/../source/registry.yml",
    "/.hidden",
    "/.git/config",
    "/%2egit/config",
    "/%2egit/",
    "/.stowage-site",
    "/.nojekyll",
  ])("does not serve %s", async (path) => {
    const { status, body } = await ask(root, path);
    expect(status).toBe(404);
    expect(body).not.toContain("secret");
  });

  test.each(["/.git/", "/.git/index.html", "/.secret.html"])(
    "does not serve %s, a hidden page",
    async (path) => {
      const { status, body } = await ask(root, path);
      expect(status).toBe(404);
      expect(body).not.toContain("secret");
    },
  );

  test.each([
    "/%00",
    "/a%00.html",
    "/%",
    "/%zz",
    "/%c3%28",
    "/%ff.html",
    "/index.html/",
    "/index.html/x.html",
    "?a",
  ])("survives %s", async (path) => {
    expect((await ask(root, path)).status).toBeLessThan(500);
    expect((await ask(root, "/")).status).toBe(200);
  });

  test.each(["x".repeat(5000), `${"x".repeat(300)}.html`])("survives a very long name", async (name) => {
    expect((await ask(root, `/${name}`)).status).toBe(404);
    expect((await ask(root, "/")).status).toBe(200);
  });

  test.each(["GET http://example.org/ HTTP/1.1", "GET * HTTP/1.1", "GET /\u0000 HTTP/1.1", "nonsense"])(
    "survives the request line %j",
    async (line) => {
      const socket = connect(Number(new URL(root).port), "127.0.0.1");
      socket.end(`${line}\r\nHost: example.org\r\nConnection: close\r\n\r\n`);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04] /);
      expect((await ask(root, "/")).status).toBe(200);
    },
  );

  test("survives that the site is missing for a moment", async () => {
    const directory = join(FOLDER, "moving");
    mkdirSync(directory);
    writeFileSync(join(directory, "index.html"), "<head></head>back");
    const host = await listen({ directory });
    renameSync(directory, `${directory}-away`);
    for (const path of ["/", "/index.html", "/x", "/x/"]) expect((await ask(host, path)).status).toBe(404);
    renameSync(`${directory}-away`, directory);
    expect((await ask(host, "/")).body).toContain("back");
  });
});

describe("reloading", () => {
  test("puts the script into pages and leaves the files alone", async () => {
    const { body } = await ask(root, "/vanessa/greeting/");
    expect(body).toContain('<script src="/.stowage/reload.js" defer></script>');
    expect(readFileSync(join(SITE, "vanessa/greeting/index.html"), "utf8")).not.toContain("reload.js");
    expect((await ask(root, "/.stowage/reload.js")).headers["content-type"]).toMatch(/^text\/javascript\b/);
  });

  test("tells who listens that the site changed", async () => {
    const response = await fetch(`${root}/.stowage/reload`);
    const reader = response.body?.getReader();
    onTestFinished(() => reader?.cancel());
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    running[0]?.reload();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe("data: reload\n\n");
  });
});

test("tells the status of every answer", async () => {
  const seen: string[] = [];
  const host = await listen({ onRequest: ({ url }, status) => seen.push(`${status} ${url}`) });
  for (const path of ["/", "/vanessa", "/nothing"]) await ask(host, path);
  expect(seen).toEqual(["200 /", "301 /vanessa", "404 /nothing"]);
});
