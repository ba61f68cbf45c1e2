import { createHash } from "node:crypto";
import { symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { planBuilds } from "../src/build/plan.ts";
import { planRepository } from "../src/build/plan-repository.ts";
import { circleciWorkflows, githubMatrix, parseShard, shardOf } from "../src/build/shards.ts";
import { scanRegistry } from "../src/index.ts";
import type { CollectionName } from "../src/registry/reference.ts";
import { runCli } from "./support/cli.ts";
import { DEFINITION, type Files, RECORD_2019, record2, registryOf } from "./support/registry.ts";
import { remoteOf } from "./support/repository.ts";

const TAG = "registry/lab/tool/manifests";
const recipeOf = (text: string) => `recipe: sha256:${createHash("sha256").update(text).digest("hex")}\n`;

const TREE: Files = {
  [`${TAG}/built/Singularity`]: DEFINITION,
  [`${TAG}/built/README.md`]: record2(recipeOf(DEFINITION)),
  [`${TAG}/changed/Singularity`]: `${DEFINITION}# more\n`,
  [`${TAG}/changed/README.md`]: record2(recipeOf(DEFINITION)),
  [`${TAG}/frozen/Singularity`]: DEFINITION,
  [`${TAG}/frozen/.frozen`]: "",
  [`${TAG}/new/Singularity`]: DEFINITION,
  [`${TAG}/old/Singularity`]: DEFINITION,
  [`${TAG}/old/README.md`]: RECORD_2019,
  [`${TAG}/received/README.md`]: record2(),
  [`${TAG}/scripted/Apptainer`]: DEFINITION,
  [`${TAG}/scripted/build.sh`]: "#!/bin/sh\n",
};

const plan = (files: Files, options?: Parameters<typeof planBuilds>[1]) =>
  planBuilds(scanRegistry({ root: registryOf(files) }), options);
const tagsOf = (builds: ReturnType<typeof plan>["builds"]) => builds.map(({ reference }) => reference.tag);

describe("a plan", () => {
  test("has what has no record, and says why the rest is left", () => {
    const { builds, left } = plan(TREE);
    expect(builds).toEqual([
      {
        reference: { collection: "lab/tool", tag: "new" },
        recipe: `${TAG}/new/Singularity`,
        reason: "no record",
        hasBuildScript: false,
      },
      {
        reference: { collection: "lab/tool", tag: "scripted" },
        recipe: `${TAG}/scripted/Apptainer`,
        reason: "no record",
        hasBuildScript: true,
      },
    ]);
    expect(left.map(({ reference, reason }) => [reference.tag, reason])).toEqual([
      ["built", "up to date"],
      ["changed", "stale"],
      ["frozen", "frozen"],
      ["old", "up to date"],
      ["received", "no definition file"],
    ]);
  });

  test("with stale tags has those whose definition file is another than the one that was built", () => {
    const { builds } = plan(TREE, { withStale: true });
    expect(tagsOf(builds)).toEqual(["changed", "new", "scripted"]);
  });

  test("of a pull request has what that touches, whichever file of the folder it is", () => {
    const changed = [
      `${TAG}/changed/Singularity`,
      `${TAG}/scripted/data/x.txt`,
      `${TAG}/frozen/Singularity`,
      "x",
    ];
    expect(tagsOf(plan(TREE, { changed }).builds)).toEqual(["scripted"]);
    expect(tagsOf(plan(TREE, { changed, withStale: true }).builds)).toEqual(["changed", "scripted"]);
  });

  test("of a pull request knows by git that the definition file of a record of 2019 changed", () => {
    const changed = [`${TAG}/old/Singularity`];
    expect(tagsOf(plan(TREE, { changed, withStale: true }).builds)).toEqual(["old"]);
    const touched = { changed: [`${TAG}/old/README.md`], withStale: true };
    expect(tagsOf(plan(TREE, touched).builds)).toEqual([]);
  });

  test("is empty where a registry only receives records", () => {
    const { builds, left } = plan({ ...TREE, "registry.yml": "builder:\n  kind: none\n" });
    expect(builds).toEqual([]);
    expect(left.find(({ reference }) => reference.tag === "new")?.reason).toBe("not built here");
  });

  test("does not take a link for a build.sh", () => {
    const root = registryOf({ [`${TAG}/new/Singularity`]: DEFINITION, "other.sh": "#!/bin/sh\n" });
    symlinkSync("../../../../../other.sh", `${root}/${TAG}/new/build.sh`);
    expect(planBuilds(scanRegistry({ root })).builds[0]?.hasBuildScript).toBe(false);
  });
});

test("a plan leaves a tag that is a link to another", () => {
  const root = registryOf({ [`${TAG}/1.0/Singularity`]: DEFINITION });
  symlinkSync("1.0", `${root}/${TAG}/latest`);
  const { builds, left } = planBuilds(scanRegistry({ root }));
  expect(tagsOf(builds)).toEqual(["1.0"]);
  expect(left).toMatchObject([{ reference: { tag: "latest" }, reason: "link" }]);
});

describe("a matrix", () => {
  const many = (count: number) =>
    plan(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`${TAG}/t${index}/Singularity`, DEFINITION] as const),
      ),
    ).builds;

  test("for GitHub has a job an image", () => {
    expect(githubMatrix(many(2))).toEqual({
      include: [
        { id: "1", references: "lab/tool:t0" },
        { id: "2", references: "lab/tool:t1" },
      ],
    });
    expect(githubMatrix([])).toEqual({ include: [] });
  });

  test("for GitHub has at most 256 jobs, which build every image once", () => {
    const { include } = githubMatrix(many(600));
    expect(include).toHaveLength(256);
    const references = include.flatMap((entry) => entry.references.split(" "));
    expect(new Set(references).size).toBe(600);
    expect(references).toHaveLength(600);
  });

  test("for CircleCI has jobs, an approval and what publishes; one that does nothing where nothing is to be built", () => {
    expect(circleciWorkflows(many(1))).toEqual({
      build: {
        jobs: [
          { build: { matrix: { parameters: { references: ["lab/tool:t0"] } } } },
          { hold: { type: "approval", requires: ["build"] } },
          { publish: { requires: ["hold"], context: "stowage-publish" } },
        ],
      },
    });
    expect(circleciWorkflows([])).toEqual({ build: { jobs: ["nothing"] } });
  });

  test("parts of a plan together have everything once", () => {
    const builds = many(7);
    const parts = [1, 2, 3].flatMap((index) => shardOf(builds, { index, count: 3 }));
    expect(parts).toHaveLength(7);
    expect(new Set(parts)).toEqual(new Set(builds));
  });

  test.each(["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/3/5", ""])("%j is no part of a plan", (text) => {
    expect(() => parseShard(text)).toThrow(/is no part of a plan; expected I\/N/);
  });
});

