import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { StorageConfig } from "../registry/config.ts";
import { CACHE_FOREVER, addressBelow, objectKey } from "./bucket.ts";
import type { ImageFile } from "./image-file.ts";
import { type S3Action, s3Error } from "./s3-error.ts";
import { type ImageKey, SIF_TYPE, type Storage, type StorageContext } from "./storage.ts";

type S3Config = Extract<StorageConfig, { kind: "s3" }>;

const MIB = 1024 * 1024;
const SMALLEST_PART = 8 * MIB;
/** S3's own limit. */
const MOST_PARTS = 10_000;
/** Parts that are on their way at a time take no more memory than this, unless one part does. */
const PARTS_IN_FLIGHT = 32 * MIB;

/** Between two packets, in milliseconds; a part is asked for again. */
const SILENCE = 120_000;
const CONNECT = 10_000;
/** With pauses that double from a tenth of a second: a service may be away for some seconds. */
const ATTEMPTS = 7;

/**
 * Keeps images in a bucket of Amazon's S3 or of a service that speaks the same. Anybody must be allowed to read the
 * objects: that is the bucket's policy, which is not touched here.
 *
 * - Integrity: each part is signed with the SHA-256 of its bytes, which the service computes again. To Amazon the SDK
 *   sends a CRC-32 besides; other services get none, since many do not know those headers and refuse them.
 * - A file of up to 8 MiB is one request. Larger ones go in parts, and are no object before the last request; where
 *   that is never made, the parts are given up, or (the process was killed) kept by the service until a lifecycle rule
 *   on incomplete multipart uploads takes them away. The next run sends all of them again.
 * - There can be 10,000 parts, so that above 80 GB parts grow: at S3's limit of 5 TB they have 500 MB, and one of
 *   them at a time is held in memory.
 */
export function openS3(config: S3Config, { env }: StorageContext): Storage {
  const region = config.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const client = new S3Client(clientConfig(config, region, env));
  const base = config.url ?? bucketAddress(config, region);
  const objectOf = (key: ImageKey) => ({ Bucket: config.bucket, Key: objectKey(config.prefix, key) });
  const failed = (error: unknown, action: S3Action, key: ImageKey) =>
    s3Error(error, action, `s3://${config.bucket}/${objectKey(config.prefix, key)}`);

  return {
    kind: "s3",
    async put(file, key) {
      await upload(client, file, objectOf(key)).catch((error: unknown) => {
        throw failed(error, "stored", key);
      });
    },
    async has(key) {
      try {
        const { ContentLength } = await client.send(new HeadObjectCommand(objectOf(key)));
        return ContentLength === key.size;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw failed(error, "looked for", key);
      }
    },
    url: (key) => addressBelow(base, objectKey(config.prefix, key)),
    async presign(key, seconds) {
      // Loaded here, for hardly anybody asks.
      const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner");
      const request = new GetObjectCommand(objectOf(key));
      return getSignedUrl(client, request, { expiresIn: seconds }).catch((error: unknown) => {
        throw failed(error, "signed for", key);
      });
    },
    async remove(key) {
      try {
        await client.send(new DeleteObjectCommand(objectOf(key)));
      } catch (error) {
        if (!isNotFound(error)) throw failed(error, "removed", key);
      }
    },
  };
}

/** A bucket that is not there is not found, too: the next put says so. */
function isNotFound(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

function clientConfig(config: S3Config, region: string, env: StorageContext["env"]): S3ClientConfig {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = env["AWS_SESSION_TOKEN"];
  const profile = env["AWS_PROFILE"];
  return {
    region,
    forcePathStyle: isPathStyle(config),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT, socketTimeout: SILENCE },
    ...(config.endpoint === undefined
      ? { followRegionRedirects: true }
      : {
          endpoint: config.endpoint,
          requestChecksumCalculation: "WHEN_REQUIRED",
          responseChecksumValidation: "WHEN_REQUIRED",
        }),
    // Otherwise the SDK looks where it always does: files, web identities, the machine's role.
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
    ...(profile ? { profile } : {}),
  };
}

async function upload(
  client: S3Client,
  file: ImageFile,
  object: { readonly Bucket: string; readonly Key: string },
): Promise<void> {
  const body = file.stream();
  // What giving up the parts says must not stand in the place of why they were given up.
  let readError: unknown;
  body.once("error", (error) => (readError = error));
  const partSize = partSizeOf(file.size);
  const params = { ...object, Body: body, ContentLength: file.size, ContentType: SIF_TYPE };
  try {
    await new Upload({
      client,
      params: { ...params, CacheControl: CACHE_FOREVER },
      partSize,
      queueSize: Math.min(4, Math.max(1, Math.floor(PARTS_IN_FLIGHT / partSize))),
    }).done();
  } catch (error) {
    throw readError ?? error;
  } finally {
    body.destroy();
  }
}

/** In bytes; the last part is smaller. */
function partSizeOf(size: number): number {
  return Math.max(SMALLEST_PART, Math.ceil(size / MOST_PARTS));
}

/** Names with dots are no hosts that a certificate covers; the SDK asks for them in the path, too. */
function isPathStyle({ bucket, endpoint, "path-style": pathStyle }: S3Config): boolean {
  return pathStyle ?? (endpoint !== undefined || bucket.includes("."));
}

/** Where a bucket is without a name of its own. */
function bucketAddress(config: S3Config, region: string): string {
  const { bucket, endpoint } = config;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const service = endpoint ?? `https://s3.${region}.${suffix}`;
  return isPathStyle(config) ? addressBelow(service, bucket) : service.replace("://", `://${bucket}.`);
}
