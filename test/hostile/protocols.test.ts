import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { HOST_NAMES, hostProfile } from "../../src/host.ts";
import { buildSite } from "../../src/index.ts";
import {
  IMAGE,
  buildFiles,
  expectNothingOutside,
  recordOf,
  storedTag,
  testImage,
} from "../support/protocols.ts";
import { type Files, listFiles, registryOf } from "../support/registry.ts";

const HASH_TAG = `lab/tool:sha256.${IMAGE.sha256}`;
const EMPTY_BLOB = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/** Names that stand where protocols have their own paths. */
const COLLIDING: Readonly<Record<string, readonly string[]>> = {
  "folders of protocols": [
    "a/api:1",
    "a/api/container:1",
    "a/api/container/b:1",
    "a/api/container/b/c:1",
    "a/b/c:1",
    "a/container/b:1",
  ],
  "versions of protocols": [
    "a/v1:1",
    "a/v2:1",
    "v1-like/images:1",
    "v1.json/x:1",
    "v3/images:v2",
    "a/pks/lookup:1",
  ],
  "parts of OCI paths": [
    "lab/tool:1",
    "lab/tool/blobs:1",
    "lab/tool/blobs/uploads:1",
    "lab/tool/list:1",
    "lab/_x:_catalog",
  ],
  "default collections": [
    "lab/default:1",
    "lab/tool:1",
    "lab/default/tool:1",
    "lab/default/default:1",
    "lab/default/default/x:1",
  ],
  "words of searches": [
    "collection/name:tag",
    "name/collection/tag:1",
    "name/tag:tag",
    "a/name/b:1",
    "a/name/b/tag/c:1",
    "a/key:value",
  ],
  "names that differ by case": [
    "Lab/tool:1",
    "lab/Tool:1",
    "LAB/TOOL:1",
    "lab/tool:A",
    "lab/tool:a",
    "a/Api/Container/b:1",
    "A/api/container/B:1",
  ],
  "names that end as files do": [
    "lab/index.json.x:1",
    "lab/search:index",
    "lab/_headers.x:1",
    "lab/x.sif:list",
  ],
};

/** Index files and colons are what hosts differ in, as far as names of files go. */
const DIFFERENT_HOSTS = ["pages", "netlify", "cloudflare"] as const;

describe("names that stand where protocols have their paths", () => {
  test.each(Object.entries(COLLIDING))("such as %s are all served, on every host", async (_, references) => {
    // Some are no names of ours at all; they take nothing of the others with them.
    const valid = references.filter((reference) => !/\/_|\.json\//.test(reference));
    const files: Files = Object.assign(
      {},
      ...references.map((reference) => storedTag(reference, testImage(reference))),
    ) as Files;
    for (const host of DIFFERENT_HOSTS) {
      const site = await buildFiles(files, { host });
      for (const reference of valid) {
        const { sha256 } = testImage(reference);
        const body = site.json(`api/container/${reference}`);
        expect([reference, (body as { commit: string }).commit]).toEqual([reference, sha256]);
        const [name = "", tag = ""] = reference.split(":");
        expect(site.paths).toContain(`${name}/tags/${tag}/index.html`);
      }
      expectNothingOutside(site);
    }
  });

  test("such as a tag that is the hash of an image in its collection does not break the site", async () => {
    const site = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      ...storedTag(HASH_TAG, testImage("other")),
    });
    expect(site.paths).toContain("lab/tool/tags/1.0/index.html");
    expect(site.paths).toContain(`v1/images/${HASH_TAG}`);
  });

  test("such as a collection that is called as a blob beside it does not break the site, on any host", async () => {
    const files = { ...storedTag("lab/tool:1.0"), ...storedTag(`lab/tool/blobs/${EMPTY_BLOB}:1.0`) };
    for (const host of DIFFERENT_HOSTS) {
      const site = await buildFiles(files, { host });
      expect([host, site.paths.includes("lab/tool/tags/1.0/index.html")]).toEqual([host, true]);
    }
  });

  test("such as an asset of the registry's own where library:// has its file does not break the site", async () => {
    const asset = { "templates/assets/config/config.prod.json": "{}" };
    const site = await buildFiles({ ...storedTag("lab/tool:1.0"), ...asset });
    expect(site.paths).toContain("lab/tool/tags/1.0/index.html");
  });
});

describe("a private collection", () => {
  const SECRET = testImage("the secret image");
  const FILES: Files = {
    ...storedTag("lab/tool:1.0", IMAGE, "labels: { shared: open }\n"),
    "registry/lab/hush/README.md": "---\nvisibility: private\ndescription: hushed words\n---\n",
    "registry/lab/hush/manifests/9.9/README.md": recordOf(SECRET, {
      more: `md5: ${"e".repeat(32)}\nsha1: ${"f".repeat(40)}\nlabels: { shared: hushlabel, hushkey: open }\n`,
    }),
    [SECRET.path]: SECRET.bytes,
    "registry/Lab/Hush/README.md": "---\nvisibility: private\n---\n",
    "registry/Lab/Hush/manifests/9.9/README.md": recordOf(testImage("a second secret image"), {
      url: "https://hush.example.org/x.sif",
    }),
    "registry.yml": "protocols: { shub: true, sregistry: true, labels: true, library: true }\n",
  };

  test.each(HOST_NAMES)("is in no byte of any protocol's files on %s, and in no name", async (host) => {
    for (const url of ["https://lab.org/", "https://lab.org/r/"]) {
      const site = await buildFiles(FILES, { host, url });
      const forbidden = [/hush/i, /9\.9/, /secret/, new RegExp(SECRET.sha256), /e{32}|f{40}/];
      for (const path of site.paths) {
        const text = `${path}\n${readFileSync(join(site.out, path), "latin1")}`;
        for (const pattern of forbidden) expect({ path, found: pattern.exec(text)?.[0] }).toEqual({ path });
      }
      expect(site.json(`api/labels/search/shared/key/${hostProfile(host).jsonIndex}`)).toHaveLength(1);
    }
  });
});

test("a site with everything hostile at once overwrites nothing, and leaves the registry as it was", async () => {
  const references = Object.values(COLLIDING).flat();
  const files: Files = Object.assign(
    {},
    ...references.map((reference) =>
      storedTag(reference, testImage(reference), `labels: ${JSON.stringify({ [reference]: reference })}\n`),
    ),
  ) as Files;
  const root = registryOf(files);
  const before = listFiles(root);
  const out = join(root, "_site");
  for (const host of DIFFERENT_HOSTS) await buildSite({ root, out, url: "https://lab.org/", host });
  expect(listFiles(root).filter((path) => !path.startsWith("_site/"))).toEqual(before);
  for (const [path, content] of Object.entries(files)) {
    expect(readFileSync(join(root, path)).equals(Buffer.from(content))).toBe(true);
  }
  expect(readdirSync(dirname(out)).filter((name) => name.startsWith("._site"))).toEqual([]);
});