describe("a connected repository", () => {
  const collection = "lab/tool" as CollectionName;
  const repository = (files: Files) => planRepository(registryOf(files), collection);

  test("builds Singularity as latest, and what follows the first dot as a tag", () => {
    const { builds } = repository({
      Singularity: DEFINITION,
      "Singularity.1.2.3": DEFINITION,
      "docker/Apptainer.2.0_rc.1": DEFINITION,
      "Singularity.d/README.md": "a folder",
      "notSingularity.x": "",
    });
    expect(builds.map(({ reference, recipe }) => [reference.tag, recipe])).toEqual([
      ["1.2.3", "Singularity.1.2.3"],
      ["2.0_rc.1", "docker/Apptainer.2.0_rc.1"],
      ["latest", "Singularity"],
    ]);
  });

  test("names both of two recipes that mean one tag", () => {
    expect(() => repository({ "a/Singularity.1.0": DEFINITION, "b/Apptainer.1.0": DEFINITION })).toThrow(
      "a/Singularity.1.0 and b/Apptainer.1.0 are both the tag 1.0; rename or delete one of them",
    );
    expect(() => repository({ Singularity: DEFINITION, "Singularity.latest": DEFINITION })).toThrow(
      /Singularity and Singularity.latest are both the tag latest/,
    );
  });

  test.each([
    "Singularity.$(id)",
    "Singularity.a b",
    "Singularity.-x",
    "Singularity.${{ github.token }}",
    "Singularity.",
  ])("%j cannot be a tag", (name) => {
    const attempt = () => repository({ [name]: DEFINITION });
    if (name === "Singularity.") expect(attempt().builds).toEqual([]);
    else expect(attempt).toThrow(/cannot be a tag; expected letters, digits/);
  });

  test("leaves what is frozen, hidden, linked, installed or another repository's", () => {
    const root = registryOf({
      "old/Singularity.1.0": DEFINITION,
      "old/.frozen": "",
      ".github/Singularity.hidden": DEFINITION,
      "node_modules/x/Singularity.installed": DEFINITION,
      "checkout/.git/config": "",
      "checkout/Singularity.other": DEFINITION,
      "elsewhere.def": DEFINITION,
    });
    symlinkSync("elsewhere.def", `${root}/Singularity.link`);
    const { builds, left } = planRepository(root, collection);
    expect(builds).toEqual([]);
    expect(left).toEqual([{ reference: { collection, tag: "1.0" }, reason: "frozen" }]);
  });
});

