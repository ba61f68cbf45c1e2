import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CircleConfig, type CircleUse, parseCircleConfig, usesOf } from "./circleci-file.ts";
import { type CircleJobOutcome, runCircleJob } from "./circleci-job.ts";
import type { Remote } from "./workflow-remote.ts";

/** What a project's settings on CircleCI hold. */
export interface CircleProject {
  readonly repository: Remote;
  /** Names and values of variables, by context. */
  readonly contexts?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Empty: for the pipelines' folders. */
  readonly folder: string;
}

export interface PipelineOptions {
  readonly branch: string;
  /** Called where the workflow waits for a person; false: nobody agrees. */
  readonly approve?: (workspace: string) => boolean;
}

export interface PipelineOutcome {
  readonly jobs: ReadonlyMap<string, CircleJobOutcome>;
  /** What the plan made of .circleci/build.yml. */
  readonly continuation: string | undefined;
}

const DEPLOY_KEY = "the deploy key";

/**
 * Runs the jobs of a branch as CircleCI does: the configuration's own, then those that it goes on with. Jobs get the
 * variables of their context and no others; the key that may push is there once a job adds it.
 */
export async function runPipeline(
  project: CircleProject,
  options: PipelineOptions,
): Promise<PipelineOutcome> {
  project.repository.allow(DEPLOY_KEY);
  const commit = project.repository.tip(options.branch);
  const pipeline = new Pipeline(project, options, commit);
  const config = parseCircleConfig(project.repository.read(".circleci/config.yml", commit));
  const first = await pipeline.run(config);
  const continuation = [...first.values()].find((each) => each.continuation !== undefined)?.continuation;
  if (continuation === undefined) return { jobs: first, continuation };
  return {
    jobs: new Map([...first, ...(await pipeline.run(parseCircleConfig(continuation)))]),
    continuation,
  };
}

type Outcomes = Map<string, CircleJobOutcome>;

class Pipeline {
  readonly #project: CircleProject;
  readonly #options: PipelineOptions;
  readonly #commit: string;
  readonly #folder: string;
  #count = 0;

  constructor(project: CircleProject, options: PipelineOptions, commit: string) {
    this.#project = project;
    this.#commit = commit;
    this.#options = options;
    this.#folder = join(project.folder, `pipeline-${randomUUID()}`);
    mkdirSync(join(this.#folder, "workspace"), { recursive: true });
  }

  /** Jobs one after the other, as their workflow has them; those that nobody may begin are left out. */
  async run(config: CircleConfig): Promise<Outcomes> {
    const outcomes: Outcomes = new Map();
    const done = new Set<string>();
    for (const [name, use] of usesOf(config)) {
      const isReady = (use.requires ?? []).every((each) => done.has(each));
      if (!isReady || use.filters?.branches?.ignore === this.#options.branch) continue;
      if (use.type === "approval") {
        if (this.#options.approve?.(this.#workspace) ?? true) done.add(name);
        continue;
      }
      const runs = await this.#job(name, use, config);
      for (const [key, outcome] of runs) outcomes.set(key, outcome);
      if (runs.every(([, { result }]) => result === "success")) done.add(name);
    }
    return outcomes;
  }

  async #job(
    name: string,
    use: CircleUse,
    config: CircleConfig,
  ): Promise<(readonly [string, CircleJobOutcome])[]> {
    const [parameter, values] = Object.entries(use.matrix?.parameters ?? {})[0] ?? ["", [""]];
    const runs: (readonly [string, CircleJobOutcome])[] = [];
    for (const value of values) {
      const parameters = parameter === "" ? {} : { [parameter]: value };
      runs.push([
        value === "" ? name : `${name}-${value}`,
        await this.#single(name, use, config, parameters),
      ]);
    }
    return runs;
  }

  #single(
    name: string,
    { context }: CircleUse,
    config: CircleConfig,
    parameters: Readonly<Record<string, string>>,
  ): Promise<CircleJobOutcome> {
    const { repository, contexts = {} } = this.#project;
    const { branch } = this.#options;
    const job = config.jobs[name];
    if (!job) throw new Error(`there is no job ${name}`);
    return runCircleJob({
      folder: join(this.#folder, `job-${++this.#count}`),
      job,
      parameters,
      env: {
        CIRCLECI: "true",
        CIRCLE_BRANCH: branch,
        CIRCLE_NODE_INDEX: "0",
        CIRCLE_REPOSITORY_URL: `git@github.com:${repository.name}.git`,
        CIRCLE_SHA1: this.#commit,
        CIRCLE_WORKFLOW_JOB_ID: randomUUID(),
        ...(context !== undefined && contexts[context]),
      },
      repository,
      commit: this.#commit,
      workspace: this.#workspace,
      deployKey: DEPLOY_KEY,
    });
  }

  get #workspace(): string {
    return join(this.#folder, "workspace");
  }
}
