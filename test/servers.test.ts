import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, type IncomingMessage, type Server, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostProfile } from "../src/host.ts";
import { buildSite } from "../src/index.ts";
import { createPreviewServer } from "../src/site/preview-server.ts";
import { newUser, whyNo } from "./support/clients.ts";
import { PROJECT } from "./support/cli.ts";
import { type TestImage, imageOfBytes, recordOf, registryFiles } from "./support/image-building.ts";
import { DEFINITION, type Files, listFiles, writeFiles } from "./support/registry.ts";
import {
  type Installation,
  WEB_SERVERS,
  type WebServer,
  freePort,
  install,
  siteFolder,
  start,
  whyNoServer,
} from "./support/web-server.ts";

/*
 * The configurations of docs/hosting/ as they stand there, with the commands of server.md, against the preview: what
 * it says about `--as server` has to be what these servers answer, for every path of a site.
 */

/** Two images of the example registry, which real clients take for such. */
function exampleImages(): readonly [kept: TestImage, elsewhere: TestImage] {
  const folder = join(PROJECT, "images");
  const [kept, elsewhere] = listFiles(folder).map((file) => imageOfBytes(readFileSync(join(folder, file))));
  if (!kept || !elsewhere) throw new Error("the example registry keeps two images");
  return [kept, elsewhere];
}

const [KEPT, ELSEWHERE] = exampleImages();

/** Everything that a URL of a stranger may hold and that a shell, sed, nginx or Caddy may take for its own. */
const HOSTILE_TARGETS = [
  "https://storage.example.org/$uri/$0/$1$request_uri;return/200;#'",
  "https://storage.example.org/'a'%20%00%0d%0aSet-Cookie:x=1;%7Bhttp.request.host%7D",
  "https://storage.example.org/a?b=c&d=(e)*[f]~!@,+=;include=/etc/passwd;#top",
  "http://storage.example.org/&&id;$(id)/&",
  "https://storage.example.org/%24%251%2F..%2f../..//x$$$",
  "https://storage.example.org/#",
  "https://storage.example.org/302;default=1;volatile",
  "https://storage.example.org/Zażółć-gęślą-容器-😀",
  `https://storage.example.org/${"x".repeat(2000)}`,
];
/** In nginx's map each `$` takes three characters, and nginx starts with no text of more than 4096. */
const TOO_LONG_FOR_NGINX = `https://storage.example.org/${"$".repeat(1500)}`;

/** Names that a server might fold, escape or take for a pattern. */
const REFERENCES = [
  "vanessa/greeting:latest",
  "vanessa/greeting:1.0",
  "vanessa/greeting:v1.html",
  "vanessa/Greeting:1.0",
  "lab/team/tool:2.0_rc.1",
  "a/b/c/d/tool:1",
  "Lab/ncbi-blast+:2.16.0+cpu",
  "lab/ncbi-blast+:2.16.0-CPU",
  "v2x/manifests.of/tool:_x",
];

