import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Artifacts } from "./workflow-artifacts.ts";
import { type Contexts, holds, interpolateAll } from "./workflow-expression.ts";
import { type Job, type Workflow, environmentOf, needsOf, parseWorkflow } from "./workflow-file.ts";
import { type JobOutcome, matrixOf, runJob } from "./workflow-job.ts";
import type { Remote } from "./workflow-remote.ts";
import type { LocalGithub } from "./workflows.ts";

/** Why a run begins. */
export interface Trigger {
  readonly repository: Remote;
  /** Below .github/workflows, without `.yml`. */
  readonly workflow: string;
  readonly event: "push" | "pull_request" | "schedule" | "workflow_dispatch";
  /** `refs/heads/main`, or the ref of a pull request. */
  readonly ref: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** A pull request from elsewhere gets no secret, whatever the workflow says. */
  readonly isFromFork?: boolean;
  /** Called before a job of an environment begins; false: the reviewers refuse. */
  readonly review?: (environment: string, artifacts: Artifacts) => boolean;
}

export interface RunOutcome {
  readonly result: Result;
  /** By name; jobs of a matrix and of a called workflow have theirs behind it: `build (1)`, `pages / site`. */
  readonly jobs: ReadonlyMap<string, JobResult>;
  readonly artifacts: Artifacts;
}

export type Result = "success" | "failure" | "skipped";

/** How a job ended; one that was skipped, or stands for several, did no steps. */
export type JobResult = { readonly result: Result } & Partial<Omit<JobOutcome, "result">>;

export type Secrets = Readonly<Record<string, string>>;

interface RunOptions {
  readonly github: LocalGithub;
  readonly trigger: Trigger;
  readonly sha: string;
  readonly folder: string;
  readonly secrets: Secrets;
}

type Jobs = Map<string, JobResult>;

/** What a called workflow is given. */
interface Call {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly secrets?: Secrets;
  /** What the calling job has; a job of the called workflow gets no more. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** One run of a workflow: its jobs, with what each of them gets. */
export class WorkflowRun {
  readonly artifacts: Artifacts;
  readonly #options: RunOptions;
  #count = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.artifacts = new Artifacts(join(options.folder, "artifacts"));
  }

