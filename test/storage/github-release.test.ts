import { createHash, randomBytes } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { parseReference } from "../../src/registry/reference.ts";
import { openGithubRelease } from "../../src/storage/github-release.ts";
import { openImageFile } from "../../src/storage/image-file.ts";
import type { ImageKey } from "../../src/storage/storage.ts";
import { type GithubServer, REPOSITORY, TOKEN, startGithub } from "../support/github-server.ts";
import { temporaryFolder } from "../support/registry.ts";
import { storageContract } from "./contract.ts";

storageContract("github-release", async () => {
  const server = await startGithub();
  onTestFinished(() => server.stop());
  const config = { kind: "github-release", api: server.url } as const;
  const contextWith = (token: string) => ({
    root: ".",
    env: { GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: token },
  });
  return {
    config,
    context: contextWith(TOKEN),
    async fetchStored(url) {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    listObjects: () =>
      Promise.resolve(
        server.releases
          .filter(({ isDraft }) => !isDraft)
          .flatMap(({ assets }) => assets.map(({ name }) => name)),
      ),
    refusing: [
      {
        because: "a wrong token",
        config,
        context: contextWith("ghs_wrong"),
        secret: "ghs_wrong",
        reason: /Bad credentials/,
      },
    ],
  };
});

let github: GithubServer;
beforeEach(async () => {
  github = await startGithub();
});
afterEach(() => github.stop());

const open = (token: string | undefined = TOKEN) =>
  openGithubRelease(
    { kind: "github-release", api: github.url },
    { env: { GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: token } },
  );

interface Stored {
  readonly path: string;
  readonly bytes: Buffer;
  readonly key: ImageKey;
}

function newImage(size = 100_000): Stored {
  const bytes = randomBytes(size);
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, bytes, key: { sha256, size, reference: parseReference("ns/tool:latest") } };
}

async function put({ path, key }: Stored, storage = open()): Promise<void> {
  const file = await openImageFile(path, { expected: key.sha256 });
  try {
    await storage.put(file, key);
  } finally {
    await file.close();
  }
}

const uploads = () => github.requests.filter((line) => line.startsWith("POST /uploads/")).length;

async function expectFetched({ bytes, key }: Stored): Promise<void> {
  const answer = await fetch(open().url(key));
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
}

test("publishes a release that is not the latest, with the image in it", async () => {
  const image = newImage(3_000_000);
  expect(await open().has(image.key)).toBe(false);
  await put(image);
  expect(await open().has(image.key)).toBe(true);
  expect(await open().has({ ...image.key, size: 1 })).toBe(false);
  expect(github.releases).toMatchObject([
    { tag: `sha256-${image.key.sha256}`, name: "ns/tool:latest", isDraft: false, makeLatest: "false" },
  ]);
  await expectFetched(image);
});

test("stores the same image once", async () => {
  const image = newImage();
  await put(image);
  await put(image);
  expect(uploads()).toBe(1);
  expect(github.releases).toHaveLength(1);
});

test("uploads again at once where the connection breaks", async () => {
  github.cuts = [50_000];
  const image = newImage(5_000_000);
  await put(image);
  expect(uploads()).toBe(2);
  await expectFetched(image);
});

test.for([true, false])(
  "finishes what another run left behind a break, where releases are immutable: %s",
  async (immutable) => {
    github.immutable = immutable;
    github.pageSize = 2;
    for (let count = 0; count < 5; count++) github.addRelease(`v${count}`, count % 2 === 0);
    github.cuts = [0, 1000, 2_000_000];
    const image = newImage(5_000_000);
    await expect(put(image)).rejects.toThrow("no answer from 127.0.0.1");
    expect(await open().has(image.key)).toBe(false);
    for (let count = 0; count < 5; count++) github.addRelease(`w${count}`, count % 2 === 0);
    const count = github.releases.length;
    await put(image);
    expect(github.releases).toHaveLength(count);
    expect(await open().has(image.key)).toBe(true);
    await expectFetched(image);
  },
);

test("publishes a draft that has all of it without another upload", async () => {
  const image = newImage();
  await put(image);
  const [release] = github.releases;
  if (release) release.isDraft = true;
  await put(image);
  expect(uploads()).toBe(1);
  expect(await open().has(image.key)).toBe(true);
});

