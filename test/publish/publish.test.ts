import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../../src/index.ts";
import { type CliResult, PROJECT, runCli } from "../support/cli.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf, writeFiles } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

const IMAGES = join(PROJECT, "images/sha256");
const [ONE = Buffer.of(), OTHER = Buffer.of()] = listFiles(IMAGES).map((name) =>
  readFileSync(join(IMAGES, name)),
);
const TAG = "registry/lab/tool/manifests/1.0";
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** What `stowage build --out` leaves for one image. */
function handOver(reference: string, more: Record<string, unknown> = {}, image = ONE): Files {
  const folder = `_build/${reference.replace(":", "/")}`;
  const description = {
    schema: 1,
    reference,
    size: image.length,
    digest: `sha256:${sha256(image)}`,
    recipe: `sha256:${sha256(DEFINITION)}`,
    builder: { name: "apptainer", version: "1.4.5" },
    ...more,
  };
  return {
    [`${folder}/image.sif`]: image,
    [`${folder}/build.json`]: JSON.stringify(description),
    [`${folder}/build.log.gz`]: gzipSync("INFO: done\n"),
  };
}

const REGISTRY: Files = { [`${TAG}/Singularity`]: DEFINITION };

const publish = (root: string, ...args: string[]): Promise<CliResult> =>
  runCli(["publish", join(root, "_build"), "--root", root, ...args]);

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

