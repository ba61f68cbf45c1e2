import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CircleJobOutcome } from "../support/circleci-job.ts";
import { runPipeline } from "../support/circleci-run.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import {
  newRegistry,
  pullAndRun,
  recipeThatSays,
  recordOf,
  resultsOf,
  tagFiles,
} from "../support/workflow-registry.ts";
import { git } from "../support/workflow-remote.ts";

const reason = whyNoApptainer();
const CONTEXTS = { "stowage-publish": { AWS_SECRET_ACCESS_KEY: "what-only-publishing-may-know" } };
const ON_CIRCLECI = { settings: { vars: { STOWAGE_BUILDER: "circleci" } } };

const storyOf = (jobs: ReadonlyMap<string, CircleJobOutcome>) =>
  [...jobs].map(([name, { result, output }]) => `== ${name}: ${result}\n${output}`).join("\n");
const namesOf = (jobs: ReadonlyMap<string, CircleJobOutcome>) => [...jobs.keys()];

describe.skipIf(reason !== undefined)(
  `a registry on CircleCI${because(reason)}`,
  { timeout: 300_000 },
  () => {
    test("turns an approved branch into main with its record, and an image that the site gives out", async () => {
      const { folder, remote, url, publish } = await newRegistry(ON_CIRCLECI);
      const head = remote.commit(tagFiles("lab/hello", "1.0", recipeThatSays("bonjour")), "hello");
      // Somebody else changed main meanwhile.
      remote.commit({ "note.md": "A note.\n" });

      const { jobs } = await runPipeline(
        { repository: remote, folder, contexts: CONTEXTS },
        { branch: "hello" },
      );
      expect(namesOf(jobs), storyOf(jobs)).toEqual(["plan", "build-lab/hello:1.0", "publish"]);
      expect(jobs.get("publish")?.result, storyOf(jobs)).toBe("success");
      expect(storyOf(jobs)).not.toContain("what-only-publishing-may-know");
      const built = jobs.get("build-lab/hello:1.0")?.artifacts ?? "";
      expect(readFileSync(join(built, "_build/lab/hello/1.0/image.sif")).length).toBeGreaterThan(100_000);

      expect(recordOf(remote, "lab/hello", "1.0").source).toEqual({
        repository: "https://github.com/lab/registry",
        revision: head,
      });
      expect(git(remote.path, "merge-base", "main", "hello")).toBe(head);
      expect(remote.paths()).toContain("note.md");

      const deployed = await publish();
      expect(resultsOf(deployed)).toMatchObject({ plan: "skipped", publish: "skipped", pages: "success" });
      expect(await pullAndRun("--library", url, "library://lab/hello:1.0")).toBe("bonjour\n");
    });

    test("publishes nothing before somebody agrees", async () => {
      const { folder, remote } = await newRegistry(ON_CIRCLECI);
      remote.commit(tagFiles("lab/hello", "1.0", recipeThatSays("no")), "hello");
      const before = remote.tip();
      const { jobs } = await runPipeline(
        { repository: remote, folder },
        { branch: "hello", approve: () => false },
      );
      expect(namesOf(jobs)).toEqual(["plan", "build-lab/hello:1.0"]);
      expect(remote.tip()).toBe(before);
    });

    test("publishes the commit that was built, whatever the branch has become", async () => {
      const { folder, remote } = await newRegistry(ON_CIRCLECI);
      const built = remote.commit(tagFiles("lab/hello", "1.0", recipeThatSays("seen")), "hello");
      const approve = () => {
        remote.commit({ "unseen.md": "Nobody looked at it.\n" }, "hello");
        return true;
      };
      const { jobs } = await runPipeline({ repository: remote, folder }, { branch: "hello", approve });
      expect(jobs.get("publish")?.result, storyOf(jobs)).toBe("success");
      expect(git(remote.path, "merge-base", "main", "hello")).toBe(built);
      expect(remote.paths()).not.toContain("unseen.md");
    });

    test("has nothing to do on a branch without recipes, and is not asked about main", async () => {
      const { folder, remote } = await newRegistry(ON_CIRCLECI);
      remote.commit({ "note.md": "A note.\n" }, "note");
      const project = { repository: remote, folder };
      expect(namesOf((await runPipeline(project, { branch: "note" })).jobs)).toEqual(["plan", "nothing"]);
      expect(namesOf((await runPipeline(project, { branch: "main" })).jobs)).toEqual([]);
    });

    test("refuses an image that changed between build and publish", async () => {
      const { folder, remote } = await newRegistry(ON_CIRCLECI);
      remote.commit(tagFiles("lab/hello", "1.0", recipeThatSays("no")), "hello");
      const before = remote.tip();
      const approve = (workspace: string) => {
        const image = join(workspace, "_build/lab/hello/1.0/image.sif");
        const bytes = readFileSync(image);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(image, bytes);
        return true;
      };
      const { jobs } = await runPipeline({ repository: remote, folder }, { branch: "hello", approve });
      expect(jobs.get("publish")?.output).toContain("is not the image that was built");
      expect(jobs.get("publish")?.result).toBe("failed");
      expect(remote.tip()).toBe(before);
    });

    test("loses no record where two publish at once, one of them on GitHub", async () => {
      const { folder, remote, publish } = await newRegistry();
      remote.commit(tagFiles("lab/one", "1.0", recipeThatSays("one")));
      remote.commit(tagFiles("lab/two", "1.0", recipeThatSays("two")), "two");
      const [onGithub, onCircle] = await Promise.all([
        publish(),
        runPipeline({ repository: remote, folder }, { branch: "two" }),
      ]);
      expect(onGithub.jobs.get("publish")?.result).toBe("success");
      expect(onCircle.jobs.get("publish")?.result, storyOf(onCircle.jobs)).toBe("success");
      expect(recordOf(remote, "lab/one", "1.0").digest).toMatch(/^sha256:/);
      expect(recordOf(remote, "lab/two", "1.0").digest).toMatch(/^sha256:/);
    });
  },
);
