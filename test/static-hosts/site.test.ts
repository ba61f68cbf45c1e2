import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/endpoints/endpoint.ts";
import { registryEndpoints } from "../../src/endpoints/index.ts";
import { type BuiltSite, buildSite } from "../../src/index.ts";
import { listFiles, writeFiles } from "../support/registry.ts";
import {
  type HostAnswer,
  type RuleHost,
  type StaticHost,
  follow,
  openPreview,
  openSite,
} from "../support/static-hosts.ts";
import {
  FILES,
  IMAGES,
  SITE_URL,
  type TestImage,
  bodyOf,
  isOciName,
  libraryPaths,
  missingPaths,
  pagesOf,
} from "../support/static-site.ts";

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

/** Shows the first of many: one wrong rule is wrong for a thousand paths. */
function expectNone(wrong: readonly string[]): void {
  expect(wrong.slice(0, 10), `${wrong.length} in all`).toEqual([]);
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
