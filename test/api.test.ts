import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { HOST_NAMES, type HostName } from "../src/host.ts";
import { buildSite } from "../src/index.ts";
import { SCHEMA_NAMES, type SchemaName } from "../src/registry/schema.ts";
import { PROJECT } from "./support/cli.ts";
import {
  DEFINITION,
  HEX,
  RECORD_2019,
  type Files,
  listFiles,
  readJson,
  record2,
  registryOf,
  temporaryFolder,
} from "./support/registry.ts";

const FILES: Files = {
  "registry.yml": "title: Lab\ndescription: Images of the lab\n",
  "registry/vanessa/fortune/README.md":
    "---\ndescription: Says things\ntopics: [fun]\nowners: [vanessa]\nlicense: MIT\n---\nHello\n",
  "registry/vanessa/fortune/manifests/latest/Singularity": DEFINITION,
  "registry/vanessa/fortune/manifests/latest/README.md": RECORD_2019,
  "registry/vanessa/fortune/manifests/1.9/README.md": record2(`labels:\n  a: b\nmd5: ${"a".repeat(32)}\n`),
  "registry/vanessa/fortune/manifests/1.10/README.md": record2("", `images/sha256/${HEX}.sif`),
  "registry/vanessa/fortune/manifests/dev/Singularity": DEFINITION,
  [`images/sha256/${HEX}.sif`]: Buffer.alloc(1_048_576),
  "registry/lab/deep/er/tool/manifests/1.0/README.md": record2(),
  "registry/lab/empty/manifests/README.md": "---\nlayout: tags\n---\n",
  "registry/lab/secret/README.md": "---\nvisibility: private\ndescription: Hush\n---\n",
  "registry/lab/secret/manifests/1.0/README.md": record2("", "https://hush.example.org/secret.sif"),
  "health.json": JSON.stringify({
    schema: 1,
    checked: "2026-11-20T12:00:00Z",
    images: [
      {
        url: "https://hush.example.org/secret.sif",
        digest: `sha256:${HEX}`,
        problem: { code: "image-unreachable", reason: "hush", since: "2026-11-19T12:00:00Z" },
      },
      {
        url: `https://storage.example.org/${HEX}.sif`,
        digest: `sha256:${HEX}`,
        verified: "2026-11-18T12:00:00Z",
        problem: { code: "image-size", reason: "it is empty", since: "2026-11-19T12:00:00Z" },
      },
    ],
  }),
};

async function build(files: Files, url?: string, host: HostName = "pages"): Promise<string> {
  const root = registryOf(files);
  const out = join(root, "_site");
  await buildSite({ root, out, host, ...(url !== undefined && { url }) });
  return out;
}

describe("tags and manifests", () => {
  test("are the bodies of 2019, in code-point order, built tags only", async () => {
    const site = await build(FILES);
    expect(readJson(site, "vanessa/fortune/tags/index.json")).toEqual({
      name: "vanessa/fortune",
      tags: ["1.10", "1.9", "latest"],
    });
    expect(readJson(site, "lab/empty/tags/index.json")).toEqual({ name: "lab/empty", tags: [] });
    expect(readJson(site, "lab/deep/er/tool/tags/index.json")).toEqual({
      name: "lab/deep/er/tool",
      tags: ["1.0"],
    });
    expect(readJson(site, "vanessa/fortune/manifests/latest/index.json")).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.singularity.distribution.manifest.v2+json",
      config: {
        mediaType: "application/vnd.singularity.container.image.v1+json",
        size: 55_056,
        digest: `sha256:${HEX}`,
      },
      layers: [
        {
          mediaType: "application/vnd.singularity.image.squashfs",
          size: 55_056,
          digest: `sha256:${HEX}`,
          urls: [`https://storage.example.org/fortune/${HEX}.sif`],
        },
      ],
    });
    expect(listFiles(site)).not.toContain("vanessa/fortune/manifests/dev/index.json");
  });

  test("serve the definition file byte for byte", async () => {
    const bytes = Buffer.from("\xef\xbb\xbfBootstrap: docker\r\nFrom: x\r\n# \xe9\r\n", "latin1");
    const site = await build({ ...FILES, "registry/vanessa/fortune/manifests/dev/Singularity": bytes });
    expect(readFileSync(join(site, "vanessa/fortune/manifests/dev/Singularity.def"))).toEqual(bytes);
  });

  test.each([
    ["https://lab.github.io/registry/", "https://lab.github.io/registry/"],
    ["https://lab.github.io/registry", "https://lab.github.io/registry/"],
    ["http://localhost:8080", "http://localhost:8080/"],
  ])("name the site's own images by its address %s", async (url, base) => {
    const site = await build(FILES, url);
    const manifest = readJson(site, "vanessa/fortune/manifests/1.10/index.json");
    expect(manifest).toMatchObject({ layers: [{ urls: [`${base}images/sha256/${HEX}.sif`] }] });
  });
});

