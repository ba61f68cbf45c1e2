import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commitFiles } from "../../src/git/commit-files.ts";
import { commitHealth } from "../../src/publish/commit-health.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { type Health, formatHealth, parseHealth } from "../../src/registry/health.ts";
import { runCli } from "../support/cli.ts";
import { imageOfBytes, recordOf } from "../support/image-building.ts";
import { type Files, HEX, record2 } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";
import {
  type TestRegistry,
  baseImage,
  newRegistry,
  outputOf,
  registryFiles,
  resultsOf,
  storyOf,
} from "../support/workflow-registry.ts";
import { git } from "../support/workflow-remote.ts";
import type { RunOutcome, Trigger } from "../support/workflow-run.ts";

const IMAGE = imageOfBytes(baseImage());
const KEPT: Files = {
  "registry/lab/kept/manifests/1.0/README.md": recordOf(IMAGE),
  [`images/sha256/${IMAGE.sha256}.sif`]: IMAGE.bytes,
};
/** No workflow asks an address inside its own network. */
const GONE_URL = "http://127.0.0.1:9/gone.sif";
const GONE: Files = { "registry/lab/gone/manifests/1.0/README.md": record2("", GONE_URL) };

/** What a check found before. */
const EARLIER: Files = {
  "health.json": formatHealth({
    checked: "2026-11-19T04:17:00Z",
    images: [
      {
        url: GONE_URL,
        digest: `sha256:${HEX}` as Digest,
        checked: "2026-11-19T04:17:00Z",
        problem: {
          code: "image-unreachable",
          reason: "127.0.0.1 is an address inside a network",
          since: "2026-11-01T04:17:00Z",
        },
      },
      {
        url: `images/sha256/${IMAGE.sha256}.sif`,
        digest: `sha256:${IMAGE.sha256}` as Digest,
        checked: "2026-11-19T04:17:00Z",
        verified: "2026-11-19T04:17:00Z",
      },
    ],
  }),
};

function check({ github, remote }: TestRegistry, more: Partial<Trigger> = {}): Promise<RunOutcome> {
  return github.run({
    repository: remote,
    workflow: "health",
    event: "schedule",
    ref: "refs/heads/main",
    ...more,
  });
}

function healthOn({ remote }: TestRegistry): Health {
  const parsed = parseHealth(remote.read("health.json"));
  if ("reason" in parsed) throw new Error(parsed.reason);
  return parsed.health;
}

function pageOf({ folder }: TestRegistry, path: string): string {
  return readFileSync(join(folder, "pages", path, "index.html"), "utf8");
}

