import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT, runCli } from "../support/cli.ts";
import { REPOSITORY, TOKEN, startGithub } from "../support/github-server.ts";
import { type Files, record2, writeFiles } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

const IMAGES = join(PROJECT, "images/sha256");
const IMAGE = join(IMAGES, readdirSync(IMAGES).sort()[0] ?? "");
const FROZEN = "registry/lab/tool/manifests/frozen";
/** sha256 of nothing. */
const EMPTY = createHash("sha256").digest("hex");
const REGISTRY: Files = {
  "registry.yml": `repository: https://github.com/${REPOSITORY}\n`,
  [`${FROZEN}/README.md`]: record2(),
  [`${FROZEN}/.frozen`]: "",
};

/** A registry on GitHub, and what pushes to it. */
async function newRegistry() {
  const github = await startGithub();
  onTestFinished(() => github.stop());
  const remote = remoteOf(REGISTRY);
  const push = (args: readonly string[], env = {}) =>
    runCli(["push", IMAGE, ...args, "--pr"], {
      cwd: remote.clone().path,
      env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN, ...env },
    });
  return { github, remote, push };
}

describe("stowage push --pr", () => {
  test("opens a pull request with the record, and leaves main alone", async () => {
    const { github, remote, push } = await newRegistry();
    const { status, stderr } = await push(["lab/tool:1.0"]);
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^pushed 1 record in [0-9a-f]{12}\npull request: http/),
    });
    expect(github.pulls).toMatchObject([
      { head: "lab:update/lab/tool", base: "main", title: "Publish lab/tool:1.0" },
    ]);
    expect(remote.log()).toEqual(["Begin"]);
    expect(remote.show("registry/lab/tool/manifests/1.0/README.md", "update/lab/tool")).toContain("digest:");
  });

  test("adds a second record of the collection to the pull request that is open", async () => {
    const { github, remote, push } = await newRegistry();
    await push(["lab/tool:1.0"]);
    expect((await push(["lab/tool:2.0"])).status).toBe(0);
    await push(["lab/other:1"]);
    expect(github.pulls.map(({ head }) => head)).toEqual(["lab:update/lab/tool", "lab:update/lab/other"]);
    for (const tag of ["1.0", "2.0"])
      expect(remote.show(`registry/lab/tool/manifests/${tag}/README.md`, "update/lab/tool")).toBeDefined();
  });

  test("opens one for each collection of what was built", async () => {
    const { github, remote } = await newRegistry();
    const clone = remote.clone();
    const bytes = readFileSync(IMAGE);
    for (const reference of ["lab/one:1", "lab/two:1"]) {
      const description = {
        schema: 1,
        reference,
        size: bytes.length,
        digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
        builder: { name: "apptainer" },
      };
      const folder = `_build/${reference.replace(":", "/")}`;
      clone.commit({ [`registry/${reference.replace(":", "/manifests/")}/Singularity`]: "" });
      writeFiles(clone.path, {
        [`${folder}/image.sif`]: bytes,
        [`${folder}/build.json`]: JSON.stringify({ ...description, recipe: `sha256:${EMPTY}` }),
      });
    }
    clone.git("push", "--quiet", "origin", "main");
    const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN };
    const { status, stdout, stderr } = await runCli(["publish", "_build", "--pr", "--json"], {
      cwd: clone.path,
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(github.pulls.map(({ head }) => head)).toEqual(["lab:update/lab/one", "lab:update/lab/two"]);
    expect(JSON.parse(stdout)).toMatchObject({
      published: [{ reference: "lab/one:1" }, { reference: "lab/two:1" }],
    });
  });

  test("brings a pull request that passes its own check", async () => {
    const { remote, push } = await newRegistry();
    await push(["lab/tool:1.0"]);
    const clone = remote.clone();
    clone.git("switch", "--quiet", "update/lab/tool");
    const args = ["check", "--root", clone.path, "--changed-from", "origin/main", "--remote", "--digest"];
    expect(await runCli(args)).toMatchObject({ status: 0, stderr: "0 errors, 0 warnings, 2 notes\n" });
  });

  test.each([
    ["without a token", ["lab/tool:1.0"], { GITHUB_TOKEN: "", GH_TOKEN: "" }, 2, /GITHUB_TOKEN is not set/],
    ["with a wrong token", ["lab/tool:1.0"], { GITHUB_TOKEN: "wr0ng" }, 1, /GitHub|Bad credentials/],
    ["of a frozen tag", ["lab/tool:frozen"], {}, 1, /lab\/tool:frozen: is frozen/],
  ])("fails %s, and says no secret", async (_, args, env, status, message) => {
    const { remote, push } = await newRegistry();
    const result = await push(args, env);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/wr0ng/);
    expect(remote.log()).toEqual(["Begin"]);
  });
});

test("what lies elsewhere and is no image is named by its address", async () => {
  const server = createServer((_, response) => response.end("<!doctype html>".padEnd(500)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool.sif`;
  const clone = remoteOf(REGISTRY).clone();
  const { status, stderr } = await runCli(["push", "lab/tool:1.0", "--url", url, "--root", clone.path]);
  expect(status).toBe(1);
  expect(stderr).toContain(`stowage: ${url}: is not a SIF file`);
});

test("an image that is stored elsewhere is recorded where it lies", async () => {
  const server = createServer((_, response) => response.end(readFileSync(IMAGE)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool.sif?v=1`;
  // Whatever the storage is: nothing is stored.
  const clone = remoteOf({ ...REGISTRY, "registry.yml": "storage: { kind: circleci-artifacts }\n" }).clone();
  const { status } = await runCli(["push", "lab/tool:1.0", "--url", url, "--root", clone.path]);
  expect(status).toBe(0);
  const record = readFileSync(join(clone.path, "registry/lab/tool/manifests/1.0/README.md"), "utf8");
  expect(record).toContain(`url: "${url}"`);
  expect(record).toContain('architecture: "amd64"');
  expect(clone.git("status", "--porcelain", "--untracked-files=all").trim().split("\n").sort()).toEqual([
    "?? registry/lab/tool/README.md",
    "?? registry/lab/tool/manifests/1.0/README.md",
    "?? registry/lab/tool/tags/README.md",
  ]);
});