  /** Runs jobs one after the other, each after those that it needs. */
  async workflow(workflow: Workflow, call: Call): Promise<Jobs> {
    const jobs: Jobs = new Map();
    const waiting = new Map(Object.entries(workflow.jobs));
    while (waiting.size > 0) {
      const [name, job] =
        [...waiting].find(([, each]) => needsOf(each).every((need) => jobs.has(need))) ?? [];
      if (name === undefined || job === undefined) throw new Error("the jobs need each other");
      waiting.delete(name);
      for (const [key, outcome] of await this.#job(name, job, workflow, call, jobs)) jobs.set(key, outcome);
    }
    return jobs;
  }

  async #job(name: string, job: Job, workflow: Workflow, call: Call, jobs: Jobs): Promise<Jobs> {
    const needs = Object.fromEntries(
      needsOf(job).map((need) => [
        need,
        { result: jobs.get(need)?.result, outputs: jobs.get(need)?.outputs ?? {} },
      ]),
    );
    const contexts = { ...this.#contexts(workflow, call), needs };
    // A job that was skipped keeps those after it from running, as one that failed does.
    const isFine = Object.values(needs).every(({ result }) => result === "success");
    const expression = { contexts, status: isFine ? ("success" as const) : ("failure" as const) };
    if (!holds(job.if, expression)) return new Map([[name, { result: "skipped" }]]);
    const environment = environmentOf(job);
    const { review } = this.#options.trigger;
    if (environment !== undefined && review?.(environment, this.artifacts) === false)
      return new Map([[name, { result: "failure" }]]);
    if (job.uses !== undefined) return this.#called(name, job, call, contexts);
    const outcomes: Jobs = new Map();
    const matrix = matrixOf(job, expression);
    for (const [index, values] of matrix.entries()) {
      const key = matrix.length === 1 && Object.keys(values).length === 0 ? name : `${name} (${index + 1})`;
      outcomes.set(key, await this.#single(job, workflow, call, { ...contexts, matrix: values }));
    }
    return outcomes.set(name, { ...outcomes.get(name), result: overall(outcomes) });
  }

  async #called(name: string, { uses = "", ...job }: Job, call: Call, contexts: Contexts): Promise<Jobs> {
    const { github, trigger, sha } = this.#options;
    const [, owner, file = "", ref] =
      /^(?:\.|([^/]+\/[^/]+))\/(\.github\/workflows\/[^@]+)(?:@(.+))?$/.exec(uses) ?? [];
    const repository = owner === undefined ? trigger.repository : github.repository(owner);
    const workflow = parseWorkflow(repository.read(file, ref ?? sha));
    const expression = { contexts, status: "success" as const };
    const secrets =
      job.secrets === "inherit" ? this.#options.secrets : interpolateAll(job.secrets, expression);
    const inputs = { ...defaultsOf(workflow), ...interpolateAll(job.with, expression) };
    const jobs = await this.workflow(workflow, {
      inputs,
      secrets,
      permissions: job.permissions ?? call.permissions ?? {},
    });
    const outcomes: Jobs = new Map([...jobs].map(([key, outcome]) => [`${name} / ${key}`, outcome]));
    return outcomes.set(name, { result: overall(jobs) });
  }

  async #single(job: Job, workflow: Workflow, call: Call, contexts: Contexts): Promise<JobResult> {
    const { github, trigger, sha, folder } = this.#options;
    const { repository, ref, event } = trigger;
    const permissions = limited(job.permissions ?? workflow.permissions ?? {}, call.permissions, trigger);
    const token = `ghs_${randomUUID()}`;
    if (permissions["contents"] === "write") repository.allow(token);
    const environment = environmentOf(job);
    const { environments = {} } = github.settingsOf(repository.name);
    const ownSecrets =
      environment === undefined || trigger.isFromFork ? {} : (environments[environment] ?? {});
    const secrets = { ...(contexts["secrets"] as Secrets), ...ownSecrets, GITHUB_TOKEN: token };
    const own = { ...(contexts["github"] as object), token };
    return runJob({
      folder: join(folder, `job-${++this.#count}`),
      workflow,
      job,
      contexts: { ...contexts, secrets, github: own },
      variables: {
        GITHUB_ACTIONS: "true",
        GITHUB_ACTOR: "somebody",
        GITHUB_API_URL: github.api,
        GITHUB_EVENT_NAME: event,
        GITHUB_REF: ref,
        GITHUB_REPOSITORY: repository.name,
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_SHA: sha,
      },
      identity: {
        repository: repository.name,
        ref: ref.startsWith("refs/pull/") ? ref : sha,
        token,
        permissions,
      },
      artifacts: this.artifacts,
      host: github,
    });
  }

  #contexts(workflow: Workflow, { inputs = {}, secrets }: Call): Contexts {
    const { github, trigger, sha } = this.#options;
    const { repository, ref, event, payload = {} } = trigger;
    const [owner] = repository.name.split("/");
    return {
      github: {
        repository: repository.name,
        repository_owner: owner,
        ref,
        sha,
        event_name: event,
        event: { repository: { private: false }, ...payload },
        workflow: workflow.name,
      },
      vars: github.settingsOf(repository.name).vars ?? {},
      inputs,
      secrets: secrets ?? this.#options.secrets,
    };
  }
}

function defaultsOf({ on }: Workflow): Record<string, unknown> {
  const call = on["workflow_call"] as {
    readonly inputs?: Record<string, { readonly default?: unknown }>;
  } | null;
  return Object.fromEntries(
    Object.entries(call?.inputs ?? {}).map(([name, input]) => [name, input.default ?? ""]),
  );
}

const LEVELS = ["none", "read", "write"];

/** A called workflow cannot ask for more than its caller has; a pull request from a fork only reads. */
function limited(
  wanted: Readonly<Record<string, string>>,
  ceiling: Readonly<Record<string, string>> | undefined,
  { isFromFork }: Trigger,
): Record<string, string> {
  for (const [name, level] of Object.entries(wanted)) {
    const most = ceiling === undefined ? "write" : (ceiling[name] ?? "none");
    if (LEVELS.indexOf(level) > LEVELS.indexOf(most))
      throw new Error(`the calling job does not have ${name}: ${level}`);
  }
  if (!isFromFork) return { ...wanted };
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, "read"]));
}

/** How several jobs ended. */
export function overall(jobs: Jobs): Result {
  const results = [...jobs.values()].map(({ result }) => result);
  if (results.includes("failure")) return "failure";
  return results.includes("success") ? "success" : "skipped";
}