/** Attacks by a build, which may write anything into its hand-over. */
describe("what a build says of itself is not believed:", () => {
  const expectRefused = async (files: Files, message: string | RegExp, change?: (root: string) => void) => {
    const root = registryOf({ ...REGISTRY, ...files });
    change?.(root);
    const before = listFiles(join(root, "registry"));
    const { status, stdout, stderr } = await publish(root);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(listFiles(join(root, "registry"))).toEqual(before);
    expect(existsSync(join(root, "images")) ? listFiles(join(root, "images")) : []).toEqual([]);
    return root;
  };

  test("an image that was swapped after the build", async () => {
    const files = handOver("lab/tool:1.0");
    const swapped = Buffer.from(ONE);
    swapped[swapped.length - 1] = 1;
    await expectRefused(
      { ...files, "_build/lab/tool/1.0/image.sif": swapped },
      /image\.sif: is not the image that was built: its sha256 is [0-9a-f]{64}, and [0-9a-f]{64} was expected/,
    );
  });

  test("an image of another size", async () => {
    await expectRefused(handOver("lab/tool:1.0", { size: 1 }), /has 184320 bytes, and 1 were expected/);
  });

  test("an image that is none", async () => {
    await expectRefused(handOver("lab/tool:1.0", {}, Buffer.from("#!/bin/sh\n")), /is not a SIF file/);
  });

  test("a link in the image's place", async () => {
    await expectRefused(handOver("lab/tool:1.0"), /image\.sif: cannot be read/, (root) => {
      const image = join(root, "_build/lab/tool/1.0/image.sif");
      renameSync(image, join(root, "elsewhere.sif"));
      symlinkSync(join(root, "elsewhere.sif"), image);
    });
  });

  test("a reference that nobody asked for", async () => {
    await expectRefused(
      handOver("lab/other:1.0"),
      /lab\/other:1\.0: is not published: this registry's plan does not have it/,
    );
  });

  test("a frozen tag", async () => {
    await expectRefused(
      {
        ...handOver("lab/tool:2.0"),
        "registry/lab/tool/manifests/2.0/Singularity": DEFINITION,
        "registry/lab/tool/manifests/2.0/.frozen": "",
      },
      /is not published: this registry's plan does not have it/,
    );
  });

  test("a tag that has a record", async () => {
    const recipe = `recipe: sha256:${sha256(DEFINITION)}\n`;
    await expectRefused(
      { ...handOver("lab/tool:1.0"), [`${TAG}/README.md`]: record2(recipe) },
      /plan does not have it/,
    );
  });

  test("another definition file than the one that is there now", async () => {
    await expectRefused(
      handOver("lab/tool:1.0", { recipe: `sha256:${sha256("other")}` }),
      /it was built from another definition file than the one that is there now/,
    );
  });

  test.each([
    [
      "a reference in another's folder",
      { reference: "lab/other:1.0" },
      /is about lab\/other:1\.0, which belongs into/,
    ],
    ["a reference that leads out", { reference: "../../etc:passwd" }, /is not a reference/],
    [
      "a digest that is a path",
      { digest: "sha256:../../../etc/passwd" },
      /digest is not right; expected something like sha256:/,
    ],
    ["an unknown key", { "$(id)": "x" }, /\$\(id\) is not right; expected one of schema, reference/],
    ["a size that is none", { size: -1 }, /size is not right/],
    ["a builder that is none", { builder: "x" }, /builder is not right/],
  ])("%s", async (_, more, message) => {
    const root = registryOf({ ...REGISTRY, ...handOver("lab/tool:1.0", more) });
    const { status, stderr } = await publish(root);
    expect(stderr).toMatch(message);
    expect([1, 2]).toContain(status);
    expect(existsSync(join(root, TAG, "README.md"))).toBe(false);
  });

  test("a description that is no JSON, or far too long", async () => {
    for (const text of ["{", "[]", "null", `"${"x".repeat(70_000)}"`]) {
      await expectRefused(
        { ...handOver("lab/tool:1.0"), "_build/lab/tool/1.0/build.json": text },
        /build\.json: .* is not right/,
      );
    }
  });

  test("a log that is none is left out", async () => {
    for (const log of [Buffer.from("<script>"), Buffer.alloc(5 * 1024 * 1024, 0xff)]) {
      const root = registryOf({
        ...REGISTRY,
        ...handOver("lab/tool:1.0"),
        "_build/lab/tool/1.0/build.log.gz": log,
      });
      expect((await publish(root)).status).toBe(0);
      expect(readFileSync(join(root, TAG, "README.md"), "utf8")).not.toContain("log:");
      expect(existsSync(join(root, TAG, "build.log.gz"))).toBe(false);
    }
  });

  test("one bad image keeps no other from being published", async () => {
    const root = registryOf({
      ...REGISTRY,
      ...handOver("lab/tool:1.0"),
      ...handOver("lab/other:1.0"),
      "_build/a/b/c/build.json": "{",
    });
    const { status, stdout, stderr } = await publish(root);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^lab\/tool:1\.0 /);
    expect(stderr).toMatch(/2 of 3 images could not be published/);
    expect(existsSync(join(root, TAG, "README.md"))).toBe(true);
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

describe("what the jobs of a matrix left", () => {
  const SECOND = "registry/lab/tool/manifests/2.0";
  const jobFolder = (id: number, files: Files): Files =>
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path.replace("_build/", `_build/stowage-image-${id}/`),
        content,
      ]),
    );

  test("is taken from the job that was to build it", async () => {
    const root = registryOf({
      ...REGISTRY,
      [`${SECOND}/Singularity`]: DEFINITION,
      ...jobFolder(1, handOver("lab/tool:1.0")),
      ...jobFolder(2, handOver("lab/tool:2.0", {}, OTHER)),
    });
    const { status, stdout } = await publish(root, "--matrix", "github");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^lab\/tool:1\.0 .*\nlab\/tool:2\.0 .*\n$/);
  });

  test("is not taken from another, which could put its own image in the place of a neighbour's", async () => {
    const root = registryOf({
      ...REGISTRY,
      [`${SECOND}/Singularity`]: DEFINITION,
      ...jobFolder(1, { ...handOver("lab/tool:1.0"), ...handOver("lab/tool:2.0") }),
      ...jobFolder(7, handOver("lab/tool:2.0")),
    });
    const { status, stdout, stderr } = await publish(root, "--matrix", "github");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^lab\/tool:1\.0 .*\n$/);
    expect(stderr).toContain("lab/tool:2.0: is not published: the job stowage-image-1 was not to build it\n");
    expect(stderr).toContain("lab/tool:2.0: is not published: the job stowage-image-7 was not to build it\n");
    expect(existsSync(join(root, SECOND, "README.md"))).toBe(false);
  });
});

