import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROJECT } from "../support/cli.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import { TOKEN, startGithub } from "../support/github-server.ts";
import {
  baseImage,
  newRegistry,
  outputOf,
  pullAndRun,
  recipeThatSays,
  recordOf,
  registryFiles,
  resultsOf,
  storyOf,
  tagFiles,
} from "../support/workflow-registry.ts";
import { APP_KEY } from "../support/workflows.ts";

const reason = whyNoApptainer();

const DOCUMENTED = readFileSync(join(PROJECT, "docs", "publishing.md"), "utf8").match(
  /(?<=^```yaml\n)[^`]*/gm,
);
/** What docs/publishing.md tells a repository to add. */
const CALLER = DOCUMENTED?.find((text) => text.includes("connected.yml")) ?? "";

const SETTINGS = {
  environments: { publish: { STOWAGE_APP_CLIENT_ID: "Iv1.app", STOWAGE_APP_PRIVATE_KEY: APP_KEY } },
};

/** A registry, and a repository of recipes that is connected to it. */
async function newConnection() {
  const api = await startGithub();
  onTestFinished(() => api.stop());
  const registry = await newRegistry({
    api: api.url,
    appToken: TOKEN,
    files: { ...registryFiles(), ...tagFiles("lab/other", "1.0", recipeThatSays("other")) },
  });
  const tool = registry.github.create("lab/tool", SETTINGS);
  tool.commit({
    ".github/workflows/images.yml": CALLER,
    Singularity: recipeThatSays("newest"),
    "Singularity.1.2.3": recipeThatSays("old"),
    "base.sif": baseImage(),
  });
  const build = () =>
    registry.github.run({ repository: tool, workflow: "images", event: "push", ref: "refs/heads/main" });
  return { ...registry, api, tool, build };
}

describe.skipIf(reason !== undefined)(
  `a connected repository${because(reason)}`,
  { timeout: 300_000 },
  () => {
    test("proposes its images to the registry, which checks them and gives them out", async () => {
      const { api, tool, remote, url, build, propose, publish } = await newConnection();
      const before = remote.tip();
      const built = await build();
      expect(built.result, storyOf(built)).toBe("success");
      expect(storyOf(built)).not.toContain(APP_KEY);
      expect(remote.tip()).toBe(before);
      expect(api.pulls).toMatchObject([
        { head: "lab:update/lab/tool", base: "main", title: "Publish 2 images" },
      ]);
      expect(recordOf(remote, "lab/tool", "1.2.3", "update/lab/tool").source).toEqual({
        repository: "https://github.com/lab/tool",
        revision: tool.tip(),
      });

      const checked = await propose("update/lab/tool", {});
      expect(checked.result, storyOf(checked)).toBe("success");
      expect(resultsOf(checked)).toEqual({ check: "success", build: "skipped", site: "success" });

      remote.merge("update/lab/tool");
      await publish();
      expect(await pullAndRun("--library", url, "library://lab/tool:1.2.3")).toBe("old\n");
      expect(recordOf(remote, "lab/tool", "latest").digest).toMatch(/^sha256:/);

      await build();
      expect(api.pulls.length, "the same pull request has the new images").toBe(1);
    });

    test("is refused by the registry where a record lies, or reaches for another collection", async () => {
      const { remote, build, propose } = await newConnection();
      await build();
      const proposed = "update/lab/tool";
      const path = "registry/lab/tool/manifests/latest/README.md";
      const record = remote.read(path, proposed);
      const lies = {
        size: { [path]: record.replaceAll(/size: \d+/g, "size: 4096") },
        digest: { [path]: record.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)) },
        scope: { "registry/lab/other/manifests/1.0/README.md": record },
      };
      const complaints: Record<string, unknown> = {};
      for (const [name, changes] of Object.entries(lies)) {
        remote.commit(changes, name, proposed);
        const checked = await propose(name, {});
        expect(resultsOf(checked)).toMatchObject({ check: "failure", build: "skipped" });
        const check = checked.jobs.get("check");
        complaints[name] = /^::error .*/m.exec((check && outputOf(check)) ?? "")?.[0];
      }
      expect(complaints).toEqual({
        size: expect.stringMatching(/^::error file=registry\/lab\/tool\/.*4096/),
        digest: expect.stringMatching(/^::error file=registry\/lab\/tool\/.*0000/),
        scope: expect.stringMatching(/lab\/(?:tool|other)/),
      });
    });

    test("gets nowhere without the app's key", async () => {
      const { api, github, remote, tool } = await newConnection();
      const before = remote.paths();
      const forged = github.create("lab/forged", {
        environments: { publish: { STOWAGE_APP_CLIENT_ID: "Iv1.app", STOWAGE_APP_PRIVATE_KEY: "another" } },
      });
      forged.commit({
        ".github/workflows/images.yml": CALLER,
        Singularity: tool.read("Singularity"),
        "base.sif": baseImage(),
      });
      const built = await github.run({
        repository: forged,
        workflow: "images",
        event: "push",
        ref: "refs/heads/main",
      });
      expect(resultsOf(built)).toMatchObject({ "images / build": "success", "images / publish": "failure" });
      expect(api.pulls).toEqual([]);
      expect(remote.paths()).toEqual(before);
    });
  },
);