describe("stowage plan", () => {
  test("prints a table, and what is left on stderr", async () => {
    const { status, stdout, stderr } = await runCli(["plan", "--root", registryOf(TREE)]);
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        "REFERENCE          WHY        RECIPE",
        `lab/tool:new       no record  ${TAG}/new/Singularity`,
        `lab/tool:scripted  no record  ${TAG}/scripted/Apptainer`,
        "",
      ].join("\n"),
    );
    expect(stderr).toBe(
      "2 images to build; left as they are: 1 frozen, 1 no definition file, 1 stale, 2 up to date\n",
    );
  });

  test("prints JSON, Markdown and matrices", async () => {
    const root = registryOf(TREE);
    const printed = async (...args: string[]) =>
      (await runCli(["plan", "--root", root, "--quiet", ...args])).stdout;
    expect(JSON.parse(await printed("--json"))).toMatchObject({
      builds: [{ reference: "lab/tool:new", reason: "no record" }, { reference: "lab/tool:scripted" }],
    });
    expect(await printed("--markdown")).toContain(
      "| `lab/tool:scripted` | is built: no record; by its own `build.sh` |\n",
    );
    expect(await printed("--matrix", "github", "lab/tool:new")).toBe(
      'matrix={"include":[{"id":"1","references":"lab/tool:new"}]}\n',
    );
    expect(await printed("--matrix", "circleci", "--shard", "2/2")).toMatch(
      /^workflows: \{"build":.*\["lab\/tool:scripted"\].*\}\n$/,
    );
  });

  test("tells a pull request also what is not built, though it changes", async () => {
    const clone = remoteOf(TREE).clone();
    clone.commit({
      [`${TAG}/built/Singularity`]: `${DEFINITION}# more\n`,
      [`${TAG}/new/README.md`]: record2(recipeOf(DEFINITION)),
    });
    const args = ["plan", "--root", clone.path, "--changed-from", "origin/main", "--markdown", "--quiet"];
    expect((await runCli(args)).stdout).toBe(
      [
        "| image | what would change |",
        "| --- | --- |",
        "| `lab/tool:built` | keeps its record, though its definition file changed: delete its `README.md` to have it built again |",
        "| `lab/tool:new` | gets the record that is in its `README.md` |",
        "",
      ].join("\n"),
    );
  });

  test("is limited to a pull request", async () => {
    const clone = remoteOf(TREE).clone();
    clone.commit({ [`${TAG}/added/Singularity`]: DEFINITION });
    const { stdout } = await runCli(["plan", "--root", clone.path, "--changed-from", "origin/main"]);
    expect(stdout).toContain("lab/tool:added");
    expect(stdout).not.toContain("lab/tool:new");
  });

  test.each(["plan", "build"])("%s refuses a tree that git can tell nothing of", async (command) => {
    const clone = remoteOf({ "registry.yml": "title: x\n" }).clone();
    const args = [command, "--root", clone.path, "--tree", `${registryOf(TREE)}/registry`];
    const { status, stderr } = await runCli([...args, "--changed-from", "origin/main"]);
    expect(status).toBe(2);
    expect(stderr).toContain("--changed-from needs a tree that is");
  });

  test("of an empty registry is empty", async () => {
    const { status, stdout } = await runCli(["plan", "--root", registryOf({ "registry.yml": "title: x\n" })]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "Nothing is to be built.\n" });
  });

  test.each([
    ["lab/tool:built", "it is up to date; delete its README.md to have it built again"],
    ["lab/tool:changed", "it has a record; add --stale, or delete its README.md"],
    ["lab/tool:frozen", "it is frozen"],
    ["lab/tool:nothing", "there is no such tag"],
  ])("says why %s is not going to be built", async (reference, reason) => {
    const { status, stderr } = await runCli(["plan", reference, "--root", registryOf(TREE)]);
    expect(status).toBe(2);
    expect(stderr).toBe(`stowage: ${reference} is not going to be built: ${reason}\n`);
  });

  test.each([
    [["--layout", "repository"], "--layout repository needs --collection namespace/name"],
    [["--collection", "a/b"], "--collection belongs to --layout repository"],
    [
      ["--layout", "repository", "--collection", "a/b:c"],
      '"a/b:c" is no collection; expected namespace/name',
    ],
  ])("refuses %j", async (args, message) => {
    const { status, stderr } = await runCli(["plan", "--root", registryOf(TREE), ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
