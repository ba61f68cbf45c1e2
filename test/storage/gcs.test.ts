import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseReference } from "../../src/registry/reference.ts";
import { openGcs } from "../../src/storage/gcs.ts";
import { SIF_TYPE } from "../../src/storage/storage.ts";
import { crc32c } from "../support/crc32c.ts";
import { GcsServer, SUBJECT_TOKEN } from "../support/gcs-server.ts";
import { temporaryFolder } from "../support/registry.ts";
import { imageBytes, imageFileOf, storageContract } from "./contract.ts";

const BUCKET = "lab-images";
const WRONG_TOKEN = "this-must-not-be-told";
const MIB = 1024 * 1024;

/** A service for one test, with a bucket in it, and what opens a storage there. */
async function newService() {
  const server = await GcsServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.buckets.add(BUCKET);
  const contextOf = (subjectToken?: string) => {
    const folder = temporaryFolder();
    const file = server.writeCredentials(folder, subjectToken);
    return { root: folder, env: { GOOGLE_APPLICATION_CREDENTIALS: file } };
  };
  const url = `${server.url}/public/${BUCKET}`;
  const config = { kind: "gcs", bucket: BUCKET, endpoint: server.url, url, prefix: "images/" } as const;
  return { server, config, contextOf };
}

storageContract("gcs", async () => {
  const { server, config, contextOf } = await newService();
  return {
    config,
    context: contextOf(),
    fetchStored: async (url) => Buffer.from(await (await fetch(url)).arrayBuffer()),
    listObjects: () => Promise.resolve([...server.objects.keys()]),
    refusing: [
      {
        because: "a wrong token",
        config,
        context: contextOf(WRONG_TOKEN),
        secret: WRONG_TOKEN,
        reason: /HTTP 400.*; check/,
      },
      {
        because: "no bucket",
        config: { ...config, bucket: "no-such-bucket" },
        context: contextOf(),
        secret: SUBJECT_TOKEN,
        reason: /HTTP 404; make the bucket/,
      },
      {
        because: "no file of credentials",
        config,
        context: { root: ".", env: { GOOGLE_APPLICATION_CREDENTIALS: join(temporaryFolder(), "none") } },
        reason: /no credentials were found; set GOOGLE_APPLICATION_CREDENTIALS/,
      },
    ],
  };
});

async function image(size: number) {
  const file = await imageFileOf(imageBytes(size));
  const key = { sha256: await file.sha256(), size, reference: parseReference("a/b:c") };
  return { file, key };
}

test("goes on where the service stopped when the connection breaks", async () => {
  const { server, config, contextOf } = await newService();
  const { file, key } = await image(20 * MIB);
  server.breakNextChunk();
  await openGcs(config, contextOf()).put(file, key);
  const [stored] = server.objects.values();
  expect(stored?.bytes.equals(imageBytes(20 * MIB))).toBe(true);
  // One session: a broken chunk, the question how much of it arrived, the rest.
  expect(server.requests.filter((line) => line.startsWith("POST /upload/"))).toHaveLength(1);
  expect(server.requests.filter((line) => line.startsWith("PUT /upload/")).length).toBeGreaterThan(3);
});

test("an object has the type of an image and may be kept for ever", async () => {
  const { server, config, contextOf } = await newService();
  const { file, key } = await image(1000);
  await openGcs(config, contextOf()).put(file, key);
  const [[path, object] = []] = server.objects;
  expect(path).toBe(`${BUCKET}/images/sha256/${key.sha256}.sif`);
  expect(object).toMatchObject({ contentType: SIF_TYPE, cacheControl: expect.stringContaining("immutable") });
});

test("never writes over an object that is another", async () => {
  const { server, config, contextOf } = await newService();
  const { file, key } = await image(1000);
  const path = `${BUCKET}/images/sha256/${key.sha256}.sif`;
  const other = { bytes: Buffer.from("other"), contentType: "text/plain", cacheControl: undefined };
  server.objects.set(path, other);
  const storage = openGcs(config, contextOf());
  expect(await storage.has(key)).toBe(false);
  await expect(storage.put(file, key)).rejects.toMatchObject({
    code: "storage",
    message: expect.stringMatching(/HTTP 412; another object is there/),
  });
  expect(server.objects.get(path)).toBe(other);
});

test("without an address of its own an object is at Google's", () => {
  const key = { sha256: "0".repeat(64), size: 1, reference: parseReference("a/b:c") };
  const storage = openGcs({ kind: "gcs", bucket: BUCKET, prefix: "x/" }, { root: ".", env: {} });
  const object = `x/sha256/${key.sha256}.sif`;
  expect(storage.url(key)).toBe(`https://storage.googleapis.com/${BUCKET}/${object}`);
});

test("the server computes the checksum of the specification", () => {
  // RFC 3720, B.4: 32 bytes of zeros.
  expect(crc32c(Buffer.alloc(32))).toBe(Buffer.from("8a9136aa", "hex").toString("base64"));
});
