import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Bucket, Storage } from "@google-cloud/storage";
import { StowageError, messageOf } from "../errors.ts";
import { statsOf } from "../read-file.ts";
import type { GoogleCredentials } from "./google-auth.ts";
import type { GoogleConfig } from "./google-build-request.ts";

const ENDPOINT = "https://storage.googleapis.com";
/** Bytes; the upload of a larger file goes on where it broke off. */
const ONE_PIECE = 8 * 1024 * 1024;
/** Bytes; the log itself keeps less. */
const LONGEST_LOG = 64 * 1024 * 1024;

/** The objects in a bucket that a build hands over and back. */
export class GoogleObjects {
  readonly #bucket: Bucket;

  constructor(config: GoogleConfig, auth: (endpoint: string) => GoogleCredentials) {
    const endpoint = config["storage-endpoint"] ?? ENDPOINT;
    const storage = new Storage({
      projectId: config.project,
      authClient: auth(endpoint),
      apiEndpoint: endpoint,
      useAuthWithCustomEndpoint: true,
    });
    this.#bucket = storage.bucket(config.bucket);
  }

  async upload(path: string, destination: string): Promise<void> {
    const resumable = (statsOf(path)?.size ?? 0) > ONE_PIECE;
    await this.#try(
      "upload",
      destination,
      this.#bucket.upload(path, { destination, resumable, validation: "crc32c" }),
    );
  }

  /** Writes an object to a new file: as many bytes as it is said to have, held against its checksum. */
  async download(name: string, path: string, signal: AbortSignal): Promise<void> {
    const file = this.#bucket.file(name);
    const [{ size }] = await this.#try("read", name, file.getMetadata());
    const stream = pipeline(
      file.createReadStream({ validation: "crc32c" }),
      atMost(Number(size)),
      createWriteStream(path, { flags: "wx" }),
      { signal },
    );
    await this.#try("read", name, stream);
  }

  /** Gives an object's text away piece by piece. */
  async read(name: string, take: (bytes: Buffer) => void): Promise<void> {
    const stream = this.#bucket.file(name).createReadStream({ end: LONGEST_LOG, validation: false });
    stream.on("data", take);
    await this.#try(
      "read",
      name,
      pipeline(stream, new Transform({ transform: (_chunk, _encoding, done) => done() })),
    );
  }

  /** Takes away all objects whose names begin so. */
  async removeAll(prefix: string): Promise<void> {
    const [files] = await this.#bucket.getFiles({ prefix });
    for (const file of files) await file.delete({ ignoreNotFound: true });
  }

  async #try<T>(verb: string, name: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const place = `gs://${this.#bucket.name}/${name}`;
      throw new StowageError(
        "build",
        `builder: cannot ${verb} ${place}: ${messageOf(error)}; let this account read and write the bucket (roles/storage.objectAdmin)`,
      );
    }
  }
}

function atMost(limit: number): Transform {
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      if (count <= limit) done(null, chunk);
      else done(new Error(`it has more than the ${limit} bytes that it is said to have`));
    },
  });
}