describe("every served JSON", () => {
  test("is valid by its published schema, under a base path and at a root, on every host", async () => {
    const example = temporaryFolder();
    for (const name of ["registry", "images", "registry.yml"]) {
      cpSync(join(PROJECT, name), join(example, name), { recursive: true });
    }
    await buildSite({ root: example, out: join(example, "_site") });
    const hosts = HOST_NAMES.map((host) => build(FILES, "https://a.org/", host));
    const sites = [await build(FILES), await build(FILES, "https://a.org/b/"), join(example, "_site")];
    const seen = [...sites, ...(await Promise.all(hosts))].map(validateSite);
    expect([...new Set(seen.flat())].sort()).toEqual(SERVED_SCHEMAS);
  });

  test("never holds a literal angle bracket", async () => {
    const site = await build({
      ...FILES,
      "registry/vanessa/fortune/README.md": "---\ndescription: </script><b>\n---\n",
    });
    const text = readFileSync(join(site, "api/v1/collections.json"), "utf8");
    expect(text).not.toContain("<");
    expect(JSON.parse(text)).toMatchObject({ collections: [{}, {}, { description: "</script><b>" }] });
  });
});

/** What each served path must meet; a folder's JSON is called index.json here, whatever its host wants. */
const SCHEMAS: readonly (readonly [RegExp, SchemaName])[] = [
  [/^api\/v1\/index\.json$/, "api-index"],
  [/^api\/v1\/collections\.json$/, "api-collections"],
  [/^api\/v1\/collections\/.+\.json$/, "api-collection"],
  [/^api\/v1\/health\.json$/, "api-health"],
  [/^api\/v1\/(?:architectures|bases|labels|topics)\.json$/, "api-groups"],
  [/^api\/v1\/(?:architectures|bases|topics)\/.+\.json$/, "api-group"],
  [/^api\/v1\/labels\/.+\.json$/, "api-label"],
  [/^api\/v1\/sizes\.json$/, "api-sizes"],
  [/^api\/v1\/history\/.+\.json$/, "api-history"],
  [/^changes\/.+\.json$/, "json-feed"],
  [/^health\/badge\.json$/, "health-badge"],
  [/^badges\/.+\.json$/, "badge"],
  [/^schema\/index\.json$/, "schemas"],
  [/^api\/collections\/index\.json$/, "container-collections"],
  [/^api\/collection\/.+\/index\.json$/, "container-collection"],
  [/^api\/container\/search\/.+\/index\.json$/, "container-search"],
  [/^(?:.+\/)?api\/container\/.+[:@][^/]+$/, "container"],
  [/^api\/labels\/search\/(?:.+\/)?index\.json$/, "labels"],
  [/^v1\/images\/.+:[^/]+$/, "library-image"],
  [/^v1\/search$/, "library-search"],
  [/^version$/, "library-version"],
  [/^assets\/config\/config\.prod\.json$/, "library-config"],
  [/^v2\/index\.json$/, "oci-base"],
  [/^v2\/_catalog$/, "oci-catalog"],
  [/^v2\/.+\/tags\/list$/, "oci-tags"],
  [/^v2\/.+\/manifests\/[^/]+$/, "oci-manifest"],
  [/^(?!api|v[12]\/).+\/tags\/index\.json$/, "tags"],
  [/^(?!api|v[12]\/).+\/manifests\/[^/]+\/index\.json$/, "manifest"],
];
const SERVED_SCHEMAS = SCHEMAS.map(([, name]) => name).sort();

/** What is no JSON, or bytes that are somebody else's. */
const OTHERS =
  /^(?:\.nojekyll|\.stowage-site|_headers|_redirects|assets\/[^/]+|search\/.+\.json|changes\/.+\.xml|badges\/.+\.svg|cards\/.+\.png|health\/(?:badge\.svg|feed\.xml)|openapi\.json|robots\.txt|sitemap\.xml|SHA256SUMS|images\/.+\.sif|schema\/[a-z0-9-]+\.json|pks\/lookup|v1\/imagefile\/.+|v2\/.+\/blobs\/.+|.+\/Singularity\.def)$/;

