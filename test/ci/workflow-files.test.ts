import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../support/cli.ts";
import {
  type Job,
  type Step,
  type Workflow,
  environmentOf,
  parseWorkflow,
} from "../support/workflow-file.ts";
import { workflowErrors } from "../support/workflow-parser.ts";

const FOLDER = join(PROJECT, ".github", "workflows");
const ACTION = readFileSync(join(PROJECT, ".github", "actions", "apptainer", "action.yml"), "utf8");

const files = readdirSync(FOLDER).sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(FOLDER, file), "utf8")]));
const workflows = new Map([...texts].map(([file, text]) => [file, parseWorkflow(text)]));
const jobs = [...workflows].flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]) => [`${file} ${name}`, job] as const),
);
const { steps: actionSteps } = (load(ACTION) as { runs: { steps: readonly Step[] } }).runs;

const stepsOf = ({ steps = [] }: Job) => steps;
const usedIn = (step: Step, action: string) => step.uses?.startsWith(`${action}@`) ?? false;

describe("workflow files", () => {
  test("are these", () => {
    expect(files).toEqual(["connected.yml", "health.yml", "pages.yml", "publish.yml", "pull-request.yml"]);
  });

  test.each(files)("%s is what GitHub's own parser takes", async (file) => {
    expect(await workflowErrors(file, texts.get(file) ?? "")).toEqual([]);
  });

  test("the parser would say what is wrong", async () => {
    const wrong = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: true\n        wiht: {}\n";
    expect(await workflowErrors("wrong.yml", wrong)).not.toEqual([]);
  });
});

describe("actions", () => {
  const uses = [...texts.values(), ACTION].flatMap((text) => text.match(/^.*\buses:.*$/gm) ?? []);
  const foreign = uses
    .filter((line) => !/uses: \.\//.test(line))
    .map((line) => line.trim().replace(/^- /, ""));

  test("are pinned to a commit, with its version beside it", () => {
    expect(foreign.length).toBeGreaterThan(20);
    for (const line of foreign) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("are the same commit everywhere", () => {
    const pins = new Set(foreign);
    const names = new Set(foreign.map((line) => line.replace(/@.*/, "")));
    expect(pins.size).toBe(names.size);
  });
});

/** All rights that jobs have; what is not here has none. */
const PERMISSIONS: Readonly<Record<string, Job["permissions"]>> = {
  "connected.yml plan": { contents: "read" },
  "connected.yml build": { contents: "read" },
  "connected.yml publish": { contents: "read" },
  "health.yml check": { contents: "write" },
  "health.yml pages": { contents: "read", pages: "write", "id-token": "write" },
  "pages.yml site": { contents: "read", pages: "read" },
  "pages.yml deploy": { pages: "write", "id-token": "write" },
  "publish.yml plan": { contents: "read" },
  "publish.yml build": { contents: "read" },
  "publish.yml publish": { contents: "write", "id-token": "write", attestations: "write" },
  "publish.yml pages": { contents: "read", pages: "write", "id-token": "write" },
  "pull-request.yml check": { contents: "read" },
  "pull-request.yml build": { contents: "read" },
  "pull-request.yml site": { contents: "read" },
};

const MAY_PUBLISH = new Set(["connected.yml publish", "publish.yml publish"]);
/** With the repository's own credentials. */
const MAY_PUSH = new Set([...MAY_PUBLISH, "health.yml check"]);

describe("rights", () => {
  test("no workflow has any, and each job has what it needs", () => {
    for (const { permissions } of workflows.values()) expect(permissions).toEqual({});
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual(
      PERMISSIONS,
    );
  });

  test("nothing runs a stranger's code with the repository's rights", () => {
    for (const [file, { on }] of workflows) {
      const expected = {
        "connected.yml": ["workflow_call"],
        "health.yml": ["schedule", "workflow_dispatch"],
        "pages.yml": ["workflow_call", "workflow_dispatch"],
        "publish.yml": ["push", "workflow_dispatch"],
        "pull-request.yml": ["pull_request"],
      }[file];
      expect({ file, on: Object.keys(on) }).toEqual({ file, on: expected });
    }
  });

  test("secrets and tokens are for the jobs that publish alone, and those wait in an environment", () => {
    for (const [name, job] of jobs) {
      const hasSecrets = /\bsecrets\b|github\.token|private-key/.test(JSON.stringify(job));
      expect({ name, hasSecrets }).toEqual({ name, hasSecrets: MAY_PUBLISH.has(name) });
      const environment = name === "pages.yml deploy" ? "github-pages" : undefined;
      expect({ name, environment: environmentOf(job) }).toEqual({
        name,
        environment: MAY_PUBLISH.has(name) ? "publish" : environment,
      });
    }
  });

  test("secrets reach one command only, not a whole job", () => {
    for (const [name, { env = {} }] of jobs)
      expect({ name, env: JSON.stringify(env) }).toEqual({
        name,
        env: expect.not.stringMatching(/secrets|token/),
      });
  });

  test("a checkout leaves no credentials where something is built", () => {
    for (const [name, job] of jobs) {
      for (const step of stepsOf(job).filter((each) => usedIn(each, "actions/checkout"))) {
        const isKept = step.with?.["persist-credentials"];
        expect({ name, isKept }).toEqual({ name, isKept: MAY_PUSH.has(name) });
      }
    }
  });

  test("a job that pushes builds nothing, and keeps no cache that another could have filled", () => {
    for (const [name, job] of jobs) {
      const lines = stepsOf(job)
        .map(({ run = "" }) => run)
        .join("\n");
      if (MAY_PUSH.has(name)) expect(lines).not.toMatch(/stowage -- build|apptainer/);
      for (const step of stepsOf(job)) {
        expect(step.uses ?? "").not.toMatch(/cache/);
        if (usedIn(step, "actions/setup-node")) expect(step.with?.["package-manager-cache"]).toBe(false);
      }
    }
  });
});

const ARGUMENT = String.raw`(?:--?[a-z-]+|HEAD\^1|[A-Za-z0-9_./]+|"\$[A-Z_]+(?:/[A-Za-z0-9_./-]+)?")`;
const COMMAND = String.raw`npm run --silent stowage -- (?:plan|check|build|publish|site)(?: ${ARGUMENT})*`;
/** What a step may run. */
const LINES = [
  /^npm ci$/,
  new RegExp(`^${COMMAND}$`),
  new RegExp(String.raw`^${COMMAND} >> "\$GITHUB_STEP_SUMMARY"$`),
  new RegExp(String.raw`^${COMMAND} >> "\$GITHUB_OUTPUT"$`),
];

test("each secret and variable is in the documentation", () => {
  const documentation = readFileSync(join(PROJECT, "docs", "publishing.md"), "utf8");
  const names = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/\b(?:secrets|vars)\.(\w+)/g)].map(([, name = ""]) => name),
  );
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) expect(documentation).toContain(`\`${name}\``);
});

