import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openOras } from "../../src/storage/oras.ts";
import { PROJECT } from "../support/cli.ts";
import { because, newUser, whyNo } from "../support/clients.ts";
import {
  type DockerRegistry,
  LOGIN,
  breakOff,
  frontOf,
  startRegistry,
  whyNoRegistry,
} from "../support/docker-registry.ts";
import { imageAt, newImage, put } from "../support/stored-images.ts";
import { storageContract } from "./contract.ts";

const IMAGES = join(PROJECT, "images/sha256");
const EXAMPLE = readdirSync(IMAGES).find((name) => name.endsWith(".sif")) ?? "";
const MIB = 1024 * 1024;

const reasonNone = whyNoRegistry();
let prefixes = 0;

/** As any client of the distribution API does it. */
async function fetchStored(url: string): Promise<Buffer> {
  const [, host, name, digest] = /^oras:\/\/([^/]+)\/(.+)@(sha256:.+)$/.exec(url) ?? [];
  const base = `http://${host}/v2/${name}`;
  const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
  const manifest = (await (await fetch(`${base}/manifests/${digest}`, { headers })).json()) as {
    layers: { digest: string }[];
  };
  const blob = await fetch(`${base}/blobs/${manifest.layers[0]?.digest}`);
  if (!blob.ok) throw new Error(`${url}: ${blob.status}`);
  return Buffer.from(await blob.arrayBuffer());
}

/** Every tag below a prefix. */
async function listTags(host: string, prefix: string): Promise<string[]> {
  const { repositories } = (await (await fetch(`http://${host}/v2/_catalog?n=1000`)).json()) as {
    repositories: string[];
  };
  const lists = repositories
    .filter((name) => name.startsWith(`${prefix}/`))
    .map(async (name) => {
      const { tags } = (await (await fetch(`http://${host}/v2/${name}/tags/list`)).json()) as {
        tags?: string[];
      };
      return (tags ?? []).map((tag) => `${name}:${tag}`);
    });
  return (await Promise.all(lists)).flat();
}

describe.skipIf(reasonNone !== undefined)(`a registry of containers${because(reasonNone)}`, () => {
  let registry: DockerRegistry;
  let locked: DockerRegistry;
  beforeAll(async () => {
    [registry, locked] = await Promise.all([startRegistry(), startRegistry({ wantsPassword: true })]);
  });
  afterAll(() => Promise.all([registry.stop(), locked.stop()]));

  const setup = () => {
    const prefix = `contract${++prefixes}`;
    const secret = "a wrong secret";
    return Promise.resolve({
      config: { kind: "oras", repository: `${registry.host}/${prefix}` } as const,
      context: { root: ".", env: {} },
      fetchStored,
      listObjects: () => listTags(registry.host, prefix),
      refusing: [
        {
          because: secret,
          config: { kind: "oras", repository: locked.host } as const,
          context: { root: ".", env: { REGISTRY_USERNAME: LOGIN.username, REGISTRY_PASSWORD: secret } },
          secret,
          reason: /UNAUTHORIZED/,
        },
      ],
    });
  };

  storageContract("oras", setup, { isOneObject: false });
});

