import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { StorageConfig } from "../../src/registry/config.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { openS3 } from "../../src/storage/s3.ts";
import { type Fault, startFaultyProxy } from "../support/faulty-proxy.ts";
import { temporaryFolder } from "../support/registry.ts";
import { SWIFT_CREDENTIALS, SWIFT_REGION, type Swift, startSwift, whyNoSwift } from "../support/swift.ts";
import { freePort } from "../support/web-server.ts";
import { imageBytes, imageFileOf, storageContract } from "./contract.ts";

const skip = whyNoSwift();
const env = SWIFT_CREDENTIALS;
const context = { root: ".", env };
const WRONG_SECRET = "this-must-not-be-told";
const MIB = 1024 * 1024;

let swift: Swift;
let client: S3Client;

beforeAll(async () => {
  if (skip !== undefined) return;
  swift = await startSwift();
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  client = new S3Client({
    endpoint: swift.endpoint,
    region: SWIFT_REGION,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(() => swift?.stop());

type S3Config = Extract<StorageConfig, { kind: "s3" }>;

/** A bucket of its own for a test, which anybody may read. */
async function newBucket(endpoint = swift.endpoint): Promise<S3Config> {
  const bucket = `images-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket, ACL: "public-read" }));
  return { kind: "s3", bucket, endpoint, region: SWIFT_REGION, url: `${swift.publicUrl(bucket)}/` };
}

async function listObjects(bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = "" }) => Key);
}

async function fetchStored(url: string): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

storageContract(
  "s3",
  async () => {
    const config: S3Config = { ...(await newBucket()), prefix: "some/images/" };
    const closed = `http://127.0.0.1:${await freePort()}`;
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: WRONG_SECRET, AWS_SESSION_TOKEN: WRONG_SECRET };
    return {
      config,
      context,
      fetchStored,
      listObjects: () => listObjects(config.bucket),
      refusing: [
        {
          because: "a wrong secret",
          config,
          context: { root: ".", env: wrong },
          secret: WRONG_SECRET,
          reason: /SignatureDoesNotMatch; check AWS_ACCESS_KEY_ID/,
        },
        {
          because: "nobody of that name",
          config,
          context: { root: ".", env: { ...env, AWS_ACCESS_KEY_ID: "test:nobody" } },
          secret: env.AWS_SECRET_ACCESS_KEY,
          reason: /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied/,
        },
        {
          because: "no bucket",
          config: { ...config, bucket: "no-such-bucket" },
          context,
          reason: /NoSuchBucket; /,
        },
        { because: "no service", config: { ...config, endpoint: closed }, context, reason: /ECONNREFUSED/ },
        {
          because: "another region",
          config: { ...config, region: "eu-1" },
          context,
          reason: /AuthorizationHeader/,
        },
      ],
    };
  },
  { skip },
);

async function image(size: number) {
  const file = await imageFileOf(imageBytes(size));
  const key = { sha256: await file.sha256(), size, reference: parseReference("a/b:c") };
  return { file, key };
}

/** Whether it is the first request for the second part. */
const isSecondPart: Fault["isHit"] = ({ method, url }) => method === "PUT" && url.includes("partNumber=2&");

describe.skipIf(skip !== undefined)("s3 over a bad line", () => {
  const put = async (fault: Fault) => {
    await using proxy = await startFaultyProxy(swift.endpoint, fault);
    const config = await newBucket(proxy.url);
    const { file, key } = await image(20 * MIB);
    const outcome = await openS3(config, context)
      .put(file, key)
      .catch((error: unknown) => error);
    const storage = openS3({ ...config, endpoint: swift.endpoint }, context);
    return { storage, key, config, outcome, hits: proxy.hits() };
  };

  test.each(["cut", "unavailable"] as const)("asks again for a part that failed (%s)", async (kind) => {
    const { storage, key, outcome, hits } = await put({ kind, isHit: isSecondPart, times: 1 });
    expect({ outcome, hits }).toEqual({ outcome: undefined, hits: 1 });
    expect(await storage.has(key)).toBe(true);
    expect((await fetchStored(storage.url(key))).equals(imageBytes(20 * MIB))).toBe(true);
  });

  test("gives the parts up when one fails for good", async () => {
    const { storage, key, config, outcome } = await put({
      kind: "unavailable",
      isHit: isSecondPart,
      times: Number.POSITIVE_INFINITY,
    });
    expect(outcome).toMatchObject({
      code: "storage",
      message: expect.stringMatching(/ServiceUnavailable|503/),
    });
    expect(await storage.has(key)).toBe(false);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: config.bucket }));
    expect(Uploads).toEqual([]);
  });

  test("a byte that changed on its way is not stored", async () => {
    const { storage, key, outcome } = await put({
      kind: "flip",
      isHit: isSecondPart,
      times: Number.POSITIVE_INFINITY,
    });
    expect(outcome).toMatchObject({ code: "storage", message: expect.stringMatching(/BadDigest|Mismatch/) });
    expect(await storage.has(key)).toBe(false);
  });
});

const KEY = { sha256: "0".repeat(64), size: 1, reference: parseReference("a/b:c") };
const OBJECT = `sha256/${KEY.sha256}.sif`;

test.each([
  [{}, {}, "https://lab.s3.us-east-1.amazonaws.com/"],
  [{}, { AWS_REGION: "eu-central-1" }, "https://lab.s3.eu-central-1.amazonaws.com/"],
  [{}, { AWS_DEFAULT_REGION: "eu-west-3" }, "https://lab.s3.eu-west-3.amazonaws.com/"],
  [{ region: "cn-north-1" }, {}, "https://lab.s3.cn-north-1.amazonaws.com.cn/"],
  [{ "path-style": true }, {}, "https://s3.us-east-1.amazonaws.com/lab/"],
  [{ bucket: "images.lab.org" }, {}, "https://s3.us-east-1.amazonaws.com/images.lab.org/"],
  [{ endpoint: "https://s3.example.org/" }, {}, "https://s3.example.org/lab/"],
  [{ endpoint: "https://s3.example.org", "path-style": false }, {}, "https://lab.s3.example.org/"],
  [{ prefix: "images/" }, {}, "https://lab.s3.us-east-1.amazonaws.com/images/"],
  [{ url: "https://images.example.org", prefix: "x/" }, {}, "https://images.example.org/x/"],
])("with %j and %j an object is below %s", (config, variables, base) => {
  const storage = openS3({ kind: "s3", bucket: "lab", ...config }, { root: ".", env: variables });
  expect(storage.url(KEY)).toBe(base + OBJECT);
});

test("says which variables to set where there are no credentials", async () => {
  const nothing = `${temporaryFolder()}/none`;
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", nothing);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", nothing);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  try {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const storage = openS3({ kind: "s3", bucket: "lab", endpoint }, { root: ".", env: {} });
    await expect(storage.has(KEY)).rejects.toMatchObject({
      code: "storage",
      message: expect.stringContaining("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});
