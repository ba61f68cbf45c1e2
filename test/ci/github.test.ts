import { describe, expect, test } from "vitest";
import { because, whyNoApptainer } from "../support/clients.ts";
import { temporaryFolder } from "../support/registry.ts";
import { recipeThatSays, registryFiles, storyOf, tagFiles } from "../support/workflow-registry.ts";
import { LocalGithub } from "../support/workflows.ts";

const reason = whyNoApptainer();

describe.skipIf(reason !== undefined)(`a registry on GitHub${because(reason)}`, () => {
  test("a pull request that adds a recipe ends as an image on the site", { timeout: 300_000 }, async () => {
    const folder = temporaryFolder();
    const github = new LocalGithub({ folder });
    const registry = github.create("lab/registry", { environments: { publish: {} } });
    const base = registry.commitProject(registryFiles());
    registry.commit(tagFiles("lab/hello", "1.0", recipeThatSays("bonjour")), "hello");

    const proposed = await github.run({
      repository: registry,
      workflow: "pull-request",
      event: "pull_request",
      ref: registry.propose("hello", 1),
      payload: { pull_request: { number: 1, base: { sha: base } } },
      isFromFork: true,
    });
    console.log(storyOf(proposed));
    expect(proposed.result).toBe("success");
    expect(proposed.jobs.get("check")?.summary).toContain("| `lab/hello:1.0` | no record |");

    registry.merge("hello");
    const published = await github.run({
      repository: registry,
      workflow: "publish",
      event: "push",
      ref: "refs/heads/main",
    });
    console.log(storyOf(published));
    expect(published.result).toBe("success");
    console.log(
      registry.read("registry/lab/hello/manifests/1.0/README.md"),
      registry.paths().filter((p) => /^registry|^images/.test(p)),
    );
  });
});
