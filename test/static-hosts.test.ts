import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Endpoint } from "../src/endpoints/endpoint.ts";
import { registryEndpoints } from "../src/endpoints/index.ts";
import { hostProfile } from "../src/host.ts";
import { type BuiltSite, buildSite } from "../src/index.ts";
import { armorPublicKeys } from "../src/registry/armor.ts";
import { headersText } from "../src/site/host-files.ts";
import { createPreviewServer } from "../src/site/preview-server.ts";
import { type Files, HEX, listFiles, record2, temporaryFolder, writeFiles } from "./support/registry.ts";
import { type HostAnswer, type StaticHost, cloudflareHost, netlifyHost } from "./support/static-hosts.ts";

type RuleHost = "cloudflare" | "netlify";

/** An image of the registry under test; every one has a digest and an address of its own. */
interface TestImage {
  readonly collection: string;
  readonly tag: string;
  readonly hex: string;
  readonly lies: "in the site" | "https" | "http";
  /** As the record says it. */
  readonly url: string;
}

const SITE_URL = "https://registry.example.org";

/** `lat` begins `latest`; the upper case and the dots are for hosts that compare loosely. */
const TAGS = ["1.0", "1.0+cuda", "lat", "latest", "latest-2", "LATEST-3", "tag"];

const COLLECTIONS: readonly (readonly [name: string, lies: TestImage["lies"]])[] = [
  ["lab/tool", "https"],
  ["lab/kept", "in the site"],
  ["lab/far", "http"],
  ["deep/er/and/deeper/tool", "https"],
  ["deep/er/kept", "in the site"],
  ["upper/Tool", "https"],
  ["upper/ncbi-blast+", "in the site"],
  // What the rules call what they match.
  ["splat/tag", "https"],
  ["namespace/splat/hex", "in the site"],
  // Namespaces that begin like others, and like what is the site's own.
  ["labs/tool", "https"],
  ["LAB-upper/Tool", "https"],
  ["apiary/honey", "in the site"],
  ["v2x/versions", "https"],
  ["versions/v2", "https"],
];

/** With two rules for each of them there would be more rules than Cloudflare takes. */
const MANY_NAMESPACES = Array.from({ length: 51 }, (_, index) => `many${index}/tool`);

const IMAGES: readonly TestImage[] = [
  ...COLLECTIONS.flatMap(([name, lies], index) =>
    TAGS.slice(0, index < 5 ? TAGS.length : 4).map((tag) => imageOf(name, tag, lies)),
  ),
  ...MANY_NAMESPACES.map((name) => imageOf(name, "latest", "https")),
];

function imageOf(collection: string, tag: string, lies: TestImage["lies"]): TestImage {
  const digits = createHash("sha256").update(`${collection}:${tag}`).digest("hex").slice(1);
  // Behind a colon a letter makes a placeholder, a digit does not.
  const hex = (tag.length % 2 === 0 ? "d" : "4") + digits;
  const elsewhere = `${lies}://storage.example.org/${collection}/${tag}.sif`;
  return { collection, tag, hex, lies, url: lies === "in the site" ? `images/sha256/${hex}.sif` : elsewhere };
}

function bodyOf({ collection, tag }: TestImage): string {
  return `The image of ${collection}:${tag}`;
}

function filesOf(images: readonly TestImage[]): Files {
  const files: Record<string, string> = {};
  for (const image of images) {
    const folder = `registry/${image.collection}/manifests/${image.tag}`;
    files[`${folder}/Singularity`] = "Bootstrap: docker\nFrom: busybox\n";
    files[`${folder}/README.md`] = record2(
      image.collection.startsWith("many") ? "" : LABELS,
      image.url,
    ).replaceAll(HEX, image.hex);
    if (image.lies === "in the site") files[image.url] = bodyOf(image);
  }
  return files;
}

/** One label is called like a folder of the registry. */
const LABELS = `md5: 0123456789abcdef0123456789abcdef
labels: { maintainer: lab/a, manifests: tags, purpose: lab/manifests }
`;

/** The shortest packet that is a public key's. */
const KEYS = armorPublicKeys([Buffer.from([0xc6, 1, 4])]);

const FILES: Files = {
  "registry.yml": "title: Lab\n",
  "registry/lab/tool/README.md": "---\ndescription: A tool\n---\n\n# Tool\n",
  "keys/lab.asc": KEYS,
  ...filesOf(IMAGES),
};

