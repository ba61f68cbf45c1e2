import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { IMAGE, buildFiles, recordOf, storedTag, testImage } from "./support/protocols.ts";
import { DEFINITION, RECORD_2019, record2 } from "./support/registry.ts";

const MD5 = "a".repeat(32);
const SHA1 = "b".repeat(40);
const OTHER = testImage("another image");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("library://", () => {
  test("answers to ns/name:tag and to ns/default/name:tag, and to both with a hash", async () => {
    const { json, read, paths } = await buildFiles(storedTag("lab/tool:1.0"));
    const hash = `sha256.${IMAGE.sha256}`;
    const names = ["lab/tool:1.0", `lab/tool:${hash}`, "lab/default/tool:1.0", `lab/default/tool:${hash}`];
    for (const name of names) {
      expect(json(`v1/images/${name}`)).toEqual({
        data: {
          hash,
          size: IMAGE.bytes.length,
          architecture: "amd64",
          createdAt: "2026-11-20T12:00:00Z",
          uploaded: true,
        },
      });
      expect(read(`v1/imagefile/${name}`)).toBe("an image");
    }
    expect(paths.filter((path) => path.startsWith("v1/image"))).toHaveLength(2 * names.length);
    expect(paths).not.toContain("v1/oci-redirect");
  });

  test("leaves ns/default/name to the collection of that name", async () => {
    const files = { ...storedTag("lab/tool:1.0"), ...storedTag("lab/default/tool:1.0", OTHER) };
    const { read } = await buildFiles(files);
    expect(read("v1/imagefile/lab/tool:1.0")).toBe("an image");
    expect(read("v1/imagefile/lab/default/tool:1.0")).toBe("another image");
  });

  test("serves nested names of three parts as they are, and no longer ones", async () => {
    const { paths } = await buildFiles({ ...storedTag("a/b/c:1.0"), ...storedTag("a/b/c/d:1.0") });
    expect(paths).toContain("v1/images/a/b/c:1.0");
    expect(paths.filter((path) => path.startsWith("v1/images/"))).toHaveLength(2);
  });

  test("finds every image with all its tags, in the library's words", async () => {
    const { json } = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      ...storedTag("lab/tool:latest"),
      ...storedTag("lab/tool:0.9", OTHER),
      ...storedTag("a/b/c:1.0"),
      "registry/lab/tool/README.md": "---\ndescription: A tool\n---\n",
      "registry/lab/tool/manifests/dev/Singularity": DEFINITION,
    });
    const image = (names: string[], { sha256: hex }: typeof IMAGE, tags: string[], description = "") => ({
      hash: `sha256.${hex}`,
      entityName: names[0],
      collectionName: names[1],
      containerName: names[2],
      tags,
      description,
    });
    expect(json("v1/search")).toEqual({
      data: {
        entity: [],
        collection: [],
        container: [],
        image: [
          image(["a", "b", "c"], IMAGE, ["1.0"]),
          image(["lab", "default", "tool"], OTHER, ["0.9"], "A tool"),
          image(["lab", "default", "tool"], IMAGE, ["1.0", "latest"], "A tool"),
        ],
      },
    });
  });

  test("says where it is", async () => {
    const { json } = await buildFiles(storedTag("lab/tool:1.0"), { url: "https://lab.org/r" });
    const service = { uri: "https://lab.org/r/" };
    expect(json("assets/config/config.prod.json")).toEqual({ libraryAPI: service, keystoreAPI: service });
    expect(json("version")).toEqual({ data: { version: "v1.0.0", apiVersion: "2.0.0-alpha.2" } });
  });

  test("leaves out an image without a sha256, and the size where it is not known", async () => {
    const { json, paths } = await buildFiles(
      {
        "registry/lab/md5/manifests/1.0/README.md": RECORD_2019.replaceAll(/sha256:\w+/g, `md5:${MD5}`),
        "registry/lab/old/manifests/1.0/README.md": RECORD_2019,
      },
      { host: "netlify" },
    );
    expect(paths.filter((path) => path.startsWith("v1/images/lab/md5"))).toEqual([]);
    expect(json("v1/images/lab/old:1.0")).toEqual({
      data: { hash: expect.stringMatching(/^sha256\.[0-9a-f]{64}$/), uploaded: true },
    });
  });
});

