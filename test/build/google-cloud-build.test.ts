import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGoogleCloudBuild } from "../../src/build/google-cloud-build.ts";
import {
  type CloudBuildOptions,
  type CloudBuildServer,
  startCloudBuild,
} from "../support/cloud-build-server.ts";
import { builderContract, failureOf, newJob } from "./contract.ts";

const PACE = { first: 10, longest: 50 };
const RECIPE = "Bootstrap: localimage\nFrom: base.sif\n";

function configFor({ url }: CloudBuildServer) {
  return {
    kind: "google-cloud-build",
    project: "lab",
    bucket: "lab-images",
    endpoint: url,
    "storage-endpoint": url,
  } as const;
}

builderContract("google-cloud-build", async () => {
  const config = configFor(await startCloudBuild());
  return {
    open: (env) => Promise.resolve(openGoogleCloudBuild(config, { env }, PACE)),
    name: "google-cloud-build",
    version: "1.4.5",
    command: "apptainer build",
  };
});

/** A service whose builds are not really run, and a builder that asks it. */
async function scripted(options: CloudBuildOptions, env: NodeJS.ProcessEnv = process.env) {
  const server = await startCloudBuild(options);
  return { server, builder: openGoogleCloudBuild(configFor(server), { env }, PACE) };
}

describe("google-cloud-build", () => {
  test("asks for two steps of the builder image, and takes away what it put into the bucket", async () => {
    const { server, builder } = await scripted({ script: { status: "FAILURE", log: "" } });
    const { job } = newJob({}, RECIPE);
    await failureOf(builder, job);
    const [build] = server.builds;
    expect(build?.steps.map(({ name, entrypoint, args }) => [name, entrypoint, args[0]])).toEqual([
      ["ghcr.io/apptainer/apptainer:1.4.5", "apptainer", "build"],
      ["ghcr.io/apptainer/apptainer:1.4.5", "apptainer", "test"],
    ]);
    expect(build).toMatchObject({ timeout: "7200s", options: { logging: "GCS_ONLY" } });
    expect([...server.bucket.objects.keys()]).toEqual([]);
  });

  test("asks in a region, for as long as registry.yml allows", async () => {
    const server = await startCloudBuild({ script: { status: "FAILURE", log: "" } });
    const config = {
      ...configFor(server),
      region: "europe-west1",
      timeout: 5,
      image: "lab/apptainer@sha256:abc",
    };
    await failureOf(openGoogleCloudBuild(config, { env: process.env }, PACE), newJob({}, RECIPE).job);
    expect(server.requests[0]).toBe("POST /v1/projects/lab/locations/europe-west1/builds");
    expect(server.builds[0]).toMatchObject({
      timeout: "300s",
      steps: [{ name: config.image }, { name: config.image }],
    });
  });

  test("says with which status a build ended, why, and the last lines of its log", async () => {
    const script = { status: "TIMEOUT", statusDetail: "the time is over", log: "one\ntwo\n" };
    const { builder } = await scripted({ script });
    const { job, logText } = newJob({}, RECIPE);
    const error = await failureOf(builder, job);
    expect(error).toMatchObject({ command: "Cloud Build", status: "TIMEOUT" });
    expect(error.message).toMatch(
      /^vanessa\/greeting:latest: Cloud Build was ended \(TIMEOUT\), the time is over; [\s\S]*two$/,
    );
    expect(await logText()).toContain("one\ntwo\n");
    expect(existsSync(job.image)).toBe(false);
  });

  test("asks again, as late as it is told, where there were too many questions", async () => {
    const refusals = [{ status: 429, message: "slowly", retryAfter: "1" }];
    const { server, builder } = await scripted({ refusals, script: { status: "FAILURE", log: "" } });
    await failureOf(builder, newJob({}, RECIPE).job);
    expect(server.requests.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  test("asks for a build once where it is not known whether one has begun", async () => {
    const { server, builder } = await scripted({ refusals: [{ status: 503, message: "something broke" }] });
    await expect(builder.build(newJob({}, RECIPE).job)).rejects.toThrow("status 503: something broke");
    expect(server.requests).toEqual(["POST /v1/projects/lab/builds"]);
  });

  test("names the right that is missing, and no token", async () => {
    const env = { ...process.env, GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.hunter2" };
    const refusals = [{ status: 403, message: "The caller does not have permission" }];
    const { server, builder } = await scripted({ refusals }, env);
    const error: unknown = await builder.build(newJob({}, RECIPE).job).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      /status 403: The caller does not have permission; .*cloudbuild\.builds\.editor/,
    );
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect([...server.authorizations]).toEqual(["Bearer ya29.hunter2"]);
    expect([...server.bucket.objects.keys()]).toEqual([]);
  });

  test("hands over a large folder whole, but never a clone's own folder", async () => {
    const { server, builder } = await scripted({ script: { status: "FAILURE", log: "" } });
    const sizes: number[] = [];
    const keep = server.bucket.objects.set.bind(server.bucket.objects);
    server.bucket.objects.set = (name, content) => {
      if (name.endsWith("/source.tar.gz")) sizes.push(content.length);
      return keep(name, content);
    };
    const { job } = newJob({}, RECIPE);
    mkdirSync(join(job.folder, ".git"));
    writeFileSync(join(job.folder, ".git/pack"), randomBytes(16 * 1024 * 1024));
    writeFileSync(join(job.folder, "data"), randomBytes(9 * 1024 * 1024));
    await failureOf(builder, job);
    expect(sizes).toEqual([expect.closeTo(9.2 * 1024 * 1024, -6)]);
  });

  test("asks for nothing when it is stopped before it begins", async () => {
    const { server, builder } = await scripted({});
    const { job } = newJob({}, RECIPE, { signal: AbortSignal.abort(new Error("enough")) });
    expect((await failureOf(builder, job)).message).toContain("it was stopped: enough");
    expect(server.requests).toEqual([]);
  });
});
