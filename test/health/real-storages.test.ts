import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openOras } from "../../src/storage/oras.ts";
import { openS3 } from "../../src/storage/s3.ts";
import { PROJECT } from "../support/cli.ts";
import { because } from "../support/clients.ts";
import { startRegistry, whyNoRegistry } from "../support/docker-registry.ts";
import { NOW, checkRecords, recordAt } from "../support/remote-check.ts";
import { imageAt, put } from "../support/stored-images.ts";
import { SWIFT_CREDENTIALS, SWIFT_REGION, type Swift, startSwift, whyNoSwift } from "../support/swift.ts";

const IMAGES = join(PROJECT, "images/sha256");
const PATH = join(IMAGES, readdirSync(IMAGES).find((name) => name.endsWith(".sif")) ?? "");
const BYTES = readFileSync(PATH);
const OTHER = Buffer.from("another image");

const reasonNoRegistry = whyNoRegistry();
const reasonNoSwift = whyNoSwift();

describe.skipIf(reasonNoRegistry !== undefined)(
  `a registry of containers${because(reasonNoRegistry)}`,
  () => {
    /** A registry with one image, and its address. */
    async function stored() {
      const registry = await startRegistry();
      onTestFinished(() => registry.stop());
      const storage = openOras({ kind: "oras", repository: `${registry.host}/lab` }, { env: {} });
      const image = imageAt(PATH, "lab/tool:1.0");
      await put(storage, image);
      return { registry, storage, key: image.key, url: storage.url(image.key) };
    }

    test("is asked what it has, by its manifest", async () => {
      const { url } = await stored();
      for (const options of [{}, { isDeep: true }]) {
        expect((await checkRecords({ "1.0": recordAt(url, BYTES) }, options)).findings).toEqual([]);
      }
      const { findings, health } = await checkRecords(
        { "1.0": recordAt(url, BYTES) },
        { digestPercent: 100 },
      );
      expect(findings).toEqual([]);
      expect(health?.images).toMatchObject([{ verified: NOW }]);
    });

    test("has another image than the record says, or one of another size", async () => {
      const { url } = await stored();
      expect((await checkRecords({ "1.0": recordAt(url, OTHER) })).findings).toMatchObject([
        { code: "image-differs" },
      ]);
      expect((await checkRecords({ "1.0": recordAt(url, BYTES, 7) })).findings).toMatchObject([
        { code: "image-size", args: { size: String(BYTES.length), recorded: "7" } },
      ]);
    });

    test("has it no more, and has it again", async () => {
      const { url, storage, key } = await stored();
      await storage.remove?.(key);
      const records = { "1.0": recordAt(url, BYTES) };
      const gone = await checkRecords(records);
      expect(gone.findings).toMatchObject([{ code: "image-unreachable" }]);
      await put(storage, { path: PATH, key });
      expect((await checkRecords(records, { earlier: gone.health })).findings).toEqual([]);
    });

    test("that says another digest is believed again when it says the right one", async () => {
      const { url } = await stored();
      const wrong = await checkRecords({ "1.0": recordAt(url, BYTES) });
      const images = (wrong.health?.images ?? []).map((image) => ({
        ...image,
        problem: { code: "image-differs", reason: "it has sha256:1", since: NOW } as const,
      }));
      const earlier = { checked: NOW, images };
      expect((await checkRecords({ "1.0": recordAt(url, BYTES) }, { earlier })).findings).toEqual([]);
    });
  },
);

describe.skipIf(reasonNoSwift !== undefined)(`a bucket${because(reasonNoSwift)}`, () => {
  let swift: Swift;
  beforeAll(async () => {
    swift = await startSwift();
  });
  afterAll(() => swift.stop());

  test("is asked as everybody may ask it", async () => {
    const credentials = {
      accessKeyId: SWIFT_CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: SWIFT_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
    };
    const client = new S3Client({
      endpoint: swift.endpoint,
      region: SWIFT_REGION,
      credentials,
      forcePathStyle: true,
    });
    const bucket = `images-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket, ACL: "public-read" }));
    const config = { kind: "s3", bucket, endpoint: swift.endpoint, region: SWIFT_REGION } as const;
    const storage = openS3(
      { ...config, url: `${swift.publicUrl(bucket)}/` },
      { root: ".", env: SWIFT_CREDENTIALS },
    );
    const image = imageAt(PATH, "lab/tool:1.0");
    await put(storage, image);
    const url = storage.url(image.key);
    const good = await checkRecords({ "1.0": recordAt(url, BYTES) }, { isDeep: true, digestPercent: 100 });
    expect(good.findings).toEqual([]);
    const gone = await checkRecords({ "1.0": recordAt(url.replace(/.{8}\.sif$/, "00000000.sif"), BYTES) });
    expect(gone.findings).toMatchObject([{ args: { reason: "the answer is 404" } }]);
  });
});
