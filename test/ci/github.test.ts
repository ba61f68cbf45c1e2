import { describe, expect, test } from "vitest";
import { because, whyNoApptainer } from "../support/clients.ts";
import {
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

const reason = whyNoApptainer();
const SECRETS = { AWS_SECRET_ACCESS_KEY: "what-only-publishing-may-know" };

describe.skipIf(reason !== undefined)(`a registry on GitHub${because(reason)}`, { timeout: 300_000 }, () => {
  test("turns a pull request with a recipe into a record, and an image that its site gives out", async () => {
    const { github, remote, url, propose, publish } = await newRegistry({
      settings: { environments: { publish: SECRETS } },
    });

    const proposed = await propose("hello", tagFiles("lab/hello", "1.0", recipeThatSays("bonjour")));
    expect(proposed.result, storyOf(proposed)).toBe("success");
    expect(proposed.jobs.get("check")?.summary).toContain(
      "| image | what would change |\n| --- | --- |\n| `lab/hello:1.0` | is built: no record |\n",
    );
    expect(proposed.artifacts.names).toEqual(["site", "stowage-image-1"]);

    const merged = remote.merge("hello");
    const published = await publish();
    expect(published.result, storyOf(published)).toBe("success");
    const record = recordOf(remote, "lab/hello", "1.0");
    expect(record.source).toEqual({ repository: "https://github.com/lab/registry", revision: merged });
    expect(remote.paths()).toContain(`images/sha256/${record.digest.slice("sha256:".length)}.sif`);
    expect([...github.attestations]).toEqual([["lab/hello:1.0", record.digest.slice("sha256:".length)]]);
    expect(storyOf(published)).not.toContain(SECRETS.AWS_SECRET_ACCESS_KEY);

    expect(await pullAndRun("--library", url, "library://lab/hello:1.0")).toBe("bonjour\n");

    const again = await publish();
    expect(resultsOf(again)).toMatchObject({
      plan: "success",
      build: "skipped",
      publish: "skipped",
      pages: "success",
    });
  });

  test("builds again what has lost its README.md, and nothing else", async () => {
    const { remote, url, propose, publish } = await newRegistry({
      files: {
        ...registryFiles(),
        ...tagFiles("lab/hello", "1.0", recipeThatSays("first")),
        ...tagFiles("lab/hello", "2.0", recipeThatSays("second")),
      },
    });
    await publish();
    const others = recordOf(remote, "lab/hello", "2.0");
    const first = recordOf(remote, "lab/hello", "1.0");

    const folder = "registry/lab/hello/manifests/1.0";
    const proposed = await propose("again", {
      [`${folder}/README.md`]: null,
      [`${folder}/Singularity`]: recipeThatSays("mended"),
    });
    expect(proposed.jobs.get("check")?.summary).toContain("| `lab/hello:1.0` | is built: no record |\n");
    remote.merge("again");
    const published = await publish();
    expect(published.result, storyOf(published)).toBe("success");
    expect(recordOf(remote, "lab/hello", "2.0")).toEqual(others);
    expect(recordOf(remote, "lab/hello", "1.0").digest).not.toBe(first.digest);
    expect(await pullAndRun("--library", url, "library://lab/hello:1.0")).toBe("mended\n");
  });

  test("publishes what was built, where another build failed, and keeps the old record of that", async () => {
    const broken = recipeThatSays("broken", "    exit 3\n");
    const { remote, url, publish } = await newRegistry({
      files: {
        ...registryFiles(),
        ...tagFiles("lab/broken", "1.0", broken),
        ...tagFiles("lab/hello", "1.0", recipeThatSays("fine")),
      },
    });
    const published = await publish();
    expect(resultsOf(published)).toMatchObject({ build: "failure", publish: "success", pages: "success" });
    expect(published.result).toBe("failure");
    expect(storyOf(published)).toContain("lab/broken:1.0: apptainer test ended with status 3");
    expect(published.artifacts.names).toEqual(expect.arrayContaining(["stowage-image-1", "stowage-image-2"]));
    expect(remote.paths()).not.toContain("registry/lab/broken/manifests/1.0/README.md");
    expect(await pullAndRun("--library", url, "library://lab/hello:1.0")).toBe("fine\n");
  });

  test("publishes nothing that its reviewers refuse", async () => {
    const { remote, publish, github } = await newRegistry({
      files: { ...registryFiles(), ...tagFiles("lab/hello", "1.0", recipeThatSays("no")) },
    });
    const before = remote.tip();
    const refused = await publish({ review: (environment) => environment !== "publish" });
    expect(resultsOf(refused)).toMatchObject({ build: "success", publish: "failure", pages: "success" });
    expect(remote.tip()).toBe(before);
    expect(github.attestations.size).toBe(0);
  });

  test("leaves building to CircleCI where it is told to, and deploys the site", async () => {
    const { publish, propose } = await newRegistry({
      settings: { vars: { STOWAGE_BUILDER: "circleci" } },
      files: { ...registryFiles(), ...tagFiles("lab/hello", "1.0", recipeThatSays("no")) },
    });
    const published = await publish();
    expect(resultsOf(published)).toMatchObject({
      plan: "skipped",
      build: "skipped",
      publish: "skipped",
      pages: "success",
    });
    const proposed = await propose("more", tagFiles("lab/more", "1.0", recipeThatSays("more")));
    expect(resultsOf(proposed)).toEqual({ check: "success", build: "skipped", site: "success" });
  });

  test("runs for main alone, whatever branch somebody starts it for", async () => {
    const { remote, publish } = await newRegistry();
    remote.commit({ "note.md": "A branch.\n" }, "other");
    const run = await publish({ event: "workflow_dispatch", ref: "refs/heads/other" });
    expect(resultsOf(run)).toEqual({
      plan: "skipped",
      build: "skipped",
      publish: "skipped",
      pages: "skipped",
    });
  });

  test("says in the check what is wrong with a pull request, and builds nothing of it", async () => {
    const { propose } = await newRegistry();
    const run = await propose("wrong", {
      "registry/lab/hello/manifests/no tag/Singularity": recipeThatSays("no"),
    });
    expect(resultsOf(run)).toMatchObject({ check: "failure", build: "skipped" });
    const check = run.jobs.get("check");
    expect(check && outputOf(check)).toMatch(/^::error file=registry\/lab\/hello\/manifests\/no tag/m);
    expect(check?.summary).toContain(
      '\n| error | `registry/lab/hello/manifests/no tag` | the name `"no tag"`',
    );
  });
});