describe("steps", () => {
  const steps = jobs.flatMap(([name, job]) => stepsOf(job).map((step) => ({ name, step })));

  test("run one command each, of which all logic is in the program", () => {
    for (const { name, step } of steps) {
      if (step.run === undefined) continue;
      const isKnown = LINES.some((shape) => shape.test(step.run ?? ""));
      expect({ name, line: step.run, isKnown }).toEqual({ name, line: step.run, isKnown: true });
    }
    for (const { run = "" } of actionSteps) expect(run).toMatch(/^(?:sudo )?[a-z0-9-]+ [^;|&<>`\n]+$/);
  });

  test("get what others wrote by variables, never in their line", () => {
    for (const { run = "" } of [...steps.map(({ step }) => step), ...actionSteps])
      expect(run).not.toContain("${{");
    for (const text of texts.values())
      expect(text).not.toMatch(
        /github\.(?:head_ref|event\.(?:pull_request\.(?:title|body|head)|head_commit|comment|issue))/,
      );
  });
});

describe("runs", () => {
  test("end: each job has a time limit", () => {
    for (const [name, job] of jobs) {
      const minutes = job.uses === undefined ? job["timeout-minutes"] : 1;
      expect({ name, isLimited: typeof minutes === "number" && minutes <= 150 }).toEqual({
        name,
        isLimited: true,
      });
    }
  });

  test("that publish wait for one another", () => {
    const groupOf = (each: Workflow | Job | undefined) => each?.concurrency;
    expect(groupOf(workflows.get("publish.yml"))).toEqual({ group: "publish", "cancel-in-progress": false });
    expect(groupOf(workflows.get("health.yml"))).toEqual({ group: "health", "cancel-in-progress": false });
    expect(groupOf(workflows.get("pages.yml"))).toEqual({ group: "pages", "cancel-in-progress": false });
    expect(groupOf(workflows.get("connected.yml")?.jobs["publish"])?.["cancel-in-progress"]).toBe(false);
  });

  test("build every image, also where another one fails", () => {
    for (const file of ["connected.yml", "publish.yml", "pull-request.yml"])
      expect(workflows.get(file)?.jobs["build"]?.strategy?.["fail-fast"]).toBe(false);
  });
});

test("the release of Apptainer that is installed is the one whose checksum is known", () => {
  const sum = readFileSync(join(PROJECT, ".github", "actions", "apptainer", "apptainer.sha256"), "utf8");
  const [, file = ""] = /^[0-9a-f]{64} {2}(\S+)\n$/.exec(sum) ?? [];
  const build = readFileSync(join(PROJECT, ".circleci", "build.yml"), "utf8");
  for (const text of [ACTION, build]) {
    const lines = (text.match(/run: .*/g) ?? []).map((line) => line.slice("run: ".length));
    const [fetched, checked, installed] = lines.filter((line) => /curl|sha256sum|apt-get/.test(line));
    expect(fetched).toMatch(
      new RegExp(
        `--output ${file} https://github\\.com/apptainer/apptainer/releases/download/v[\\d.]+/${file.slice("/tmp/".length)}$`,
      ),
    );
    expect(checked).toMatch(/^sha256sum --check .*apptainer\.sha256"?$/);
    expect(installed).toContain(file);
  }
});
