import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { buildImages } from "../../src/build/build-images.ts";
import { planBuilds } from "../../src/build/plan.ts";
import { buildSite, scanRegistry } from "../../src/index.ts";
import { because, newUser, whyNoApptainer } from "../support/clients.ts";
import { PROJECT, runCli, startCli } from "../support/cli.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

const TOOL = "registry/lab/tool/manifests";
const BASE = "Bootstrap: localimage\nFrom: base.sif\n";
const saying = (word: string) => `${BASE}\n%runscript\n    echo ${word}\n%test\n    true\n`;
const failing = `${BASE}\n%post\n    echo about to fail\n    exit 7\n`;

/** A registry whose recipes all begin with a small image of the example registry. */
function registry(files: Files): string {
  const root = registryOf(files);
  const images = join(PROJECT, "images/sha256");
  const [image = ""] = readdirSync(images).sort();
  for (const path of Object.keys(files)) {
    if (/(?:^|\/)Singularity[^/]*$/.test(path))
      copyFileSync(join(images, image), join(root, dirname(path), "base.sif"));
  }
  return root;
}

const reason = whyNoApptainer();

describe.skipIf(reason !== undefined)(`stowage build${because(reason)}`, () => {
  test("makes of a recipe an image with a record, which a site serves and a client runs", async () => {
    const root = registry({ [`${TOOL}/1.0/Singularity`]: saying("built") });
    const { status, stdout, stderr } = await runCli(["build", "--root", root]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^lab\/tool:1\.0 {2}\S+ KiB {2}images\/sha256\/[0-9a-f]{64}\.sif\n$/);
    expect(stderr).toMatch(/^building lab\/tool:1\.0: no record\nbuilt lab\/tool:1\.0: .*\nwrote /);
    expect(existsSync(join(root, "_build/lab"))).toBe(true);
    expect(listFiles(join(root, "_build"))).toEqual([]);
    const out = join(root, "_site");
    const built = await buildSite({ root, out, url: "https://lab.example.org/" });
    expect(built.findings).toEqual([]);
    const image = built.registry.collections[0]?.tags[0]?.record?.layers[0]?.url ?? "";
    const log = gunzipSync(readFileSync(join(out, "lab/tool/manifests/1.0/build.log.gz"))).toString();
    expect(log).toContain("Build complete");
    expect(readFileSync(join(out, "lab/tool/tags/1.0/index.html"), "utf8")).toContain(
      'href="/lab/tool/manifests/1.0/build.log.gz"',
    );
    expect(await newUser().output(`apptainer run ${join(out, image)}`)).toBe("built\n");
    expect((await runCli(["plan", "--root", root])).stdout).toBe("Nothing is to be built.\n");
  });

  test("goes on after a failed build, says what failed, and keeps the old record and image", async () => {
    const root = registry({
      [`${TOOL}/1.0/Singularity`]: failing,
      [`${TOOL}/1.0/README.md`]: record2(`recipe: sha256:${"0".repeat(64)}\n`),
      [`${TOOL}/2.0/Singularity`]: saying("second"),
    });
    const record = readFileSync(join(root, TOOL, "1.0/README.md"), "utf8");
    const { status, stdout, stderr } = await runCli(["build", "--stale", "--root", root]);
    expect(status).toBe(1);
    expect(stderr).toContain("building lab/tool:1.0: definition file changed\n");
    expect(stderr).toMatch(
      /stowage: lab\/tool:1\.0: apptainer build ended with status \d+; the last lines of its log:\n/,
    );
    expect(stderr).toContain("\n  | about to fail\n");
    expect(stderr).toMatch(/\n {2}all of its log: .*_build\/lab\/tool\/1\.0\/build\.log\.gz\n/);
    expect(stderr).toContain("stowage: 1 of 2 builds failed\n");
    expect(stdout).toMatch(/^lab\/tool:2\.0 /);
    expect(readFileSync(join(root, TOOL, "1.0/README.md"), "utf8")).toBe(record);
    const log = gunzipSync(readFileSync(join(root, "_build/lab/tool/1.0/build.log.gz"))).toString();
    expect(log).toContain("about to fail");
  });

  test("fails an image whose own tests fail", async () => {
    const root = registry({ [`${TOOL}/1.0/Singularity`]: `${BASE}\n%test\n    echo not good; false\n` });
    const { status, stderr } = await runCli(["build", "--root", root]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/apptainer test ended with status 1/);
    expect(stderr).toContain("not good");
    expect(existsSync(join(root, "images"))).toBe(false);
  });

  test("runs build.sh in place of the builder, without the secrets around it", async () => {
    const script = '#!/bin/sh\nset -e\nenv\ncp "$(dirname "$1")/base.sif" "$2"\n';
    const root = registry({ [`${TOOL}/1.0/Singularity`]: saying("x"), [`${TOOL}/1.0/build.sh`]: script });
    const env = { AWS_SECRET_ACCESS_KEY: "s3cret", GITHUB_TOKEN: "t0ken", STOWAGE_MARK: "m4rk" };
    const { status } = await runCli(["build", "--root", root, "--out", join(root, "out")], { env });
    expect(status).toBe(0);
    const log = gunzipSync(readFileSync(join(root, "out/lab/tool/1.0/build.log.gz"))).toString();
    expect(log).toContain("PATH=");
    expect(log).not.toMatch(/s3cret|t0ken|m4rk/);
    const description = readFileSync(join(root, "out/lab/tool/1.0/build.json"), "utf8");
    expect(JSON.parse(description)).toMatchObject({ reference: "lab/tool:1.0", builder: { name: "script" } });
  });

  test("builds what was asked for, several references in one word", async () => {
    const root = registry(
      Object.fromEntries(["1.0", "2.0", "3.0"].map((tag) => [`${TOOL}/${tag}/Singularity`, saying(tag)])),
    );
    const args = [
      "build",
      "lab/tool:3.0 lab/tool:1.0",
      "--root",
      root,
      "--out",
      join(root, "out"),
      "--quiet",
    ];
    const { status, stdout } = await runCli(args);
    expect(status).toBe(0);
    expect(stdout).toBe(
      ["1.0", "3.0"].map((tag) => `lab/tool:${tag}  ${root}/out/lab/tool/${tag}/image.sif\n`).join(""),
    );
  });

  test("builds a connected repository, whose images a registry takes", async () => {
    const repository = registry({ Singularity: saying("newest"), "old/Singularity.1.0": saying("old") });
    const layout = ["--layout", "repository", "--collection", "lab/tool"];
    const out = join(repository, "out");
    expect((await runCli(["build", "--root", repository, ...layout])).status).toBe(2);
    expect((await runCli(["build", "--root", repository, ...layout, "--out", out])).status).toBe(0);
    const remote = remoteOf({ "registry.yml": "builder: { kind: none }\n" });
    const clone = remote.clone();
    const args = ["publish", out, "--root", clone.path, "--collection", "lab/tool", "--commit"];
    expect((await runCli(args)).status).toBe(0);
    const tags = scanRegistry({ root: remote.clone().path }).collections[0]?.tags;
    expect(tags?.map(({ name, status }) => [name, status])).toEqual([
      ["1.0", "built"],
      ["latest", "built"],
    ]);
  });

  test("stops when it is told to, without leaving anything behind", async () => {
    const root = registry({
      [`${TOOL}/1.0/Singularity`]: `${BASE}\n%post\n    echo waiting; while :; do :; done\n`,
    });
    const child = startCli(["build", "--root", root]);
    const log = join(root, "_build/lab/tool/1.0/build.log.gz");
    while (!existsSync(log)) await wait(50);
    await wait(500);
    child.kill("SIGTERM");
    const [status] = (await once(child, "close")) as [number];
    expect(status).toBe(1);
    expect(listFiles(join(root, "_build"))).toEqual(["lab/tool/1.0/build.log.gz"]);
    expect(existsSync(join(root, TOOL, "1.0/README.md"))).toBe(false);
  });
});

describe("a registry that builds nothing itself", () => {
  test("has nothing to build", async () => {
    const root = registryOf({
      "registry.yml": "builder: { kind: none }\n",
      [`${TOOL}/1.0/Singularity`]: DEFINITION,
    });
    const { status, stderr } = await runCli(["build", "--root", root]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "Nothing is to be built.\n" });
  });
});

describe("a build without an end", () => {
  afterEach(() => void vi.useRealTimers());

  test("is ended after the minutes that registry.yml allows", async () => {
    vi.useFakeTimers();
    const root = registryOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION });
    const outcomes = buildImages(planBuilds(scanRegistry({ root })).builds, {
      root,
      out: join(root, "out"),
      builder: { kind: "apptainer", timeout: 3 },
      open: () =>
        Promise.resolve({
          build: ({ signal }) =>
            new Promise((_, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason as Error)),
            ),
        }),
      env: {},
      signal: new AbortController().signal,
    });
    const outcome = outcomes.next();
    await vi.advanceTimersByTimeAsync(3 * 60_000);
    vi.useRealTimers();
    expect((await outcome).value).toMatchObject({ error: { message: "its 3 minutes are over" } });
  });
});