describe.skipIf(reasonNone !== undefined)(`images in a registry of containers${because(reasonNone)}`, () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const open = (host = registry.host, env = {}, prefix = "/lab") =>
    openOras({ kind: "oras", repository: host + prefix }, { env });

  const reasonNoClients = whyNo("apptainer", "oras");
  describe.skipIf(reasonNoClients !== undefined)(`pulled${because(reasonNoClients)}`, () => {
    test.for(["", "/lab", "/lab/deeper"])(
      "by the real clients, by tag and by what the record says, below '%s'",
      async (prefix) => {
        const storage = open(registry.host, {}, prefix);
        const image = imageAt(join(IMAGES, EXAMPLE), "vanessa/greeting:1.0+cuda");
        await put(storage, image);
        const user = newUser();
        const bytes = readFileSync(image.path);
        const url = storage.url(image.key);
        expect(url).toMatch(
          /^oras:\/\/127\.0\.0\.1:\d+(?:\/lab)?(?:\/deeper)?\/vanessa\/greeting@sha256:[0-9a-f]{64}$/,
        );
        const byTag = `${registry.host}${prefix}/vanessa/greeting:1.0_cuda`;
        expect((await user.pull(`apptainer pull --no-https x.sif ${url}`)).equals(bytes)).toBe(true);
        expect((await user.pull(`apptainer pull --no-https x.sif oras://${byTag}`)).equals(bytes)).toBe(true);
        expect((await user.pull(`oras pull --plain-http ${byTag}`)).equals(bytes)).toBe(true);
        expect((await user.pull(`oras pull --plain-http ${url.slice("oras://".length)}`)).equals(bytes)).toBe(
          true,
        );
      },
    );

    test.for(["Upper/Case", "bio/ncbi-blast+", "a/b..c", "c++/1+1", "end/tool_", "x/a.-b__c---d"])(
      "as %s, whose name a registry of containers does not take",
      async (collection) => {
        const storage = open();
        const image = newImage(`${collection}:latest`);
        await put(storage, image);
        const name = storage.url(image.key).slice("oras://".length);
        const pulled = await newUser().pull(`oras pull --plain-http ${name}`);
        expect(pulled.equals(readFileSync(image.path))).toBe(true);
      },
    );
  });

  test("are there once they are whole, and are not sent twice", async () => {
    const front = await frontOf(registry, () => false);
    const storage = open(front.host);
    const image = newImage("ns/once:latest");
    expect(await storage.has(image.key)).toBe(false);
    await put(storage, image);
    expect(await storage.has(image.key)).toBe(true);
    expect(await storage.has({ ...image.key, size: image.key.size + 1 })).toBe(false);
    const before = front.requests.length;
    await put(storage, image);
    expect(front.requests.slice(before).map((line) => line.replace(/ .*/, ""))).toEqual([
      "HEAD",
      "HEAD",
      "PUT",
    ]);
  });

  test("are not there by the blob alone", async () => {
    const image = newImage("ns/blob:latest");
    const front = await frontOf(registry, (asked, response) => {
      if (asked.method !== "PUT" || !asked.url?.includes("/manifests/")) return false;
      response.writeHead(403).end('{"errors": [{"code": "DENIED", "message": "not today"}]}');
      return true;
    });
    await expect(put(open(front.host), image)).rejects.toThrow(/ns\/blob: .*DENIED: not today; /);
    expect(await open().has(image.key)).toBe(false);
    await put(open(), image);
    expect(await open().has(image.key)).toBe(true);
  });

  test("of several pieces arrive as they are", async () => {
    const front = await frontOf(registry, () => false);
    const image = newImage("ns/large:latest", 20 * MIB + 1);
    await put(open(front.host), image);
    expect(front.requests.filter((line) => line.startsWith("PATCH"))).toHaveLength(4);
    const blob = await fetch(`http://${registry.host}/v2/lab/ns/large/blobs/sha256:${image.key.sha256}`);
    const digest = createHash("sha256")
      .update(Buffer.from(await blob.arrayBuffer()))
      .digest("hex");
    expect(digest).toBe(image.key.sha256);
  });

  test("are sent on where the connection breaks before a piece", async () => {
    let patches = 0;
    const front = await frontOf(registry, (asked, response) => {
      if (asked.method !== "PATCH" || ++patches !== 2) return false;
      response.destroy();
      return true;
    });
    const image = newImage("ns/resumed:latest", 20 * MIB);
    await put(open(front.host), image);
    expect(await open().has(image.key)).toBe(true);
    // The image's and the configuration's.
    expect(front.requests.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  test("are sent again where the connection breaks within a piece", async () => {
    let patches = 0;
    const front = await frontOf(registry, (asked, response, body) => {
      if (asked.method !== "PATCH" || ++patches !== 2) return false;
      breakOff(registry, asked, response, body);
      return true;
    });
    const image = newImage("ns/broken:latest", 20 * MIB);
    await put(open(front.host), image);
    expect(await open().has(image.key)).toBe(true);
  });

  test("that a dead registry cannot take leave nothing behind", async () => {
    let patches = 0;
    const front = await frontOf(registry, (asked, response) => {
      if (asked.method !== "PATCH") return false;
      if (++patches === 1) return false;
      response.writeHead(500).end();
      return true;
    });
    const image = newImage("ns/dead:latest", 9 * MIB);
    await expect(put(open(front.host), image)).rejects.toThrow(
      /ns\/dead: the image cannot be uploaded: status 500/,
    );
    expect(await open().has(image.key)).toBe(false);
    await put(open(), image);
    expect(await open().has(image.key)).toBe(true);
  });

  test("go in smaller pieces where a registry says that they are too large", async () => {
    const front = await frontOf(registry, (asked, response, body) => {
      if (asked.method !== "PATCH" || body.length <= 4 * MIB) return false;
      response.writeHead(416).end();
      return true;
    });
    const image = newImage("ns/small-pieces:latest", 9 * MIB);
    await put(open(front.host), image);
    expect(await open().has(image.key)).toBe(true);
  });

  test("that are not what was built are not stored", async () => {
    const image = newImage("ns/swapped:latest", 3 * MIB);
    const other = createHash("sha256").update("another image").digest("hex");
    const key = { ...image.key, sha256: other };
    await expect(put(open(), { ...image, key }, other)).rejects.toThrow("is not the image that was built");
    expect(await open().has(key)).toBe(false);
    expect(await open().has(image.key)).toBe(false);
  });

  test("can be removed, and removing nothing is nothing", async () => {
    const storage = open();
    const image = newImage("ns/removed:latest");
    await put(storage, image);
    await storage.remove?.(image.key);
    expect(await storage.has(image.key)).toBe(false);
    await storage.remove?.(image.key);
  });

  test("stay where the registry lets nobody remove them, and that is said", async () => {
    const strict = await startRegistry({ canDelete: false });
    onTestFinished(() => strict.stop());
    const image = newImage("ns/kept:latest");
    await put(open(strict.host), image);
    await expect(open(strict.host).remove?.(image.key)).rejects.toThrow("remove it on its own pages");
    expect(await open(strict.host).has(image.key)).toBe(true);
  });

  test("have the address of the manifest that is served", async () => {
    const image = newImage("Ns/Address:1.0+x");
    await put(open(), image);
    const answer = await fetch(`http://${registry.host}/v2/lab/ns/address/manifests/1.0_x`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    const text = await answer.text();
    const digest = createHash("sha256").update(text).digest("hex");
    expect(open().url(image.key)).toBe(`oras://${registry.host}/lab/ns/address@sha256:${digest}`);
    expect(JSON.parse(text)).toMatchObject({
      schemaVersion: 2,
      layers: [{ size: 1000, annotations: { "org.opencontainers.image.title": "Address_1.0+x.sif" } }],
    });
  });

  test.for([
    ["UNAUTHORIZED", 401, /UNAUTHORIZED: .*; set REGISTRY_USERNAME/],
    ["DENIED", 403, /DENIED: .*; whoever asks may not do that/],
    ["NAME_UNKNOWN", 404, /NAME_UNKNOWN: .*; create the repository there first/],
  ] as const)("that end in %s say what to do", async ([code, status, expected]) => {
    const front = await frontOf(registry, (asked, response) => {
      if (asked.method !== "POST") return false;
      response.writeHead(status, { "www-authenticate": "Basic realm=x" });
      response.end(JSON.stringify({ errors: [{ code, message: "m".repeat(10_000) }] }));
      return true;
    });
    const error = await put(
      open(front.host, { REGISTRY_USERNAME: "vanessa", REGISTRY_PASSWORD: "p" }),
      newImage("ns/code:latest"),
    ).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "storage", message: expect.stringMatching(expected) });
    expect(String(error).length).toBeLessThan(1000);
  });

  test("are safe from an endless answer", async () => {
    const front = await frontOf(registry, (_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(MIB, "a")));
      };
      response.on("drain", more);
      more();
      return true;
    });
    const image = newImage("ns/endless:latest");
    await expect(open(front.host).remove?.(image.key)).rejects.toThrow("longer than");
  });
});