/** Which schema a served file must meet; undefined for a page and what is no JSON of ours. */
function schemaOf(path: string, text: string): SchemaName | undefined {
  const schemas = SCHEMAS.filter(([pattern]) =>
    pattern.test(path.replace(/(?<=^|\/)index\.html$/, "index.json")),
  );
  if (path.endsWith(".html") && text.startsWith("<!doctype html>")) return undefined;
  if (schemas.length === 0 && OTHERS.test(path)) return undefined;
  const [first, second] = schemas;
  if (!first) throw new Error(`${path} has no schema`);
  if (second) throw new Error(`${path} has two schemas: ${first[1]} and ${second[1]}`);
  return first[1];
}

/** The names of the schemas that a site's files were held to. */
function validateSite(site: string): SchemaName[] {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  ajvFormats.default(ajv, ["date-time"]);
  for (const name of SCHEMA_NAMES) ajv.addSchema(readJson(site, "schema", `${name}.json`) as object);
  const seen = new Set<SchemaName>();
  for (const path of listFiles(site)) {
    const text = readFileSync(join(site, path), "utf8");
    const schema = schemaOf(path, text);
    if (schema === undefined) continue;
    ajv.validate(`${schema}.json`, JSON.parse(text));
    expect({ path, errors: ajv.errors }).toEqual({ path, errors: null });
    seen.add(schema);
  }
  return [...seen];
}

test("every schema is in the list that is served, and every file of schemas/ is one", async () => {
  const site = await build(FILES, "https://a.org/b/");
  const url = (name: string) => `https://a.org/b/schema/${name}.json`;
  expect(readJson(site, "schema/index.json")).toEqual({
    schemas: SCHEMA_NAMES.map((name) => ({ name, url: url(name) })),
  });
  const files = SCHEMA_NAMES.map((name) => `${name}.json`).sort();
  expect(listFiles(join(PROJECT, "schemas"))).toEqual(files);
  expect(listFiles(join(site, "schema"))).toEqual([...files, "index.json"].sort());
});

test("a file that no schema is written for would be noticed", () => {
  expect(() => schemaOf("api/v1/news.json", "{}")).toThrow(/news\.json/);
  expect(() => schemaOf("v3/list", "{}")).toThrow(/v3/);
  expect(() => schemaOf("lab/tool/news/index.html", "{}")).toThrow(/news/);
});

describe("Stowage's own API", () => {
  test("says what is known, in bytes, and leaves out what is not", async () => {
    const site = await build(FILES, "https://a.org/b/");
    expect(readJson(site, "api/v1/index.json")).toMatchObject({
      title: "Lab",
      description: "Images of the lab",
      url: "https://a.org/b/",
      counts: { namespaces: 3, collections: 3, tags: 5, built: 4 },
      links: { collections: "https://a.org/b/api/v1/collections.json" },
    });
    const collection = readJson(site, "api/v1/collections/vanessa/fortune.json") as {
      tags: Record<string, unknown>[];
    };
    expect(collection).toMatchObject({
      name: "vanessa/fortune",
      description: "Says things",
      topics: ["fun"],
      license: "MIT",
      updated: "2026-11-20T12:00:00Z",
    });
    const [second, first, unbuilt, legacy] = collection.tags;
    expect(first).toMatchObject({ name: "1.9", size: 1_048_576, labels: { a: "b" }, status: "built" });
    expect(second).toMatchObject({ urls: [`https://a.org/b/images/sha256/${HEX}.sif`] });
    expect(unbuilt).toMatchObject({ name: "dev", status: "to build", frozen: false });
    expect(unbuilt).not.toHaveProperty("manifest");
    expect(legacy).toMatchObject({ name: "latest", digest: `sha256:${HEX}` });
    expect(legacy).not.toHaveProperty("size");
  });

  test("and all else keeps private collections out of the site", async () => {
    const site = await build(FILES);
    for (const path of listFiles(site)) {
      expect(path).not.toContain("secret");
      expect(readFileSync(join(site, path), "latin1")).not.toMatch(/hush|lab\/secret/i);
    }
  });
});

test("the same input gives the same bytes", async () => {
  const root = registryOf(FILES);
  const first = join(root, "first");
  const second = join(root, "second");
  await buildSite({ root, out: first });
  await buildSite({ root, out: second });
  expect(listFiles(second)).toEqual(listFiles(first));
  for (const path of listFiles(first)) {
    // Comparing buffers byte by byte in the matcher takes seconds for an image.
    expect(readFileSync(join(second, path)).equals(readFileSync(join(first, path))), path).toBe(true);
  }
});

test("a folder holds a page or JSON, never both", async () => {
  const files = listFiles(await build(FILES));
  const folders = files
    .filter((file) => file.endsWith("index.json"))
    .map((file) => file.replace(/json$/, "html"));
  expect(files.filter((file) => folders.includes(file))).toEqual([]);
});