describe("stowage push", () => {
  const push = (root: string, ...args: string[]) => runCli(["push", ...args, "--root", root]);
  const rootWith = (files: Files = {}) =>
    registryOf({ "image.sif": ONE, "registry.yml": "title: x\n", ...files });

  test("begins a registry that is empty", async () => {
    const root = rootWith();
    const { status, stdout } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `lab/tool:1.0  180 KiB  images/sha256/${sha256(ONE)}.sif\n`,
    });
    expect(scanRegistry({ root }).findings).toEqual([]);
    expect(readFileSync(join(root, TAG, "README.md"), "utf8")).toContain("Built elsewhere");
  });

  test("replaces a record and keeps what a person wrote below it", async () => {
    const root = rootWith({ [`${TAG}/README.md`]: `${record2()}\nAsk the lab before you use it.\n` });
    await push(root, join(root, "image.sif"), "lab/tool:1.0");
    const text = readFileSync(join(root, TAG, "README.md"), "utf8");
    expect(text).toContain(`digest: "sha256:${sha256(ONE)}"\n`);
    expect(text).toMatch(/---\n\nAsk the lab before you use it\.\n$/);
  });

  test("stores the same image once", async () => {
    const root = rootWith();
    for (const reference of ["lab/tool:1.0", "lab/tool:latest", "lab/other:1"])
      await push(root, join(root, "image.sif"), reference);
    expect(listFiles(join(root, "images"))).toEqual([`sha256/${sha256(ONE)}.sif`]);
  });

  test("refuses a frozen tag", async () => {
    const root = rootWith({ [`${TAG}/README.md`]: record2(), [`${TAG}/.frozen`]: "" });
    const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
    expect(status).toBe(1);
    expect(stderr).toBe("stowage: lab/tool:1.0: is frozen, so it keeps its image; choose another tag\n");
    expect(existsSync(join(root, "images"))).toBe(false);
  });

  test.each(["---\nsize: x\n---\n", undefined])(
    "refuses a frozen tag that cannot be served",
    async (record) => {
      const files = record === undefined ? {} : { [`${TAG}/README.md`]: record };
      const root = rootWith({ ...files, [`${TAG}/.frozen`]: "" });
      const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
      expect(status).toBe(1);
      expect(stderr).toContain("lab/tool:1.0: is frozen, so it keeps its image");
      expect(existsSync(join(root, "images"))).toBe(false);
    },
  );

  test("refuses a tag that was frozen meanwhile", async () => {
    const remote = remoteOf({ "image.sif": ONE, [`${TAG}/README.md`]: record2() });
    const clone = remote.clone();
    const other = remote.clone();
    other.commit({ [`${TAG}/.frozen`]: "" }, "Freeze");
    other.git("push", "--quiet", "origin", "main");
    const { status, stderr } = await push(
      clone.path,
      join(clone.path, "image.sif"),
      "lab/tool:1.0",
      "--commit",
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`${TAG}/.frozen: is there by now; nothing was pushed`);
    expect(remote.log()).toEqual(["Freeze", "Begin"]);
  });

  test.each([
    ["a namespace", "registry/lab", "."],
    ["a collection", "registry/lab/tool", "."],
    ["a tag", TAG, "2.0"],
    ["the tags", "registry/lab/tool/manifests", "."],
  ])("writes no record through a link in the place of %s", async (_, path, inside) => {
    for (const target of ["elsewhere", inside]) {
      const root = rootWith({
        "elsewhere/x.txt": "",
        "registry/lab/tool/manifests/2.0/README.md": record2(),
      });
      rmSync(join(root, path), { recursive: true, force: true });
      symlinkSync(target === "elsewhere" ? join(root, target) : target, join(root, path));
      const before = listFiles(root);
      const { status, stderr } = await push(root, join(root, "image.sif"), "lab/tool:1.0");
      expect(status).toBe(1);
      expect(stderr).toMatch(/is a link, so no record is written there; choose another tag/);
      expect(listFiles(root)).toEqual(before);
    }
  });

  test.each([
    [["image.sif"], 2, /expected an image's file and a reference/],
    [["lab/tool:1.0", "x", "--url", "https://example.org/x.sif"], 2, /with --url expected a reference alone/],
    [["image.sif", "../../x:y"], 2, /is not a reference/],
    [["missing.sif", "lab/tool:1.0"], 1, /missing\.sif: cannot be read/],
    [["registry.yml", "lab/tool:1.0"], 1, /registry\.yml: is not a SIF file/],
    [[".", "lab/tool:1.0"], 1, /cannot be read|is not a regular file/],
    [["image.sif", "lab/tool:1.0", "--commit", "--pr"], 2, /exclude each other/],
    [["image.sif", "lab/tool:1.0", "--merge"], 2, /--merge belongs to --commit/],
    [["image.sif", "lab/tool:1.0", "--commit"], 1, /not a git repository/],
  ])("%j is refused, and nothing is stored or written", async (args, status, message) => {
    const root = rootWith();
    const before = listFiles(root);
    const result = await runCli(["push", ...args], { cwd: root });
    expect(result.stderr).toMatch(message);
    expect(result.status).toBe(status);
    if (!args.includes("--commit") || args.includes("--pr")) expect(listFiles(root)).toEqual(before);
  });

  test("prints JSON", async () => {
    const root = rootWith();
    const { stdout } = await push(root, join(root, "image.sif"), "lab/tool:1.0", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      published: [{ reference: "lab/tool:1.0", digest: `sha256:${sha256(ONE)}`, size: ONE.length }],
    });
  });
});
