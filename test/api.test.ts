import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { buildSite } from "../src/index.ts";
import { SCHEMA_NAMES } from "../src/registry/schema.ts";
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
  "registry/vanessa/fortune/manifests/1.9/README.md": record2("labels:\n  a: b\n"),
  "registry/vanessa/fortune/manifests/1.10/README.md": record2("", `images/sha256/${HEX}.sif`),
  "registry/vanessa/fortune/manifests/dev/Singularity": DEFINITION,
  [`images/sha256/${HEX}.sif`]: Buffer.alloc(1_048_576),
  "registry/lab/deep/er/tool/manifests/1.0/README.md": record2(),
  "registry/lab/empty/manifests/README.md": "---\nlayout: tags\n---\n",
  "registry/lab/secret/README.md": "---\nvisibility: private\ndescription: Hush\n---\n",
  "registry/lab/secret/manifests/1.0/README.md": record2("", "https://hush.example.org/secret.sif"),
};

async function build(files: Files, url?: string): Promise<string> {
  const root = registryOf(files);
  const out = join(root, "_site");
  await buildSite({ root, out, ...(url !== undefined && { url }) });
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
  test("is valid by its published schema, under a base path and at a root", async () => {
    const example = temporaryFolder();
    for (const name of ["registry", "images", "registry.yml"]) {
      cpSync(join(PROJECT, name), join(example, name), { recursive: true });
    }
    await buildSite({ root: example, out: join(example, "_site") });
    const sites = [await build(FILES), await build(FILES, "https://a.org/b/"), join(example, "_site")];
    for (const site of sites) validateSite(site);
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

/** Which schema a served file must meet. */
function schemaOf(path: string): string | undefined {
  if (path === "api/v1/index.json") return "api-index.json";
  if (path === "api/v1/collections.json") return "api-collections.json";
  if (path.startsWith("api/v1/collections/")) return "api-collection.json";
  if (path.startsWith("schema/")) return undefined;
  if (path.endsWith("/tags/index.json")) return "tags.json";
  if (/\/manifests\/[^/]+\/index\.json$/.test(path)) return "manifest.json";
  throw new Error(`${path} has no schema`);
}

function validateSite(site: string): void {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  ajvFormats.default(ajv, ["date-time"]);
  for (const name of SCHEMA_NAMES) ajv.addSchema(readJson(site, "schema", `${name}.json`) as object);
  const seen = new Set<string>();
  for (const path of listFiles(site).filter((file) => file.endsWith(".json"))) {
    const schema = schemaOf(path);
    if (schema === undefined) continue;
    ajv.validate(schema, readJson(site, path));
    expect({ path, errors: ajv.errors }).toEqual({ path, errors: null });
    seen.add(schema);
  }
  expect(seen.size).toBe(5);
}

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
    expect(readFileSync(join(second, path))).toEqual(readFileSync(join(first, path)));
  }
});

test("a folder holds a page or JSON, never both", async () => {
  const files = listFiles(await build(FILES));
  const folders = files
    .filter((file) => file.endsWith("index.json"))
    .map((file) => file.replace(/json$/, "html"));
  expect(files.filter((file) => folders.includes(file))).toEqual([]);
});
