import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { because, whyNoApptainer } from "../support/clients.ts";
import { SWIFT_CREDENTIALS, SWIFT_REGION, type Swift, startSwift, whyNoSwift } from "../support/swift.ts";
import {
  newRegistry,
  pullAndRun,
  recipeThatSays,
  recordOf,
  registryFiles,
  storyOf,
  tagFiles,
} from "../support/workflow-registry.ts";

const reason = whyNoApptainer() ?? whyNoSwift();
const BUCKET = "lab-images";

describe.skipIf(reason !== undefined)(
  `a registry with a bucket${because(reason)}`,
  { timeout: 300_000 },
  () => {
    let swift: Swift;

    beforeAll(async () => {
      swift = await startSwift();
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = SWIFT_CREDENTIALS;
      const client = new S3Client({
        endpoint: swift.endpoint,
        region: SWIFT_REGION,
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey },
      });
      await client.send(new CreateBucketCommand({ Bucket: BUCKET, ACL: "public-read" }));
    });
    afterAll(() => swift?.stop());

    test("keeps images there with the secrets of its environment, and none in the repository", async () => {
      const storage = `storage:
  kind: s3
  bucket: ${BUCKET}
  region: ${SWIFT_REGION}
  endpoint: ${swift.endpoint}
  url: ${swift.publicUrl(BUCKET)}/
`;
      const { remote, publish } = await newRegistry({
        settings: { environments: { publish: SWIFT_CREDENTIALS } },
        files: { ...registryFiles(storage), ...tagFiles("lab/hello", "1.0", recipeThatSays("stored")) },
      });
      const published = await publish();
      expect(published.result, storyOf(published)).toBe("success");
      expect(storyOf(published)).not.toContain(SWIFT_CREDENTIALS.AWS_SECRET_ACCESS_KEY);
      const { layers, digest } = recordOf(remote, "lab/hello", "1.0");
      expect(layers[0]?.url).toBe(`${swift.publicUrl(BUCKET)}/sha256/${digest.slice("sha256:".length)}.sif`);
      expect(remote.paths().filter((path) => path.startsWith("images/"))).toEqual([]);
      expect(await pullAndRun(layers[0]?.url ?? "")).toBe("stored\n");
    });
  },
);
