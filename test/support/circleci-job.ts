import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CircleJob, type CircleStep, commandOf, partsOf } from "./circleci-file.ts";
import { type Remote, allowPush, cloneAt, linkPackages } from "./workflow-remote.ts";
import { machineEnvironment, runBash } from "./workflow-shell.ts";

export interface CircleJobOptions {
  /** Empty; the job's alone. */
  readonly folder: string;
  readonly job: CircleJob;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the job's context, and CircleCI's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly repository: Remote;
  readonly commit: string;
  /** What jobs hand over to later ones. */
  readonly workspace: string;
  /** What the key of the project's settings is to the repository; undefined where it has none. */
  readonly deployKey?: string;
}

export interface CircleJobOutcome {
  readonly result: "success" | "failed";
  /** What its steps printed. */
  readonly output: string;
  /** Its artifacts, by the path that their addresses end in. */
  readonly artifacts: string;
  /** The configuration that it went on with. */
  readonly continuation?: string;
}

/** Runs the steps of one job in order, in a folder of its own. */
export async function runCircleJob(options: CircleJobOptions): Promise<CircleJobOutcome> {
  const run = new CircleJobRun(options);
  for (const step of options.job.steps) await run.step(step);
  const { result, output, artifacts, continuation } = run;
  return { result, output, artifacts, ...(continuation !== undefined && { continuation }) };
}

type Given = Readonly<Record<string, unknown>>;

class CircleJobRun {
  result: "success" | "failed" = "success";
  output = "";
  continuation: string | undefined;
  readonly #options: CircleJobOptions;
  readonly #env: Readonly<Record<string, string>>;

  constructor(options: CircleJobOptions) {
    this.#options = options;
    const { job, parameters, env, folder } = options;
    const home = join(folder, "home");
    for (const each of [home, this.artifacts, this.#work]) mkdirSync(each, { recursive: true });
    const own = Object.entries(job.environment ?? {}).map(([name, value]) => [
      name,
      filled(value, parameters),
    ]);
    this.#env = {
      ...machineEnvironment(home),
      ...env,
      ...(Object.fromEntries(own) as Record<string, string>),
    };
  }

  get artifacts(): string {
    return join(this.#options.folder, "artifacts");
  }

  /** After a step that failed only artifacts are still stored. */
  async step(step: CircleStep): Promise<void> {
    const [name, given] = partsOf(step);
    // It is installed already where the tests run.
    if (name === "apptainer") return;
    if (this.result === "failed" && name !== "store_artifacts") return;
    this.output += `-- ${name} ${JSON.stringify(given)}\n`;
    try {
      await this.#do(name, given);
    } catch (error) {
      this.output += `${String(error)}\n`;
      this.result = "failed";
    }
  }

  async #do(name: string, given: unknown): Promise<void> {
    if (name === "run") return this.#run(commandOf(given));
    const { repository, commit, deployKey, workspace } = this.#options;
    const work = this.#work;
    const { path = "", destination, root = "", paths = [], at = "" } = given as Steps;
    switch (name) {
      case "checkout":
        cloneAt({ remote: repository, folder: work, ref: commit, depth: 0 });
        return;
      case "add_ssh_keys":
        if (deployKey !== undefined) allowPush(work, deployKey);
        return;
      case "store_artifacts":
        copyIfThere(join(work, path), join(this.artifacts, destination ?? path));
        return;
      case "persist_to_workspace":
        for (const each of paths) cpSync(join(work, root, each), join(workspace, each), { recursive: true });
        return;
      case "attach_workspace":
        copyIfThere(workspace, join(work, at));
        return;
      case "continuation/continue":
        this.continuation = readFileSync(join(work, String((given as Given)["configuration_path"])), "utf8");
        return;
      default:
        throw new Error(`${name} is not known here`);
    }
  }

  async #run(line: string): Promise<void> {
    if (line === "npm ci") return linkPackages(this.#work);
    const { status, output } = await runBash(line, { cwd: this.#work, env: this.#env });
    this.output += output;
    if (status !== 0) throw new Error(`ended with status ${status}`);
  }

  get #work(): string {
    return join(this.#options.folder, "work");
  }
}

interface Steps {
  readonly path?: string;
  readonly destination?: string;
  readonly root?: string;
  readonly paths?: readonly string[];
  readonly at?: string;
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}

/** `<< parameters.references >>` */
function filled(text: string, parameters: Readonly<Record<string, string>>): string {
  return text.replaceAll(/<<\s*parameters\.(\w+)\s*>>/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`there is no parameter ${name}`);
    return value;
  });
}