test("gives way where somebody else publishes the same image at the same time", async () => {
  const image = newImage();
  const other = newImage();
  await put(other);
  // A release of another run appears, whole, after this run asked for it.
  github.beforeCreating = () => {
    const release = github.addRelease(`sha256-${image.key.sha256}`, false);
    release.assets.push({
      id: 999,
      name: `${image.key.sha256}.sif`,
      state: "uploaded",
      content: image.bytes,
    });
  };
  await put(image);
  expect(github.releases.filter(({ tag }) => tag.endsWith(image.key.sha256))).toHaveLength(1);
  await expectFetched(image);
});

test.for([0, 1])(
  "refuses an image of 2 GiB and %i bytes before anything is sent, and names what takes it",
  async (more) => {
    const path = join(temporaryFolder(), "large.sif");
    writeFileSync(path, "");
    truncateSync(path, 2 * 1024 ** 3 + more);
    const key = {
      sha256: "0".repeat(64),
      size: 2 * 1024 ** 3 + more,
      reference: parseReference("ns/large:latest"),
    };
    await expect(put({ path, key, bytes: Buffer.alloc(0) })).rejects.toThrow(
      /less than 2 GiB; use the storage s3, gcs or oras/,
    );
    expect(github.requests).toEqual([]);
  },
);

test.for([true, false])(
  "publishes nothing that arrived otherwise than it was sent, with digests: %s",
  async (hasDigests) => {
    github.hasNoDigests = !hasDigests;
    github.truncates = true;
    const image = newImage();
    await expect(put(image)).rejects.toThrow("another file than was sent: it has 99999 bytes, not 100000");
    expect(github.releases).toMatchObject([{ isDraft: true, assets: [] }]);
    github.truncates = false;
    await put(image);
    await expectFetched(image);
  },
);

test("publishes nothing that is not what was built", async () => {
  const image = newImage();
  const key = { ...image.key, sha256: createHash("sha256").update("another").digest("hex") };
  await expect(put({ ...image, key })).rejects.toThrow("is not the image that was built");
  expect(await open().has(key)).toBe(false);
  expect(github.releases.every(({ isDraft }) => isDraft)).toBe(true);
});

test.for(["https://uploads.github.example.org", "http://127.0.0.2:1", "https://127.0.0.1"])(
  "sends neither token nor image to %s",
  async (host) => {
    github.uploadHost = host;
    await expect(put(newImage())).rejects.toThrow(/which is none of its hosts; nothing was sent/);
  },
);

test.for([403, 429] as const)(
  "comes back when it was told to wait with %i, also by the upload",
  async (status) => {
    github.limits = [status];
    const first = newImage();
    await put(first);
    await expectFetched(first);
    github.limited = /^\/uploads\//;
    github.limits = [status, status];
    const second = newImage();
    await put(second);
    await expectFetched(second);
  },
);

test("removes the release and its tag, and nothing where there is none", async () => {
  const image = newImage();
  await put(image);
  await open().remove?.(image.key);
  expect(github.releases).toEqual([]);
  expect(github.requests).toContain(`DELETE /repos/${REPOSITORY}/git/refs/tags/sha256-${image.key.sha256}`);
  expect(await open().has(image.key)).toBe(false);
  await open().remove?.(image.key);
});

test("says what is wrong with the token, without saying the token", async () => {
  const image = newImage();
  await expect(put(image, open(""))).rejects.toThrow("GITHUB_TOKEN is not set");
  const error: unknown = await put(image, open("ghs_wrong")).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "storage",
    message: expect.stringContaining("the token in GITHUB_TOKEN is wrong"),
  });
  expect(String(error)).not.toContain("ghs_wrong");
  github.readOnly = true;
  await expect(put(image)).rejects.toThrow("lacks a permission");
});

test.for([
  [{}, {}, "https://github.com"],
  [
    {},
    { GITHUB_API_URL: "https://git.lab.example/api/v3", GITHUB_SERVER_URL: "https://git.lab.example" },
    "https://git.lab.example",
  ],
  [{}, { GITHUB_API_URL: "https://api.lab.ghe.com" }, "https://lab.ghe.com"],
  [
    { api: "https://git.lab.example/api/v3" },
    { GITHUB_SERVER_URL: "https://github.com" },
    "https://git.lab.example",
  ],
] as const)("knows an image's address without asking: %j, %j", ([config, env, web]) => {
  const storage = openGithubRelease({ kind: "github-release", repository: "lab/images", ...config }, { env });
  const { key } = newImage(1);
  expect(storage.url(key)).toBe(`${web}/lab/images/releases/download/sha256-${key.sha256}/${key.sha256}.sif`);
});

test("says that nobody named a repository", () => {
  expect(() => openGithubRelease({ kind: "github-release" }, { env: {} })).toThrow(/GITHUB_REPOSITORY/);
});
