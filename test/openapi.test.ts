import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siteAddress } from "../src/address.ts";
import { registryEndpoints } from "../src/endpoints/index.ts";
import type { Operation } from "../src/endpoints/operation.ts";
import { OPERATION_GROUPS } from "../src/endpoints/operations.ts";
import { sitemapEndpoints } from "../src/endpoints/sitemap.ts";
import { buildSite, scanRegistry } from "../src/index.ts";
import { siteOf } from "../src/protocols/site.ts";
import type { CollectionName } from "../src/registry/reference.ts";
import { publicRegistry } from "../src/registry/scan.ts";
import { servedFiles } from "./support/served-registry.ts";
import { DEFINITION, listFiles, readJson, registryOf, writeFiles } from "./support/registry.ts";

const URL = "https://a.org/";
const RECIPE = "registry/lab/tool/manifests/1/Singularity";
const OPERATIONS = OPERATION_GROUPS.flatMap(({ operations }) => operations);

/** A site with everything that a site can have. */
let site: string;
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stowage-test-"));
  writeFiles(root, {
    ...servedFiles("https://storage.example.org"),
    "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
    "registry.yml": "title: A lab's <images>\ndescription: What we run\n",
  });
  site = join(root, "_site");
  await buildSite({ root, out: site, url: URL, host: "server" });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The paths that an operation means: names may have any characters but slashes, collections and references any at all. */
function patternOf({ path }: Operation): RegExp {
  const parts = path.split(/(\{\w+\})/).map((part) => {
    if (!part.startsWith("{")) return part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
    return ["{collection}", "{namespace}", "{reference}", "{query}", "{word}", "{piece}"].includes(part)
      ? ".+"
      : "[^/]+";
  });
  return new RegExp(`^${parts.join("")}$`);
}

/** How many characters of a path stand in no braces: what says most of itself is meant first. */
function exactness({ path }: Operation): number {
  return path.replaceAll(/\{\w+\}/g, "").length;
}

function operationOf(path: string): Operation | undefined {
  return OPERATIONS.filter((operation) => patternOf(operation).test(`/${path}`))
    .sort((a, b) => exactness(b) - exactness(a))
    .at(0);
}

describe("openapi.json", () => {
  test("is a valid description of OpenAPI 3.1", async () => {
    // The validator reads no other files, and the next test looks at what is named.
    const document = JSON.parse(readFileSync(join(site, "openapi.json"), "utf8"), (key, value: unknown) =>
      key === "schema" ? {} : value,
    ) as Parameters<Validator["validate"]>[0];
    const result = await new Validator().validate(document);
    expect(result).toEqual({ valid: true });
  });

  test("names schemas that are served", () => {
    const text = readFileSync(join(site, "openapi.json"), "utf8");
    const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, path]) => path);
    expect(references.length).toBeGreaterThan(15);
    for (const path of references) expect(listFiles(site)).toContain(path);
  });

  test("describes every endpoint with its media type", () => {
    const registry = publicRegistry(scanRegistry({ root }));
    let count = 0;
    for (const endpoint of registryEndpoints(registry, siteOf(registry, { url: URL, host: "server" }))) {
      const operation = operationOf(endpoint.path);
      expect({ path: endpoint.path, isDescribed: operation !== undefined }).toEqual({
        path: endpoint.path,
        isDescribed: true,
      });
      const { mediaType = "application/json" } = operation ?? {};
      const isBlob = operation?.path.startsWith("/v2/{collection}/blobs/");
      if ("mediaType" in endpoint && !isBlob)
        expect([endpoint.path, endpoint.mediaType]).toEqual([endpoint.path, mediaType]);
      count++;
    }
    expect(count).toBeGreaterThan(100);
  });

  test("describes what the site offers, and nothing else", async () => {
    const out = join(root, "_plain");
    await buildSite({
      root: registryOf({ "registry.yml": "protocols: { shub: false }\n", [RECIPE]: DEFINITION }),
      out,
    });
    const { paths, servers } = readJson(out, "openapi.json") as { paths: object; servers: unknown };
    expect(servers).toEqual([{ url: "/" }]);
    for (const path of ["/health/badge.svg", "/robots.txt", "/sitemap.xml", "/api/container/{reference}"])
      expect(paths).not.toHaveProperty([path]);
    expect(paths).toHaveProperty(["/{collection}/manifests/{tag}/"]);
    expect(paths).toHaveProperty(["/v2/_catalog"]);
  });
});

test("the page of the API names every operation, and links to those that answer", () => {
  const html = readFileSync(join(site, "api/index.html"), "utf8");
  const { paths } = readJson(site, "openapi.json") as { paths: object };
  for (const path of Object.keys(paths)) expect(html).toContain(`<code>${path}</code>`);
  const links = [...html.matchAll(/<a href="([^"]+)"><code>/g)].map(([, path = ""]) => path.slice(1));
  expect(links.length).toBeGreaterThan(12);
  for (const path of links) expect(listFiles(site)).toContain(path.replace(/(?:^|\/)$/, "$&index.json"));
});

describe("the sitemap", () => {
  test("has the page of every public collection and namespace by its whole address", () => {
    const text = readFileSync(join(site, "sitemap.xml"), "utf8");
    const pages = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url = ""]) => url);
    expect(pages).toContain(URL);
    expect(pages).toContain(`${URL}Lab/ncbi-blast+/`);
    for (const url of pages)
      expect(listFiles(site)).toContain(`${decodeURI(url).slice(URL.length)}index.html`);
    expect(text).not.toContain("secret");
    expect(readFileSync(join(site, "robots.txt"), "utf8")).toContain(`Sitemap: ${URL}sitemap.xml\n`);
  });

  test("is not there where the site's address is not known", async () => {
    const out = join(root, "_nowhere");
    await buildSite({ root: registryOf({ [RECIPE]: DEFINITION }), out });
    expect(listFiles(out)).not.toContain("sitemap.xml");
    expect(listFiles(out)).not.toContain("robots.txt");
  });

  test("of more than 50,000 pages has parts", () => {
    const collections = Array.from({ length: 50_001 }, (_, index) => ({
      name: `lab/tool${index}` as CollectionName,
    }));
    const registry = { collections } as unknown as Parameters<typeof sitemapEndpoints>[0];
    const [, first, second, index] = [...sitemapEndpoints(registry, siteAddress(URL))].map((endpoint) =>
      "body" in endpoint ? { path: endpoint.path, text: String(endpoint.body) } : undefined,
    );
    expect(first?.text.match(/<loc>/g)).toHaveLength(50_000);
    expect(second?.text.match(/<loc>/g)).toHaveLength(3);
    expect(index?.path).toBe("sitemap.xml");
    expect(index?.text).toContain(`<sitemap><loc>${URL}${second?.path}</loc></sitemap>`);
  });
});

test("SHA256SUMS verifies images that were pulled under their usual names", () => {
  const sums = readFileSync(join(site, "SHA256SUMS"), "utf8");
  const copies = join(root, "copies");
  const { tags } = readJson(site, "api/v1/collections/vanessa/greeting.json") as {
    tags: { name: string; digest: string }[];
  };
  for (const { name, digest } of tags) {
    const copy = join(copies, "vanessa", `greeting_${name}.sif`);
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(join(site, "images/sha256", `${digest.slice("sha256:".length)}.sif`), copy);
  }
  const check = ["--ignore-missing", "--strict", "-c", join(site, "SHA256SUMS")];
  const output = execFileSync("sha256sum", check, { cwd: copies, encoding: "utf8" });
  expect(output.match(/: OK$/gm)).toHaveLength(tags.length);
  expect(sums).not.toContain("secret");
});
