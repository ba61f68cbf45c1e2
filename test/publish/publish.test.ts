import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { ONE, OTHER, REGISTRY, TAG, handOver, publish, sha256 } from "../support/hand-overs.ts";
import { DEFINITION, record2, registryOf, writeFiles } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

describe("stowage publish", () => {
  test("stores the image and writes its record, its log and what the registries of 2019 have", async () => {
    const root = registryOf({ ...REGISTRY, ...handOver("lab/tool:1.0") });
    const { status, stdout } = await publish(root);
    const image = `images/sha256/${sha256(ONE)}.sif`;
    expect(status).toBe(0);
    expect(stdout).toBe(`lab/tool:1.0  180 KiB  ${image}\n`);
    expect(readFileSync(join(root, image))).toEqual(ONE);
    const [tag] = scanRegistry({ root }).collections[0]?.tags ?? [];
    expect(tag).toMatchObject({ status: "built", hasLog: true });
    expect(tag?.record).toMatchObject({
      schema: 2,
      size: ONE.length,
      digest: `sha256:${sha256(ONE)}`,
      layers: [{ size: ONE.length, digest: `sha256:${sha256(ONE)}`, url: image }],
      recipe: `sha256:${sha256(DEFINITION)}`,
      md5: createHash("md5").update(ONE).digest("hex"),
      sha1: createHash("sha1").update(ONE).digest("hex"),
      architecture: "amd64",
      created: "2026-11-20T13:45:44Z",
      builder: { name: "apptainer", version: "1.4.5" },
      labels: { "org.opencontainers.image.licenses": "MirOS" },
      log: "build.log.gz",
    });
    expect(gunzipSync(readFileSync(join(root, TAG, "build.log.gz"))).toString()).toBe("INFO: done\n");
    expect(existsSync(join(root, "registry/lab/tool/tags/README.md"))).toBe(true);
    expect(existsSync(join(root, "registry/lab/tool/README.md"))).toBe(true);
  });

  test("says in the record which commit was built, where CI tells it", async () => {
    const root = registryOf({ ...REGISTRY, ...handOver("lab/tool:1.0") });
    const env = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "lab/registry",
      GITHUB_SHA: "abc",
    };
    await runCli(["publish", join(root, "_build"), "--root", root], { env });
    const [tag] = scanRegistry({ root }).collections[0]?.tags ?? [];
    expect(tag?.record?.source).toEqual({ repository: "https://github.com/lab/registry", revision: "abc" });
  });

  test("leaves a collection's README.md as it is", async () => {
    const readme = "---\ndescription: Mine.\n---\n# Mine\n";
    const root = registryOf({
      ...REGISTRY,
      ...handOver("lab/tool:1.0"),
      "registry/lab/tool/README.md": readme,
    });
    await publish(root);
    expect(readFileSync(join(root, "registry/lab/tool/README.md"), "utf8")).toBe(readme);
  });

  test("commits image, record and log, and nothing else, in one commit", async () => {
    const remote = remoteOf({ ...REGISTRY, "registry/lab/tool/manifests/2.0/Singularity": DEFINITION });
    const clone = remote.clone();
    const files = { ...handOver("lab/tool:1.0"), ...handOver("lab/tool:2.0", {}, OTHER) };
    writeFiles(clone.path, files);
    const { status, stderr } = await publish(clone.path, "--commit");
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^pushed 2 records in [0-9a-f]{12}\n$/),
    });
    expect(remote.log()).toEqual(["Publish 2 images", "Begin"]);
    const fresh = remote.clone();
    const { collections, findings } = scanRegistry({ root: fresh.path });
    expect(findings).toEqual([]);
    expect(collections[0]?.tags.map(({ status: state }) => state)).toEqual(["built", "built"]);
    expect(existsSync(join(clone.path, TAG, "README.md"))).toBe(false);
    expect(existsSync(join(fresh.path, "_build"))).toBe(false);
  });

  test("publishes nothing where nothing was built", async () => {
    const root = registryOf({ ...REGISTRY, "_build/lab/tool/1.0/build.log.gz": gzipSync("failed") });
    const { status, stderr } = await publish(root);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `There is no image in ${root}/_build.\n` });
  });

  test("takes images of one collection alone where it is named, though no recipe is here", async () => {
    const root = registryOf({
      "registry.yml": "builder: { kind: none }\n",
      ...handOver("lab/other:1.0"),
      ...handOver("lab/tool:9.9"),
    });
    const { status, stdout, stderr } = await publish(root, "--collection", "lab/tool");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^lab\/tool:9\.9 /);
    expect(stderr).toContain("lab/other:1.0: is not published: only images of lab/tool are taken");
    expect(scanRegistry({ root }).collections.map(({ name }) => name)).toEqual(["lab/tool"]);
  });
});