describe("health.yml", { timeout: 180_000 }, () => {
  test("commits what it found, lets the site show it, and is red in the end where an image fails", async () => {
    const registry = await newRegistry({ files: { ...registryFiles(), ...KEPT, ...GONE } });
    const before = registry.remote.tip();
    const run = await check(registry);
    expect(resultsOf(run), storyOf(run)).toMatchObject({ check: "failure", pages: "success" });
    expect(run.result).toBe("failure");

    const { path } = registry.remote;
    expect(git(path, "log", "--format=%P", "-1", "main")).toBe(before);
    expect(git(path, "diff", "--name-only", before, "main")).toBe("health.json");
    const [gone, kept] = healthOn(registry).images;
    expect(gone).toMatchObject({ url: GONE_URL, problem: { code: "image-unreachable" } });
    expect(kept).toMatchObject({ digest: `sha256:${IMAGE.sha256}` });
    expect(kept).not.toHaveProperty("problem");

    expect(pageOf(registry, "health")).toContain(GONE_URL);
    expect(pageOf(registry, "lab/gone/tags/1.0")).toContain("not there since");
    expect(pageOf(registry, "lab/kept/tags/1.0")).toContain("there on");
    const job = run.jobs.get("check");
    expect(job && outputOf(job)).toMatch(/^::error file=registry\/lab\/gone\/manifests\/1\.0\/README\.md/m);
    expect(job?.summary).toContain("lab/gone");
  });

  test("remembers since when an image fails, and changes nothing but dates where nothing else did", async () => {
    const registry = await newRegistry({ files: { ...registryFiles(), ...KEPT, ...GONE, ...EARLIER } });
    const run = await check(registry, { event: "workflow_dispatch" });
    expect(run.result).toBe("failure");
    const text = registry.remote.read("health.json");
    expect(text).toContain('"since":"2026-11-01T04:17:00Z"');
    expect(text).not.toContain("2026-11-19");
    expect(undated(text)).toBe(undated(String(EARLIER["health.json"]).trim()));
  });

  test("is green where every image is there", async () => {
    const registry = await newRegistry({ files: { ...registryFiles(), ...KEPT } });
    const run = await check(registry);
    expect(run.result, storyOf(run)).toBe("success");
    expect(healthOn(registry).images).toHaveLength(1);
  });

  test("runs for main alone", async () => {
    const registry = await newRegistry({ files: { ...registryFiles(), ...KEPT } });
    registry.remote.commit({ "note.md": "A branch.\n" }, "other");
    const before = registry.remote.tip("other");
    const run = await check(registry, { event: "workflow_dispatch", ref: "refs/heads/other" });
    expect(resultsOf(run)).toEqual({ check: "skipped", pages: "skipped" });
    expect(registry.remote.tip("other")).toBe(before);
    expect(existsSync(join(registry.folder, "pages", "index.html"))).toBe(false);
  });
});

/** What stays where nothing changed. */
function undated(text: string): string {
  return text.replaceAll(/"(checked|verified)": ?"[^"]*"/g, '"$1"');
}

test.each([
  [["--commit"], "--commit belongs to --remote"],
  [["--remote", "--commit", "--changed-from", "HEAD"], "--commit and --changed-from exclude each other"],
])("check %j is refused: %s", async (options, words) => {
  const { status, stderr } = await runCli(["check", ...options]);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});

describe("health.json on main", () => {
  const health: Health = {
    checked: "2026-11-20T04:17:00Z",
    images: [{ url: GONE_URL, digest: `sha256:${HEX}` as Digest, checked: "2026-11-20T04:17:00Z" }],
  };
  const files: Files = { "registry.yml": "title: Lab\n", ...GONE };

  test("arrives on top of what somebody else pushed meanwhile", async () => {
    const remote = remoteOf(files);
    const [ours, theirs] = [remote.clone(), remote.clone()];
    theirs.commit({ "registry/lab/new/manifests/1.0/README.md": record2() }, "Publish");
    theirs.git("push", "--quiet", "origin", "HEAD:main");
    await commitHealth(health, { root: ours.path, branch: "main" });
    expect(remote.log()).toEqual(["Check images on 2026-11-20", "Publish", "Begin"]);
    expect(remote.show("health.json")).toBe(formatHealth(health));
    expect(remote.show("registry/lab/new/manifests/1.0/README.md")).toBe(record2());
  });

  test("and records that are pushed at the same time are both there", async () => {
    const remote = remoteOf(files);
    const [ours, theirs] = [remote.clone(), remote.clone()];
    const record = join(theirs.path, "registry/lab/new/manifests/1.0/README.md");
    const publishing = commitFiles({
      directory: theirs.path,
      remote: "origin",
      branch: "main",
      files: [{ path: record, content: record2() }],
      unless: [],
      requires: [],
      message: "Publish\n",
    });
    await Promise.all([commitHealth(health, { root: ours.path, branch: "main" }), publishing]);
    expect(remote.log()).toHaveLength(3);
    expect(remote.show("health.json")).toBe(formatHealth(health));
    expect(remote.show("registry/lab/new/manifests/1.0/README.md")).toBe(record2());
  });

  test("gains no commit where it says the same already", async () => {
    const remote = remoteOf({ ...files, "health.json": formatHealth(health) });
    await commitHealth(health, { root: remote.clone().path, branch: "main" });
    expect(remote.log()).toEqual(["Begin"]);
  });
});