describe("OCI distribution", () => {
  test("is a manifest with one layer, whose bytes answer by tag and by their own digest", async () => {
    const { json, read, paths } = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      ...storedTag("lab/tool:latest"),
    });
    expect(json("v2/lab/tool/manifests/1.0")).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {
        mediaType: "application/vnd.sylabs.sif.config.v1+json",
        digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        size: 2,
        data: "e30=",
      },
      layers: [
        {
          mediaType: "application/vnd.sylabs.sif.layer.v1.sif",
          digest: `sha256:${IMAGE.sha256}`,
          size: IMAGE.bytes.length,
          annotations: { "org.opencontainers.image.title": "tool_1.0.sif" },
        },
      ],
    });
    const manifests = paths.filter((path) => path.startsWith("v2/lab/tool/manifests/"));
    expect(manifests).toHaveLength(4);
    for (const tag of ["1.0", "latest"]) {
      const body = read(`v2/lab/tool/manifests/${tag}`);
      expect(read(`v2/lab/tool/manifests/sha256:${sha256(body)}`)).toBe(body);
    }
  });

  test("has every blob that a manifest names, of the size and digest that it says", async () => {
    const { json, read, paths } = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      ...storedTag("a/b/c:1.0", OTHER),
    });
    const names = paths.flatMap((path) => /^v2\/(.+)\/manifests\/[^:]+$/.exec(path)?.[1] ?? []);
    expect(names).toEqual(["a/b/c", "lab/tool"]);
    for (const name of names) {
      const { config, layers } = json(`v2/${name}/manifests/1.0`) as {
        config: { digest: string; size: number };
        layers: { digest: string; size: number }[];
      };
      for (const { digest, size } of [config, ...layers]) {
        const blob = read(`v2/${name}/blobs/${digest}`);
        expect([`sha256:${sha256(blob)}`, blob.length]).toEqual([digest, size]);
      }
    }
  });

  test("lists what it can serve, and nothing else", async () => {
    const { json, paths } = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      ...storedTag("lab/tool:1.0+cuda"),
      ...storedTag("lab/tool:Dev"),
      ...storedTag("lab/ncbi-blast+:1.0"),
      ...storedTag("Lab/Tool:1.0"),
      "registry/lab/old/manifests/1.0/README.md": RECORD_2019,
      "registry/lab/elsewhere/manifests/1.0/README.md": record2(),
      "registry/lab/gone/manifests/1.0/README.md": recordOf(testImage("gone")),
    });
    expect(json("v2/index.json")).toEqual({});
    expect(json("v2/_catalog")).toEqual({ repositories: ["lab/tool"] });
    expect(json("v2/lab/tool/tags/list")).toEqual({ name: "lab/tool", tags: ["1.0", "Dev"] });
    expect(paths.filter((path) => /^v2\/(?!lab\/tool\/|index|_cat)/.test(path))).toEqual([]);
  });
});

const PATHS = {
  shub: /(?:^|\/)api\/container\/(?!search\/)/,
  sregistry: /^api\/(?:collections?|container\/search)\//,
  labels: /^api\/labels\//,
  library: /^(?:v1\/|version$|assets\/config\/)/,
  oci: /^v2\//,
  keys: /^pks\//,
};

describe("a protocol that is switched off", () => {
  const more = `md5: ${MD5}\nsha1: ${SHA1}\nlabels: { a: b }\n`;
  const files = { ...storedTag("lab/deep/Tool:1.0", IMAGE, more), ...storedTag("lab/tool:1.0", IMAGE, more) };

  test.each(Object.keys(PATHS) as (keyof typeof PATHS)[])(
    "%s has no path, and the others have theirs",
    async (off) => {
      const { paths } = await buildFiles({ ...files, "registry.yml": `protocols: { ${off}: false }\n` });
      for (const [protocol, pattern] of Object.entries(PATHS)) {
        const isThere = paths.some((path) => pattern.test(path));
        expect([protocol, isThere]).toEqual([protocol, protocol !== off && protocol !== "keys"]);
      }
    },
  );

  test("leaves the site's own paths when all are", async () => {
    const all = Object.keys(PATHS).map((protocol) => `${protocol}: false`);
    const { paths } = await buildFiles({ ...files, "registry.yml": `protocols: { ${all.join(", ")} }\n` });
    const left = paths.filter((path) => Object.values(PATHS).some((pattern) => pattern.test(path)));
    expect(left).toEqual([]);
    expect(paths).toContain("lab/tool/manifests/1.0/index.json");
    expect(paths).toContain(IMAGE.path);
  });
});