test("where nothing can be published, JSON says so", async () => {
  const root = registryOf({ ...REGISTRY, ...handOver("lab/other:1.0") });
  const { status, stdout } = await publish(root, "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ published: [], files: [], commits: [], pullRequests: [] });
});

test("git can bring what was committed into the work tree that it was built in", async () => {
  const remote = remoteOf(REGISTRY);
  const clone = remote.clone();
  writeFiles(clone.path, handOver("lab/tool:1.0"));
  expect((await publish(clone.path, "--commit")).status).toBe(0);
  expect(existsSync(join(clone.path, "images"))).toBe(false);
  clone.git("pull", "--quiet");
  expect(scanRegistry({ root: clone.path }).findings).toEqual([]);
});

test("what a person wrote below a record meanwhile stays", async () => {
  const remote = remoteOf({ "image.sif": ONE, [`${TAG}/README.md`]: `${record2()}\nOld words.\n` });
  const clone = remote.clone();
  const other = remote.clone();
  other.commit({ [`${TAG}/README.md`]: `${record2()}\nNew words.\n` });
  other.git("push", "--quiet", "origin", "main");
  const args = ["push", join(clone.path, "image.sif"), "lab/tool:1.0", "--root", clone.path, "--commit"];
  expect((await runCli(args)).status).toBe(0);
  const text = remote.show(`${TAG}/README.md`) ?? "";
  expect(text).toContain(sha256(ONE));
  expect(text).toMatch(/---\n\nNew words\.\n$/);
});

test("a recipe that main does not have gets no record there", async () => {
  const remote = remoteOf({ "README.md": "# Registry\n" });
  const clone = remote.clone();
  writeFiles(clone.path, { ...REGISTRY, ...handOver("lab/tool:1.0") });
  const { status, stderr } = await publish(clone.path, "--commit");
  expect(status).toBe(1);
  expect(stderr).toContain(`${TAG}/Singularity: the branch does not have what was built; push it first`);
  expect(remote.log()).toEqual(["Begin"]);
});

describe("an approved branch", () => {
  const SECOND = "registry/lab/tool/manifests/2.0";

  /** A clone whose branch adds two recipes, and what was built of them. */
  function approvedBranch() {
    const remote = remoteOf({ "README.md": "# Registry\n" });
    const clone = remote.clone();
    clone.git("switch", "--quiet", "--create", "recipes");
    const approved = clone.commit({ ...REGISTRY, [`${SECOND}/Singularity`]: DEFINITION });
    writeFiles(clone.path, { ...handOver("lab/tool:1.0"), ...handOver("lab/tool:2.0", {}, OTHER) });
    return { remote, clone, approved };
  }

  test("goes to main with its records", async () => {
    const { remote, clone, approved } = approvedBranch();
    expect((await publish(clone.path, "--commit", "--merge")).status).toBe(0);
    expect(remote.log("main", "%H")).toContain(approved);
    const { collections } = scanRegistry({ root: remote.clone().path });
    expect(collections[0]?.tags.map(({ status }) => status)).toEqual(["built", "built"]);
  });

  test("goes to main whole or not at all", async () => {
    const { remote, clone } = approvedBranch();
    writeFiles(clone.path, { "_build/lab/tool/2.0/image.sif": ONE });
    const { status, stderr } = await publish(clone.path, "--commit", "--merge");
    expect(status).toBe(1);
    expect(stderr).toContain("is not the image that was built");
    expect(stderr).toContain("2 of 2 images could not be published");
    expect(remote.log()).toEqual(["Begin"]);
  });
});
