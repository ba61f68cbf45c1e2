import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ActionHost } from "./workflow-actions.ts";
import { parseWorkflow } from "./workflow-file.ts";
import { Remote } from "./workflow-remote.ts";
import { type RunOutcome, type Secrets, type Trigger, WorkflowRun, overall } from "./workflow-run.ts";

/** What a repository's settings hold. */
export interface Settings {
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Secrets;
  readonly environments?: Readonly<Record<string, Secrets>>;
}

export interface LocalGithubOptions {
  /** For repositories and runs. */
  readonly folder: string;
  /** The folder that Pages serve, and where they answer. */
  readonly pages?: string;
  readonly pagesUrl?: string;
  /** Where its API answers, and the token that an app of it gets. */
  readonly api?: string;
  readonly appToken?: string;
}

/**
 * As much of GitHub as the workflows need, on this machine: repositories that take a push only from who may, jobs that
 * get the secrets and rights that they would get, artifacts, Pages. What is run is what stands in the files.
 *
 *     const github = new LocalGithub({ folder, pagesUrl: "http://127.0.0.1:8000/", server: "http://127.0.0.1:8001" });
 *     const registry = github.create("lab/registry", { environments: { publish: {} } });
 *     const { result } = await github.run({ repository: registry, workflow: "publish", event: "push", ref: "refs/heads/main" });
 */
export class LocalGithub implements ActionHost {
  readonly attestations = new Map<string, string>();
  readonly pagesUrl: string;
  /** What Pages serve. */
  readonly pages: string;
  readonly #folder: string;
  readonly #api: string;
  readonly #appToken: string | undefined;
  readonly #repositories = new Map<string, { readonly remote: Remote; readonly settings: Settings }>();
  #count = 0;

  constructor(options: LocalGithubOptions) {
    this.#folder = options.folder;
    this.#api = options.api ?? "http://127.0.0.1:9";
    this.#appToken = options.appToken;
    this.pagesUrl = options.pagesUrl ?? "http://127.0.0.1:9/";
    this.pages = options.pages ?? join(options.folder, "pages");
  }

  create(name: string, settings: Settings = {}): Remote {
    const remote = new Remote(join(this.#folder, "repositories"), name);
    this.#repositories.set(name, { remote, settings });
    return remote;
  }

  repository(name: string): Remote {
    return this.#known(name).remote;
  }

  appToken(privateKey: string, repository: string, permissions: Readonly<Record<string, string>>): string {
    if (privateKey !== APP_KEY) throw new Error("this is not the app's private key");
    const token = this.#appToken ?? `ghs_${randomUUID()}`;
    if (permissions["contents"] === "write") this.repository(repository).allow(token);
    return token;
  }

  deployPages(folder: string): void {
    rmSync(this.pages, { recursive: true, force: true });
    cpSync(folder, this.pages, { recursive: true });
  }

  /** Runs a workflow to its end. */
  async run(trigger: Trigger): Promise<RunOutcome> {
    const { repository, workflow, ref } = trigger;
    const sha = repository.tipOf(ref);
    const file = parseWorkflow(repository.read(`.github/workflows/${workflow}.yml`, sha));
    const { secrets = {} } = this.#known(repository.name).settings;
    const run = new WorkflowRun({
      github: this,
      trigger,
      sha,
      folder: this.newFolder(),
      secrets: trigger.isFromFork ? {} : secrets,
    });
    const jobs = await run.workflow(file, {});
    return { result: overall(jobs), jobs, artifacts: run.artifacts };
  }

  /** What a run may know of a repository. */
  settingsOf(name: string): Settings {
    return this.#known(name).settings;
  }

  get api(): string {
    return this.#api;
  }

  /** An empty one. */
  newFolder(): string {
    const folder = join(this.#folder, `run-${++this.#count}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  #known(name: string) {
    const repository = this.#repositories.get(name);
    if (!repository) throw new Error(`there is no repository ${name}`);
    return repository;
  }
}

/** What only the app's owner has. */
export const APP_KEY = "-----BEGIN PRIVATE KEY----- of the app";
