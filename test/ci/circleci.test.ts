import { describe, expect, test } from "vitest";
import { runPipeline } from "../support/circleci-run.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import { temporaryFolder } from "../support/registry.ts";
import { recipeThatSays, registryFiles, tagFiles } from "../support/workflow-registry.ts";
import { Remote } from "../support/workflow-remote.ts";

const reason = whyNoApptainer();

describe.skipIf(reason !== undefined)(`a registry on CircleCI${because(reason)}`, () => {
  test("x", { timeout: 300_000 }, async () => {
    const folder = temporaryFolder();
    const repository = new Remote(folder, "lab/registry");
    repository.commitProject(registryFiles());
    const head = repository.commit(tagFiles("lab/hello", "1.0", recipeThatSays("bonjour")), "hello");
    const { jobs, continuation } = await runPipeline({ repository, folder }, { branch: "hello" });
    for (const [n, j] of jobs) console.log(n, j.result, j.output);
    console.log(
      continuation?.slice(-400),
      repository.paths().filter((p) => /^registry|^images/.test(p)),
      head,
    );
    expect(jobs.size).toBe(3);
  });
});
