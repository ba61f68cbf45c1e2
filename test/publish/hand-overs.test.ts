import { existsSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ONE, OTHER, REGISTRY, TAG, handOver, publish, sha256 } from "../support/hand-overs.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf } from "../support/registry.ts";

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