describe.each<RuleHost>(["cloudflare", "netlify"])("a site on %s", (name) => {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  const directory = join(folder, "_site");
  let built: BuiltSite;
  let endpoints: readonly Endpoint[];
  let host: StaticHost;

  beforeAll(async () => {
    writeFiles(folder, FILES);
    built = await buildSite({
      root: folder,
      out: directory,
      url: SITE_URL,
      host: name,
    });
    endpoints = [...registryEndpoints(built.registry, built.site)];
    host = await openSite(name, directory);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const reachable = (image: TestImage) => image.lies !== "http" || name === "netlify";

  test("has no rule that the host refuses", () => {
    expect(host.problems).toEqual([]);
    expect(host.redirectCount).toBeGreaterThan(IMAGES.length);
  });

  test("answers for every endpoint with its body and one type", async () => {
    const wrong: string[] = [];
    for (const endpoint of endpoints) {
      wrong.push(...differences(endpoint, await follow(host, `/${endpoint.path}`), directory));
    }
    expectNone(wrong);
    expect(endpoints.length).toBeGreaterThan(10 * IMAGES.length);
  });

  test("keeps every page a page", async () => {
    const wrong: string[] = [];
    for (const { path, body } of pagesOf(directory)) {
      const answer = await host.ask(path);
      if (answer.status !== 200 || mediaType(answer) !== "text/html" || answer.body !== body) {
        wrong.push(`${path}: ${answer.status} ${answer.type}`);
      }
    }
    expectNone(wrong);
  });

  test("serves every other file under its name", async () => {
    const wrong: string[] = [];
    for (const file of listFiles(directory).filter(isNamedFile)) {
      const answer = await host.ask(`/${file}`);
      if (answer.status !== 200 || answer.body !== readFileSync(join(directory, file), "utf8")) {
        wrong.push(`${file}: ${answer.status} ${answer.location}`);
      }
    }
    expectNone(wrong);
  });

  test("serves neither the rules nor hidden files", async () => {
    for (const path of ["/_headers", "/_redirects", "/.stowage-site", "/.nojekyll"]) {
      expect((await host.ask(path)).status, path).toBe(404);
    }
  });

  test("leads library:// to the image of the tag, and to no other", async () => {
    const wrong: string[] = [];
    for (const image of IMAGES) {
      for (const path of libraryPaths(image))
        wrong.push(...(await wrongImage(host, path, image, reachable(image))));
    }
    expectNone(wrong);
  });

  test("leads an OCI blob to the image with its digest, and to no other", async () => {
    const wrong: string[] = [];
    for (const image of IMAGES.filter(isOciName)) {
      const path = `/v2/${image.collection}/blobs/sha256:${image.hex}`;
      wrong.push(...(await wrongImage(host, path, image, reachable(image))));
    }
    expectNone(wrong);
  });

  test("serves an OCI manifest by tag and by digest as what it is", async () => {
    const type = "application/vnd.oci.image.manifest.v1+json";
    for (const image of IMAGES.filter(isOciName).filter(reachable)) {
      const base = `/v2/${image.collection}/manifests/`;
      const byTag = await host.ask(base + image.tag);
      const byDigest = await host.ask(`${base}sha256:${sha256(byTag.body)}`);
      expect([byTag.status, byTag.type, byDigest], base + image.tag).toEqual([200, type, byTag]);
      expect(byTag.body).toContain(`"digest":"sha256:${image.hex}"`);
    }
  });

  test("answers what 2019 asked with JSON", async () => {
    for (const { collection, tag, hex } of IMAGES) {
      const tags = await host.ask(`/${collection}/tags/`);
      const manifest = await host.ask(`/${collection}/manifests/${tag}/`);
      expect([tags.status, tags.type], collection).toEqual([200, "application/json"]);
      expect([manifest.status, manifest.type], collection).toEqual([200, "application/json"]);
      expect(JSON.parse(manifest.body)).toMatchObject({ layers: [{ digest: `sha256:${hex}` }] });
    }
  });

  test("answers 404 to tags and digests that are not there", async () => {
    const answers = await Promise.all(
      missingPaths().map(async (path) => [path, (await follow(host, path)).status]),
    );
    expect(answers.filter(([, status]) => status !== 404)).toEqual([]);
  });

  test("is previewed as it will be served", async () => {
    const preview = await openPreview(name, directory);
    const paths = new Set(
      [
        ...endpoints.map(({ path }) => `/${path}`),
        ...pagesOf(directory).map(({ path }) => path),
        ...listFiles(directory)
          .filter(isNamedFile)
          .map((file) => `/${file}`),
        ...missingPaths(),
        ...IMAGES.slice(0, 10)
          .flatMap(libraryPaths)
          .map((path) => path.replace(":", "%3A")),
        "/lab",
        "/lab/tool/tags",
        "/lab/tool/index.html",
        "/lab/tool/manifests/1.0",
        "/_headers",
      ].filter((path) => !/many[1-9]/.test(path)),
    );
    const different: string[] = [];
    for (const path of paths) {
      const [real, ours] = [summary(await host.ask(path)), summary(await preview.ask(path))];
      if (real !== ours) different.push(`${path}: ${real} there, ${ours} here`);
    }
    preview.close();
    expectNone(different);
  });

  test("hears a colon that is encoded", async () => {
    const wrong: string[] = [];
    for (const image of IMAGES) {
      const paths = libraryPaths(image);
      if (isOciName(image)) paths.push(`/v2/${image.collection}/blobs/sha256:${image.hex}`);
      for (const path of paths) {
        wrong.push(...(await wrongImage(host, path.replace(":", "%3A"), image, reachable(image))));
      }
    }
    expectNone(wrong);
  });
});

describe.each<RuleHost>(["cloudflare", "netlify"])("on %s", (name) => {
  test.each([
    ["a port and a query", "https://storage.example.org:8443/a.sif?version=1&name=:splat*"],
    ["encoded marks", "https://storage.example.org/a%20b%2Fc%3Ad.sif?x=%2B"],
    ["colons with letters", "https://storage.example.org/v2/:lab/tool:latest/blobs/sha256:deadbeef"],
    ["slashes in a row", "https://storage.example.org/bucket//a.sif"],
    ["letters beyond ASCII", "https://storage.example.org/größe.sif"],
    ["a fragment", "https://storage.example.org/a.sif#part"],
    ["no path", "https://storage.example.org"],
    ["an equals sign in its path", "https://storage.example.org/version=1/a.sif"],
    ["a thousand characters", `https://storage.example.org/${"a".repeat(960)}.sif`],
  ])("leads to an address with %s", async (_what, url) => {
    const { host, findings } = await siteWithImageAt(url, name);
    const { status, location } = await follow(host, LIBRARY_PATH);
    expect([...host.problems, ...findings]).toEqual([]);
    expect([status, location && new URL(location).href]).toEqual([302, new URL(url).href]);
  });
});

test.each([
  ["would lose a slash", "https://storage.example.org//bucket/a.sif"],
  ["is too long", `https://storage.example.org/${"a".repeat(1990)}.sif`],
])("an address that %s on Cloudflare is not offered there", async (_what, url) => {
  const { host } = await siteWithImageAt(url, "cloudflare");
  expect(host.problems).toEqual([]);
  expect((await follow(host, LIBRARY_PATH)).status).toBe(404);
  expect((await host.ask(LIBRARY_PATH.replace("imagefile", "images"))).status).toBe(404);
});

const LIBRARY_PATH = "/v1/imagefile/lab/tool:latest";

/** A site with one image. */
async function siteWithImageAt(
  url: string,
  name: RuleHost,
): Promise<{ host: StaticHost; findings: BuiltSite["findings"] }> {
  const root = temporaryFolder();
  const directory = join(root, "_site");
  writeFiles(root, filesOf([{ ...imageOf("lab/tool", "latest", "https"), url }]));
  const { findings } = await buildSite({ root, out: directory, url: SITE_URL, host: name });
  return { host: await openSite(name, directory), findings };
}

test("Netlify takes namespaces that differ in case for one, and meets one rule", async () => {
  const folder = temporaryFolder();
  const rules = headersText(hostProfile("netlify"), "/", ["Lab", "lab", "LAB"]);
  writeFiles(folder, { _headers: rules, "404.html": "", "lab/tool/tags/index.html": "{}" });
  const host = await netlifyHost(folder);
  expect(await host.ask("/lab/tool/tags/")).toMatchObject({ status: 200, type: "application/json" });
});

test("a site with more redirects than Cloudflare obeys says so", async () => {
  const root = temporaryFolder();
  const directory = join(root, "_site");
  writeFiles(root, { "registry.yml": "protocols: { shub: false, sregistry: false, labels: false }\n" });
  const names = Array.from({ length: 70 }, (_, index) => `many/tool${index}`);
  writeFiles(
    root,
    filesOf(names.flatMap((each) => TAGS.slice(0, 6).map((tag) => imageOf(each, tag, "https")))),
  );
  const { findings } = await buildSite({
    root,
    out: directory,
    url: SITE_URL,
    host: "cloudflare",
  });
  const { problems, redirectCount } = cloudflareHost(directory);
  expect([problems.length, redirectCount]).toEqual([30, 2004]);
  expect(findings.map(({ code }) => code)).toEqual(["site-redirects"]);
});

/** Shows the first of many: one wrong rule is wrong for a thousand paths. */
function expectNone(wrong: readonly string[]): void {
  expect(wrong.slice(0, 10), `${wrong.length} in all`).toEqual([]);
}

async function openSite(name: RuleHost, directory: string): Promise<StaticHost> {
  return name === "cloudflare" ? cloudflareHost(directory) : await netlifyHost(directory);
}

/** A client follows the way to an image; on a host where a colon is a mark there is one step more. */
async function follow(host: StaticHost, path: string): Promise<HostAnswer> {
  const answer = await host.ask(path);
  return answer.location?.startsWith("/") ? await host.ask(answer.location) : answer;
}

/** What is wrong with the answer for an endpoint. */
function differences(endpoint: Endpoint, answer: HostAnswer, directory: string): string[] {
  const { path } = endpoint;
  if ("redirectTo" in endpoint) {
    const isRight = answer.status === 302 && answer.location === endpoint.redirectTo;
    return isRight ? [] : [`${path}: ${answer.status} ${answer.location}`];
  }
  const body =
    "image" in endpoint ? readFileSync(join(directory, endpoint.image), "utf8") : String(endpoint.body);
  const expected = [200, typeOf(endpoint), body];
  const got = [answer.status, mediaType(answer), answer.body];
  return JSON.stringify(got) === JSON.stringify(expected)
    ? []
    : [`${path}: ${got[0]} ${got[1]}, not ${expected[1]}`];
}

/** Blobs are bytes whatever they hold, and every host calls a file .json by the general name. */
function typeOf(endpoint: Endpoint): string {
  if ("image" in endpoint || !("mediaType" in endpoint) || endpoint.path.includes("/blobs/")) {
    return "application/octet-stream";
  }
  return endpoint.path.endsWith(".json") ? "application/json" : endpoint.mediaType;
}

/** Without parameters; the values of two rules stay two. */
function mediaType({ type }: HostAnswer): string | undefined {
  return type?.replace(/; charset=utf-8$/, "");
}

/** As `apptainer pull library://` asks: by tag and by hash, and with the collection that search prints. */
function libraryPaths({ collection, tag, hex }: TestImage): string[] {
  const parts = collection.split("/");
  if (parts.length > 3) return [];
  const names = parts.length === 2 ? [collection, parts.join("/default/")] : [collection];
  return names.flatMap((name) => [tag, `sha256.${hex}`].map((word) => `/v1/imagefile/${name}:${word}`));
}

function isOciName({ collection, tag }: TestImage): boolean {
  return collection === collection.toLowerCase() && !`${collection}${tag}`.includes("+");
}

async function wrongImage(
  host: StaticHost,
  path: string,
  image: TestImage,
  isReachable: boolean,
): Promise<string[]> {
  const { status, location, body, type } = await follow(host, path);
  const got = [status, location ?? (status === 200 ? `${type} ${body}` : "")].join(" ");
  const there =
    image.lies === "in the site" ? `200 application/octet-stream ${bodyOf(image)}` : `302 ${image.url}`;
  const expected = isReachable ? there : "404 ";
  return got === expected ? [] : [`${path}: ${got}, not ${expected}`];
}

/** Tags that others begin with, or that begin with others, and digests that differ in one digit. */
function missingPaths(): string[] {
  const tags = ["l", "late", "Latest", "latest-", "latest-22", "1", "1x0", "1.0-cuda", "splat", ":tag"];
  return COLLECTIONS.map(([name]) => name).flatMap((name) => [
    ...tags.flatMap((tag) => [
      `/v1/imagefile/${name}:${tag}`,
      `/v1/images/${name}:${tag}`,
      `/v2/${name}/manifests/${tag}`,
      `/${name}/manifests/${tag}/`,
    ]),
    `/v1/imagefile/${name}`,
    `/v1/imagefile/${name}-2:latest`,
    `/v2/${name}/blobs/sha256:${"d".repeat(64)}`,
    `/v2/${name}/blobs/sha256:${"4".repeat(64)}`,
    `/v2/${name}/manifests/sha256:${"d".repeat(64)}`,
  ]);
}

interface SitePage {
  readonly path: string;
  readonly body: string;
}

/** A folder's JSON is called index.html, too, on these hosts. */
function pagesOf(directory: string): SitePage[] {
  return listFiles(directory)
    .filter((file) => file.endsWith("index.html"))
    .map((file) => ({
      path: `/${file.slice(0, -"index.html".length)}`,
      body: readFileSync(join(directory, file), "utf8"),
    }))
    .filter(({ body }) => body.startsWith("<!doctype html>"));
}

function isNamedFile(file: string): boolean {
  return !file.endsWith(".html") && !file.startsWith(".") && file !== "_headers" && file !== "_redirects";
}

function sha256(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

/** What a client sees of an answer; hosts call the page for what is missing what they like. */
function summary(answer: HostAnswer): string {
  const { status, location } = answer;
  if (status === 200) return `200 ${mediaType(answer)}`;
  return location === undefined ? String(status) : `${status} to ${location}`;
}

interface Preview extends Pick<StaticHost, "ask"> {
  close(): void;
}

/** Our own server for the same site. */
async function openPreview(name: RuleHost, directory: string): Promise<Preview> {
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
