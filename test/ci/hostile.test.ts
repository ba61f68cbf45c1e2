import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { runPipeline } from "../support/circleci-run.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import type { Artifacts } from "../support/workflow-artifacts.ts";
import {
  newRegistry,
  outputOf,
  recipeThatSays,
  recordOf,
  registryFiles,
  resultsOf,
  storyOf,
  tagFiles,
} from "../support/workflow-registry.ts";

const reason = whyNoApptainer();

/** What a shell or an expression would run; `pwned` is a file that nobody has otherwise. */
const SHELL = "$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned|\"'&&touch${IFS}pwned";
const EXPRESSION = "${{secrets.TOP}}${{github.token}}";
const SECRETS = { TOP: "the-repository's-secret" };
const SETTINGS = {
  secrets: SECRETS,
  environments: { publish: { AWS_SECRET_ACCESS_KEY: "the-environment's-secret" } },
};

const filesBelow = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" });

describe.skipIf(reason !== undefined)(`what strangers send${because(reason)}`, { timeout: 300_000 }, () => {
  test("names of branches, files and labels are text, whatever a shell would make of them", async () => {
    const { folder, remote, propose, publish } = await newRegistry({ settings: SETTINGS });
    const branch = `a${SHELL.replaceAll(" ", "")}`;
    const labels = `\n%labels\n    a.b ${SHELL} ${EXPRESSION}\n`;
    const tag = "registry/lab/hello/manifests/1.0";
    const proposed = await propose(branch, {
      ...tagFiles("lab/hello", "1.0", recipeThatSays("hello", labels)),
      [`${tag}/${SHELL}\n${EXPRESSION}`]: "A file.\n",
      [`${tag}/matrix={"include":[]}`]: "Another.\n",
      "registry/lab/hello/README.md": `---\ndescription: "::set-output name=matrix::{} ${EXPRESSION}"\n---\n`,
    });
    expect(proposed.result, storyOf(proposed)).toBe("success");
    remote.merge(branch);
    const published = await publish();
    expect(published.result, storyOf(published)).toBe("success");
    expect(Object.values(recordOf(remote, "lab/hello", "1.0").labels).join()).toContain(EXPRESSION);

    remote.commit({ "registry/lab/hello/manifests/2.0/Singularity": recipeThatSays("two") }, `${branch}2`);
    await runPipeline({ repository: remote, folder }, { branch: `${branch}2`, approve: () => false });
    expect(filesBelow(folder).filter((path) => /(?:^|\/)pwned$/.test(path))).toEqual([]);
    expect(storyOf(published) + storyOf(proposed)).not.toContain(SECRETS.TOP);
  });

  test("tags that no reference can have never get into a matrix", async () => {
    const { folder, propose } = await newRegistry();
    const proposed = await propose("tags", {
      ...tagFiles("lab/hello", SHELL, recipeThatSays("no")),
      ...tagFiles("lab/hello", `1.0"}],"x":"${EXPRESSION}`, recipeThatSays("no")),
      ...tagFiles("lab/hello", "fine", recipeThatSays("yes")),
    });
    expect(proposed.jobs.get("check")?.outputs?.["matrix"]).toBe(
      '{"include":[{"id":"1","references":"lab/hello:fine"}]}',
    );
    expect(resultsOf(proposed)).toMatchObject({ check: "failure", build: "skipped" });
    expect(filesBelow(folder).filter((path) => /(?:^|\/)pwned$/.test(path))).toEqual([]);
  });

  test("a build.sh of a fork finds no secret, and nothing that it could push with", async () => {
    const { remote, propose } = await newRegistry({ settings: SETTINGS });
    const script = `#!/bin/sh
env
cat /proc/$PPID/environ | tr '\\0' '\\n'
cat "$(git rev-parse --git-dir)/config"
git push origin HEAD:refs/heads/main
git push origin HEAD:refs/heads/theirs
exit 1
`;
    const before = remote.tip();
    const proposed = await propose(
      "fork",
      {
        ...tagFiles("lab/hello", "1.0", recipeThatSays("no")),
        "registry/lab/hello/manifests/1.0/build.sh": script,
      },
      { isFromFork: true },
    );
    expect(proposed.jobs.get("check")?.summary).toContain("by its own `build.sh`");
    expect(resultsOf(proposed)).toMatchObject({ build: "failure" });
    const said = gunzipSync(
      readFileSync(join(proposed.artifacts.folderOf("stowage-image-1"), "lab/hello/1.0/build.log.gz")),
    ).toString();
    expect(said).toContain("PATH=");
    expect(said).toContain('[remote "origin"]');
    expect(said).toContain("pre-receive hook declined");
    for (const secret of [...Object.values(SECRETS), "the-environment's-secret", "ghs_"])
      expect(said).not.toContain(secret);
    expect(remote.tip()).toBe(before);
  });

  const HAND_OVER = "lab/hello/1.0";
  const imageIn = (artifacts: Artifacts) =>
    join(artifacts.folderOf("stowage-image-1"), HAND_OVER, "image.sif");

  /** Lets a build say that its image is another's. */
  const rename = (artifacts: Artifacts, reference: string) => {
    const file = join(artifacts.folderOf("stowage-image-1"), HAND_OVER, "build.json");
    const description = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...description, reference }));
  };

  test.each([
    {
      what: "an image that changed after it was built",
      change: (artifacts: Artifacts) => {
        const bytes = readFileSync(imageIn(artifacts));
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(imageIn(artifacts), bytes);
      },
      says: "is not the image that was built",
    },
    {
      what: "an image that nobody asked for",
      change: (artifacts: Artifacts) => rename(artifacts, "lab/frozen:1.0"),
      says: "lab/frozen:1.0",
    },
    {
      what: "a description that leads out of its folder",
      change: (artifacts: Artifacts) => rename(artifacts, "../../../hello:1.0"),
      says: "is not a reference",
    },
  ])("$what is not published, and main stays as it is", async ({ change, says }) => {
    const { github, remote, publish } = await newRegistry({
      files: { ...registryFiles(), ...tagFiles("lab/hello", "1.0", recipeThatSays("no")) },
    });
    const before = remote.tip();
    const published = await publish({
      review(environment, artifacts) {
        if (environment === "publish") change(artifacts);
        return true;
      },
    });
    const job = published.jobs.get("publish");
    expect(resultsOf(published)).toMatchObject({ build: "success", publish: "failure" });
    expect(job && outputOf(job)).toContain(says);
    expect(remote.tip()).toBe(before);
    expect(github.attestations.size).toBe(0);
    expect(existsSync(join(github.pages, "lab/hello/manifests/1.0/index.json"))).toBe(false);
  });
});
