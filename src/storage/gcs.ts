import { pipeline } from "node:stream/promises";
import { type Bucket, Storage as CloudStorage, type File } from "@google-cloud/storage";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import type { StorageConfig } from "../registry/config.ts";
import { CACHE_FOREVER, addressBelow, objectKey } from "./bucket.ts";
import type { ImageFile } from "./image-file.ts";
import { type ImageKey, SIF_TYPE, type Storage, type StorageContext } from "./storage.ts";

type Intercepted = ReturnType<File["interceptors"][number]["request"]>;
type GcsConfig = Extract<StorageConfig, { kind: "gcs" }>;

const PUBLIC_ADDRESS = "https://storage.googleapis.com";
/**
 * What is held in memory, to be sent again after a broken connection: without chunks the client could only begin
 * again, which a stream cannot. A multiple of 256 KiB, as the service asks.
 */
const CHUNK = 8 * 1024 * 1024;
/** In seconds, from the first failure. */
const LONGEST_RETRY = 300;

/**
 * Keeps images in a bucket of Google Cloud Storage. Anybody must be allowed to read the objects (`allUsers` as Storage
 * Object Viewer): that is the bucket's policy, which is not touched here.
 *
 * - Integrity: the client computes a CRC-32C, sends it with the last chunk, and compares it with what the service has.
 * - An upload is a session of chunks: one that broke goes on where the service has stopped, and nothing is an object
 *   before the last chunk. A session that nobody finishes is gone after a week.
 * - `ifGenerationMatch: 0` asks that nothing is there yet, so an object never changes, and every step can be repeated.
 * - The service's limit is 5 TiB. Addresses that are signed need the time of day and a key, and are not offered.
 */
export function openGcs(config: GcsConfig, { env }: StorageContext): Storage {
  const bucket = openBucket(config, env);
  const base = config.url ?? addressBelow(PUBLIC_ADDRESS, config.bucket);
  const fileOf = (key: ImageKey) => bucket.file(objectKey(config.prefix, key));
  const failed = (error: unknown, action: string, key: ImageKey) =>
    gcsError(error, action, `gs://${config.bucket}/${objectKey(config.prefix, key)}`);

  async function has(key: ImageKey): Promise<boolean> {
    try {
      const [{ size }] = await fileOf(key).getMetadata();
      return Number(size) === key.size;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw failed(error, "looked for", key);
    }
  }

  return {
    kind: "gcs",
    has,
    async put(file, key) {
      try {
        const object = fileOf(key);
        if (config.endpoint !== undefined) await authorizeUpload(object);
        await upload(file, object);
      } catch (error) {
        if (statusOf(error) === 412 && (await has(key))) return;
        throw failed(error, "stored", key);
      }
    },
    url: (key) => addressBelow(base, objectKey(config.prefix, key)),
    async remove(key) {
      try {
        await fileOf(key).delete({ ignoreNotFound: true });
      } catch (error) {
        throw failed(error, "removed", key);
      }
    },
  };
}

/** Without a file of credentials the client looks where it always does: gcloud's own file, the machine's role. */
function openBucket({ bucket, endpoint }: GcsConfig, env: StorageContext["env"]): Bucket {
  const keyFilename = env["GOOGLE_APPLICATION_CREDENTIALS"];
  const service = new CloudStorage({
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: true }),
    ...(keyFilename ? { keyFilename } : {}),
    retryOptions: { autoRetry: true, maxRetries: 5, totalTimeout: LONGEST_RETRY },
  });
  return service.bucket(bucket);
}

/**
 * Elsewhere than at googleapis.com the client's resumable uploads (7.19) go without a token, whatever
 * `useAuthWithCustomEndpoint` says. This one lasts as long as tokens do: an hour.
 */
async function authorizeUpload(object: File): Promise<void> {
  const token = await object.storage.authClient.getAccessToken();
  if (!token) return;
  object.interceptors.push({
    // The client's types ask for an address, which its uploads do not have at this point.
    request: (options) =>
      ({ ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } }) as Intercepted,
  });
}

async function upload(file: ImageFile, object: File): Promise<void> {
  const sink = object.createWriteStream({
    resumable: true,
    chunkSize: CHUNK,
    validation: "crc32c",
    preconditionOpts: { ifGenerationMatch: 0 },
    metadata: { contentType: SIF_TYPE, cacheControl: CACHE_FOREVER, contentLength: file.size },
  });
  await pipeline(file.stream(), sink);
}

/** What to do about an answer. */
const ADVICE: Readonly<Record<number, string>> = {
  401: "check GOOGLE_APPLICATION_CREDENTIALS",
  403: "give these credentials the role Storage Object User on this bucket",
  404: "make the bucket, or mend storage.bucket in registry.yml",
  412: "another object is there under this name; take it away",
};
/** What the client says where it looked everywhere; a file of credentials that is not there is ENOENT. */
const NO_CREDENTIALS = /Could not load the default credentials/;
const LONGEST_REASON = 100;

/** What the client threw, as an error for people. An error of the image itself stays what it is. */
function gcsError(error: unknown, action: string, object: string): StowageError {
  if (error instanceof StowageError) return error;
  const what = `${object}: cannot be ${action}: `;
  if (systemCode(error) === "ENOENT" || NO_CREDENTIALS.test(messageOf(error))) {
    const advice = "no credentials were found; set GOOGLE_APPLICATION_CREDENTIALS to a file that has them";
    return new StowageError("storage", what + advice, { cause: error });
  }
  const advice = ADVICE[statusOf(error) ?? 0] ?? "check storage in registry.yml and the credentials";
  return new StowageError("storage", `${what}${reasonOf(error)}; ${advice}`, { cause: error });
}

/** Never the service's sentences: they may repeat what was sent. */
function reasonOf(error: unknown): string {
  const status = statusOf(error);
  if (status !== undefined) return `HTTP ${status}`;
  return (systemCode(error) ?? messageOf(error)).slice(0, LONGEST_REASON);
}

/** Of the service's answer; the client has it as a number or, where a token was asked for, as text. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, status } = error as Error & { code?: unknown; status?: unknown };
  return [code, status].map(Number).find((value) => value >= 400 && value < 600);
}