function files(storage: string): Files {
  const labels = `labels: { maintainer: "Ä & 50% 'of' it", org.label: "a b/c" }\n`;
  const records: Record<string, string> = {};
  for (const [index, reference] of REFERENCES.entries()) {
    records[reference] = recordOf(KEPT, { more: index === 0 ? labels : "" });
    records[`far/${reference}`] = recordOf(ELSEWHERE, { url: `${storage}/far.sif` });
  }
  for (const [index, url] of [...HOSTILE_TARGETS, TOO_LONG_FOR_NGINX].entries()) {
    records[`hostile/tool:${index}`] = recordOf(imageOfBytes(Buffer.from(url)), { url });
  }
  return {
    ...registryFiles(records, [KEPT]),
    "registry/vanessa/greeting/manifests/latest/Singularity": DEFINITION,
    "registry/vanessa/greeting/README.md": `# Greeting\n\n${"It greets. ".repeat(200)}\n`,
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

const AGENT = new Agent({ keepAlive: true });

/** Asks for a path as it stands: fetch would normalise it, and follow redirects. */
async function ask(
  port: number,
  path: string,
  { method = "GET", headers = {} }: Asking = {},
): Promise<Answer> {
  const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: AGENT });
  asked.setTimeout(10_000, () => asked.destroy(new Error(`no answer to ${path}`)));
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
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

/** What a server makes of a target: nginx would take a `$` for a variable. */
function redirectTo(target: string, { program }: WebServer): { status: number; target: string } {
  if (program !== "nginx") return { status: 302, target };
  if (target === TOO_LONG_FOR_NGINX) return { status: 404, target: "" };
  return { status: 302, target: target.replaceAll("$", "%24") };
}

const encodePath = (path: string) => encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
/** Every character but slashes that a client need not encode, encoded. */
const encodeAll = (path: string) =>
  path.replaceAll(/[:+@._]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a suite that is skipped says in its name. */
function because(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason})`;
}

const PLACES = WEB_SERVERS.flatMap((server) => [
  { server, basePath: "/" },
  { server, basePath: "/registry/" },
]);

describe.each(PLACES.map((place) => ({ ...place, title: place.server.title })))(
  "$title at $basePath",
  (place) => {
    const { server, basePath } = place;
    const reason = whyNoServer(server);
    describe.skipIf(reason !== undefined)(`as documented${because(reason)}`, () => {
      suite(server, basePath);
    });
  },
);

function suite(server: WebServer, basePath: string): void {
  let folder: string;
  let root: string;
  let directory: string;
  const storage = createServer((asked, response) => {
    response.writeHead(asked.url === "/far.sif" ? 200 : 404, { "Content-Length": ELSEWHERE.bytes.length });
    response.end(ELSEWHERE.bytes);
  });
  let preview: Server;
  let installation: Installation;
  let running: { stop(): Promise<void> } | undefined;
  let port: number;
  let previewPort: number;
  let url: string;

  const build = () => buildSite({ root, out: directory, url, host: "server" });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    root = join(folder, "source");
    directory = siteFolder({ folder });
    preview = createPreviewServer({ directory, basePath, host: hostProfile("server") }).server;
    port = await freePort();
    url = `http://127.0.0.1:${port}${basePath}`;
    writeFiles(root, files(`http://127.0.0.1:${await listen(storage)}`));
    installation = { server, folder, basePath, port };
    install(installation);
    await build();
    running = await start(installation);
    previewPort = await listen(preview);
  });

  afterAll(async () => {
    AGENT.destroy();
    await running?.stop();
    for (const each of [storage, preview]) {
      each.close();
      each.closeAllConnections();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** Paths of this site, encoded. */
  function paths(): string[] {
    return listFiles(directory)
      .filter((file) => !/(^|\/)\.|^_/.test(file))
      .map((file) => basePath + encodePath(file));
  }

  function folders(): string[] {
    return [
      ...new Set(
        paths().flatMap((path) => path.split("/").map((_, index, parts) => parts.slice(0, index).join("/"))),
      ),
    ].filter((path) => path.length >= basePath.length);
  }

  function redirects(): string[][] {
    const lines = readFileSync(join(directory, "_redirects"), "utf8").trim().split("\n");
    return lines.map((line) => line.split(" "));
  }

  async function expectSame(asked: readonly string[], options: Asking = {}): Promise<void> {
    const differences: object[] = [];
    for (const path of asked) {
      const here = gist(await ask(port, path, options), port, path);
      const there = gist(withoutScript(await ask(previewPort, path, options)), previewPort, path);
      if (JSON.stringify(here) !== JSON.stringify(there)) differences.push({ path, here, there });
    }
    expect(differences).toEqual([]);
  }

  test("answers every file as the preview does", async () => {
    expect(paths().length).toBeGreaterThan(200);
    await expectSame(paths());
  });

  test("answers every folder, and redirects to it", async () => {
    const asked = folders();
    await expectSame([basePath, ...asked.map((path) => `${path}/`)]);
    await expectSame(asked);
    await expectSame(
      asked.filter((path) => path.length > basePath.length).map((path) => `${path}?a=b&c=%20`),
    );
  });

  test("answers HEAD as GET, without a body", async () => {
    const indexes = folders().map((path) => `${path}/`);
    for (const path of [...paths(), ...indexes, `${basePath}nothing`]) {
      const get = await ask(port, path);
      const head = await ask(port, path, { method: "HEAD" });
      expect([path, head.status, head.headers["content-type"]]).toEqual([
        path,
        get.status,
        get.headers["content-type"],
      ]);
      expect([path, head.headers["content-length"]]).toEqual([path, String(get.body.length)]);
      expect(head.body.length).toBe(0);
    }
  });

  test("understands percent-encoded paths", async () => {
    for (const path of paths()) {
      const below = path.slice(basePath.length - 1);
      const encoded = basePath.slice(0, -1) + encodeAll(below);
      const plain = gist(await ask(port, path), port, path);
      expect({ path, ...gist(await ask(port, encoded), port, path) }).toEqual({ path, ...plain });
    }
  });

  test("obeys every redirect, also percent-encoded, and leaves its target as it is", async () => {
    const rules = redirects();
    expect(rules.length).toBeGreaterThan((REFERENCES.length + HOSTILE_TARGETS.length) * 2);
    for (const [from = "", to = ""] of rules) {
      for (const path of [from, basePath.slice(0, -1) + encodeAll(from.slice(basePath.length - 1))]) {
        for (const method of ["GET", "HEAD"]) {
          const { status, headers } = await ask(port, path, { method });
          const target = Buffer.from(headers.location ?? "", "latin1").toString();
          expect({ path, status, target }).toEqual({ path, ...redirectTo(to, server) });
          expect(headers["access-control-allow-origin"]).toBe("*");
        }
      }
    }
  });

  test("tells upper case from lower case", async () => {
    const differing = redirects().map(([from = ""]) => from.replace("far/", "FAR/"));
    await expectSame(differing.filter((path) => path.includes("FAR/")));
    await expectSame([`${basePath}V2/`, `${basePath}Version`, `${basePath}VERSION`]);
  });

  test("answers 404 with the site's own page", async () => {
    await expectSame(
      [
        "nothing",
        "nothing/at/all.html",
        "api/container/nobody/tool:1",
        "v1/images/nobody/tool:1",
        "v1/imagefile/nobody/tool:1",
        "v1/oci-redirect",
        "v2/nobody/tool/manifests/1",
        "v2/nobody/tool/blobs/sha256:00",
        "pks/add",
        "images/",
        "index.html/",
        "vanessa/greeting/nothing.def",
        "images/sha256/nothing.sif",
      ].map((path) => basePath + path),
    );
  });

  test("keeps what is hidden, and what is outside of the site", async () => {
    writeFiles(folder, {
      "secret.txt": "secret",
      "srv/other/secret.txt": "secret",
      "srv/secret.txt": "secret",
    });
    writeFiles(directory, { ".git/config": "secret", ".hidden": "secret", "vanessa/.env": "secret" });
    const below = [
      "_headers",
      "_redirects",
      "%5fheaders",
      "_redirect%73",
      ".stowage-site",
      ".nojekyll",
      ".hidden",
      "%2ehidden",
      ".git/",
      ".git",
      ".git/config",
      "vanessa/.env",
      "vanessa/%2Eenv",
      "../secret.txt",
      "../other/secret.txt",
      "../../secret.txt",
      "..%2fsecret.txt",
      "%2e%2e/secret.txt",
      "%2e%2e%2fsecret.txt",
      "vanessa/../../secret.txt",
      "vanessa/..%2f..%2fsecret.txt",
      "..%5csecret.txt",
      "..\\secret.txt",
      ".../secret.txt",
      "./../secret.txt",
    ].map((path) => basePath + path);
    for (const path of [...below, "/secret.txt", "/other/secret.txt", "/other/", "/other"]) {
      const { status, body } = await ask(port, path);
      // A path that leads above the root is a bad one to nginx.
      expect([path, [404, ...(/\.\.|%2e%2e/.test(path) ? [400] : [])]]).toEqual([
        path,
        expect.arrayContaining([status]),
      ]);
      expect(body.toString()).not.toContain("secret");
    }
  });

  test.runIf(server.program === "nginx")("follows no symbolic link", async () => {
    symlinkSync(join(folder, "secret.txt"), join(directory, "link.txt"));
    symlinkSync(folder, join(directory, "link"));
    for (const path of ["link.txt", "link/secret.txt", "link/", "link/srv/registry/index.html"]) {
      expect([path, (await ask(port, basePath + path)).status]).toEqual([path, 404]);
    }
  });

  test("redirects to no other host, whatever the request says about its own", async () => {
    mkdirSync(join(directory, "example.org"));
    const headers = { Host: "proxy.example.org" };
    const there = await ask(port, `${basePath}vanessa`, { headers });
    expect([there.status, there.headers.location]).toEqual([301, `${basePath}vanessa/`]);
    for (const path of [
      "//example.org",
      "///example.org",
      `/${basePath}vanessa`,
      "/%2fexample.org",
      "/\\example.org",
    ]) {
      const { location = "/" } = (await ask(port, path, { headers })).headers;
      expect([path, new URL(location, "http://site").origin]).toEqual([path, "http://site"]);
    }
  });

  test.runIf(basePath !== "/")("leaves alone what is not below the base path", async () => {
    await expectSame(["/registry", "/", "/vanessa/", "/registryvanessa/", "/index.html", "/registr"]);
  });

  test("serves parts of an image, and of one under another name", async () => {
    const image = `${basePath}images/sha256/${KEPT.sha256}.sif`;
    for (const path of [image, `${basePath}v1/imagefile/vanessa/greeting:1.0`]) {
      const part = await ask(port, path, { headers: { Range: "bytes=10-19", "Accept-Encoding": "gzip" } });
      expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 10-19/${KEPT.bytes.length}`]);
      expect(part.body).toEqual(KEPT.bytes.subarray(10, 20));
      const beyond = await ask(port, path, { headers: { Range: "bytes=99999999-" } });
      expect([beyond.status, beyond.headers["access-control-allow-origin"]]).toEqual([416, "*"]);
    }
  });

  test("compresses text and JSON, and no image", async () => {
    const headers = { "Accept-Encoding": "gzip" };
    for (const path of ["vanessa/greeting/", "assets/style.css", "api/v1/collections.json", "v1/search"]) {
      const plain = await ask(port, basePath + path);
      const { headers: got, body } = await ask(port, basePath + path, { headers });
      expect([path, got["content-encoding"], got.vary]).toEqual([path, "gzip", "Accept-Encoding"]);
      expect(gunzipSync(body).equals(plain.body)).toBe(true);
    }
    for (const path of [`images/sha256/${KEPT.sha256}.sif`, "v1/imagefile/vanessa/greeting:1.0"]) {
      const { headers: got, body } = await ask(port, basePath + path, { headers });
      expect([path, got["content-encoding"]]).toEqual([path, undefined]);
      expect(body.equals(KEPT.bytes)).toBe(true);
    }
  });

  test("answers 304 to who has the file already", async () => {
    const path = `${basePath}vanessa/greeting/tags/`;
    const { headers } = await ask(port, path);
    const again = await ask(port, path, { headers: { "If-None-Match": String(headers.etag) } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  clientTests();

  test("serves a new site at once, and its redirects once it has been started again", async () => {
    const path = `${basePath}vanessa/greeting/`;
    await ask(port, path);
    writeFileSync(join(root, "registry/vanessa/greeting/README.md"), "# Another text\n");
    await build();
    expect((await ask(port, path)).body.toString()).toContain("Another text");
    writeFiles(
      root,
      registryFiles({ "far/new/tool:1": recordOf(ELSEWHERE, { url: "https://new.example.org/" }) }),
    );
    await build();
    await running?.stop();
    running = await start(installation);
    const { headers } = await ask(port, `${basePath}v1/imagefile/far/new/tool:1`);
    expect(headers.location).toBe("https://new.example.org/");
  });

  test("starts with a site whose images all lie in it", async () => {
    rmSync(join(root, "registry/far"), { recursive: true });
    rmSync(join(root, "registry/hostile"), { recursive: true });
    await build();
    await running?.stop();
    running = await start(installation);
    await expectSame(paths());
  });

  function clientTests(): void {
    const reason = whyNo("apptainer", "oras", "crane", "skopeo");
    describe.skipIf(reason !== undefined)(`with real clients${because(reason)}`, () => {
      const pulled = [
        ["vanessa/greeting:1.0", KEPT],
        ["far/vanessa/greeting:1.0", ELSEWHERE],
      ] as const;

      test.each(pulled)("library://%s", async (reference, { bytes }) => {
        const line = `apptainer pull --library ${url.replace(/\/$/, "")} x.sif library://${reference}`;
        expect((await newUser().pull(line)).equals(bytes)).toBe(true);
      });

      describe.runIf(basePath === "/")("that ask at the root", () => {
        test.each(pulled)("oras://%s", async (reference, { bytes }) => {
          const line = `apptainer pull --no-https x.sif oras://127.0.0.1:${port}/${reference}`;
          expect((await newUser().pull(line)).equals(bytes)).toBe(true);
        });

        test.each(pulled)("oras pull %s", async (reference, { bytes }) => {
          const got = await newUser().pull(`oras pull --plain-http 127.0.0.1:${port}/${reference}`);
          expect(got.equals(bytes)).toBe(true);
        });

        test.each(pulled)("skopeo copy %s", async (reference, { bytes, sha256 }) => {
          const user = newUser();
          const source = `docker://127.0.0.1:${port}/${reference}`;
          await user.output(`skopeo --insecure-policy copy --src-tls-verify=false ${source} dir:copy`);
          expect(readFileSync(join(user.folder, "copy", sha256)).equals(bytes)).toBe(true);
        });

        test.each(pulled)("crane blob of %s", async (reference, { bytes, sha256 }) => {
          const user = newUser();
          const name = `127.0.0.1:${port}/${reference.replace(/:.*/, "")}`;
          await user.output(`crane blob --insecure ${name}@sha256:${sha256} > x.sif`);
          expect(readFileSync(join(user.folder, "x.sif")).equals(bytes)).toBe(true);
          expect(await user.output(`crane ls --insecure ${name}`)).toContain("1.0\n");
        });
      });
    });
  }
}
