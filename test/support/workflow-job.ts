import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fastGlob from "fast-glob";
import { load } from "js-yaml";
import { ACTIONS, type ActionHost, type JobIdentity } from "./workflow-actions.ts";
import type { Artifacts } from "./workflow-artifacts.ts";
import {
  type Contexts,
  type ExpressionOptions,
  holds,
  interpolate,
  interpolateAll,
} from "./workflow-expression.ts";
import type { Job, Step, Workflow } from "./workflow-file.ts";
import { linkPackages } from "./workflow-remote.ts";
import { machineEnvironment, runBash } from "./workflow-shell.ts";

type Status = "success" | "failure";

export interface JobOptions {
  /** Empty; the job's alone. */
  readonly folder: string;
  readonly workflow: Workflow;
  readonly job: Job;
  /** `needs`, `secrets`, `matrix` and all that does not change while the job runs. */
  readonly contexts: Contexts;
  /** The variables of GitHub's own. */
  readonly variables: Readonly<Record<string, string>>;
  readonly identity: JobIdentity;
  readonly artifacts: Artifacts;
  readonly host: ActionHost;
}

interface StepOutcome {
  /** The line that was run, or the action. */
  readonly what: string;
  readonly result: Status | "skipped";
  readonly output: string;
}

export interface JobOutcome {
  readonly result: Status;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly steps: readonly StepOutcome[];
  /** What the steps wrote for people, in Markdown. */
  readonly summary: string;
}

/** Runs the steps of one job in order, in a folder of its own. */
export async function runJob(options: JobOptions): Promise<JobOutcome> {
  const run = new JobRun(options);
  const steps: StepOutcome[] = [];
  for (const step of options.job.steps ?? []) steps.push(await run.step(step));
  return { result: run.status, outputs: run.outputs(), steps, summary: run.summary };
}

class JobRun {
  status: Status = "success";
  readonly #options: JobOptions;
  readonly #workspace: string;
  readonly #steps: Record<string, { outputs: Record<string, string>; outcome: string }> = {};
  readonly #env: Record<string, string>;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#workspace = join(options.folder, "work");
    const home = join(options.folder, "home");
    for (const folder of [this.#workspace, home, this.#temp]) mkdirSync(folder, { recursive: true });
    this.#env = {
      ...machineEnvironment(home),
      ...options.variables,
      GITHUB_WORKSPACE: this.#workspace,
      RUNNER_TEMP: this.#temp,
      RUNNER_OS: "Linux",
      GITHUB_STEP_SUMMARY: this.#summaryFile,
    };
    Object.assign(this.#env, interpolateAll(options.job.env, this.#expression()));
  }

  get summary(): string {
    return existsSync(this.#summaryFile) ? readFileSync(this.#summaryFile, "utf8") : "";
  }

  outputs(): Record<string, unknown> {
    return interpolateAll(this.#options.job.outputs, this.#expression());
  }

  /** Runs a step where its condition holds; a composite action is its steps. */
  async step(step: Step): Promise<StepOutcome> {
    const what = step.run ?? step.uses ?? "";
    if (!holds(step.if, this.#expression())) return { what, result: "skipped", output: "" };
    // It is installed already where the tests run.
    if (step.id === "apptainer") return this.#skipApptainer(step);
    const { outputs, output, result } = await this.#attempt(step);
    if (step.id !== undefined) this.#steps[step.id] = { outputs, outcome: result };
    if (result === "failure") this.status = "failure";
    return { what, result, output };
  }

  /** The action has to be there, at least. */
  #skipApptainer({ uses = "" }: Step): StepOutcome {
    load(readFileSync(join(this.#workspace, uses, "action.yml"), "utf8"));
    return { what: uses, result: "skipped", output: "" };
  }

  async #attempt(step: Step): Promise<{ outputs: Record<string, string>; output: string; result: Status }> {
    try {
      if (step.run !== undefined) return await this.#run(step, step.run);
      return { outputs: this.#use(step, step.uses ?? ""), output: "", result: "success" };
    } catch (error) {
      return { outputs: {}, output: String(error), result: "failure" };
    }
  }

  async #run(step: Step, line: string) {
    const defaults = this.#options.workflow.defaults?.run;
    const cwd = join(this.#workspace, step["working-directory"] ?? defaults?.["working-directory"] ?? ".");
    if (line === "npm ci") {
      linkPackages(cwd);
      return { outputs: {}, output: "", result: "success" as const };
    }
    const outputFile = join(this.#temp, `output-${Object.keys(this.#steps).length}`);
    writeFileSync(outputFile, "");
    const env = { ...this.#env, ...interpolateAll(step.env, this.#expression()), GITHUB_OUTPUT: outputFile };
    const { status, output } = await runBash(line, { cwd, env });
    return {
      outputs: parseOutputs(readFileSync(outputFile, "utf8")),
      output,
      result: status === 0 ? ("success" as const) : ("failure" as const),
    };
  }

  #use(step: Step, uses: string): Record<string, string> {
    const action = ACTIONS[uses.replace(/@.*$/, "")];
    if (!action) throw new Error(`${uses} is not known here`);
    const { artifacts, host: github, identity: job } = this.#options;
    const inputs = interpolateAll(step.with, this.#expression());
    return action({ inputs, workspace: this.#workspace, artifacts, github, job });
  }

  #expression(): ExpressionOptions {
    const contexts = {
      ...this.#options.contexts,
      steps: this.#steps,
      env: this.#env,
      runner: { temp: this.#temp, os: "Linux" },
    };
    const filesMatching = (pattern: string) => fastGlob.sync(pattern, { cwd: this.#workspace });
    return { contexts, status: this.status, filesMatching };
  }

  get #temp(): string {
    return join(this.#options.folder, "temp");
  }

  get #summaryFile(): string {
    return join(dirname(this.#workspace), "summary.md");
  }
}

/** Lines such as `name=value`. */
function parseOutputs(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`${line} is no output`);
      return [name, value];
    }),
  );
}

/** The jobs that a matrix makes; one where there is none. */
export function matrixOf(
  { strategy }: Job,
  options: ExpressionOptions,
): readonly Readonly<Record<string, unknown>>[] {
  if (strategy?.matrix === undefined) return [{}];
  const { matrix } = strategy;
  const value = typeof matrix === "string" ? interpolate(matrix, options) : matrix;
  const { include } = value as { readonly include: readonly Record<string, unknown>[] };
  if (include.length === 0 || include.length > 256)
    throw new Error(`a matrix cannot have ${include.length} jobs`);
  return include;
}
