import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { load } from "js-yaml";
import { onTestFinished } from "vitest";
import { hostProfile } from "../../src/host.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { PROJECT } from "./cli.ts";
import { newUser } from "./clients.ts";
import { type Files, temporaryFolder } from "./registry.ts";
import type { Changes, Remote } from "./workflow-remote.ts";
import type { JobResult, RunOutcome, Trigger } from "./workflow-run.ts";
import { LocalGithub, type Settings } from "./workflows.ts";

const IMAGES = join(PROJECT, "images", "sha256");

/** The smallest image of the example registry: it holds a shell, and nothing else. */
export function baseImage(): Buffer {
  const [smallest = ""] = readdirSync(IMAGES).sort(
    (a, b) => statSync(join(IMAGES, a)).size - statSync(join(IMAGES, b)).size,
  );
  return readFileSync(join(IMAGES, smallest));
}

/** A recipe whose image says a word; its base lies beside it. */
export function recipeThatSays(word: string, more = ""): string {
  return `Bootstrap: localimage\nFrom: base.sif\n\n%runscript\n    echo ${word}\n\n%test\n    true\n${more}`;
}

/** The folder of a tag, with a recipe and what that is built from. */
export function tagFiles(collection: string, tag: string, recipe: string): Files {
  const folder = `registry/${collection}/manifests/${tag}`;
  return { [`${folder}/Singularity`]: recipe, [`${folder}/base.sif`]: baseImage() };
}

/** A registry's own files, beside the project's. */
export function registryFiles(more = ""): Files {
  return {
    "registry.yml": `title: Test\nrepository: https://github.com/lab/registry\n${more}`,
    "registry/lab/README.md": "The lab.\n",
  };
}

/** Everything that the steps of a run printed, for the message of a test that fails. */
export function storyOf({ jobs }: Pick<RunOutcome, "jobs">): string {
  return [...jobs].map(([name, job]) => `== ${name}: ${job.result}\n${outputOf(job)}`).join("\n");
}

/** What the steps of a job printed. */
export function outputOf({ steps = [] }: JobResult): string {
  return steps.map(({ what, result, output }) => `-- ${what} (${result})\n${output}`).join("\n");
}

export interface TestRegistry {
  readonly folder: string;
  readonly github: LocalGithub;
  readonly remote: Remote;
  /** Where its site answers. */
  readonly url: string;
  /** Proposes files on a branch, and runs what checks them. */
  readonly propose: (branch: string, files: Changes, options?: Partial<Trigger>) => Promise<RunOutcome>;
  /** Runs what publishes main. */
  readonly publish: (options?: Partial<Trigger>) => Promise<RunOutcome>;
}

export interface TestRegistryOptions {
  readonly settings?: Settings;
  readonly files?: Files;
  /** GitHub's API, and the token that an app of it gets. */
  readonly api?: string;
  readonly appToken?: string;
}

/** A registry on a GitHub of its own, whose site answers until the test ends. */
export async function newRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { settings = { environments: { publish: {} } }, files = registryFiles(), ...api } = options;
  const folder = temporaryFolder();
  const pages = join(folder, "pages");
  mkdirSync(pages);
  const { server } = createPreviewServer({ directory: pages, basePath: "/", host: hostProfile("pages") });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const github = new LocalGithub({ folder, pages, pagesUrl: url, ...api });
  const remote = github.create("lab/registry", settings);
  remote.commitProject(files);
  let number = 0;
  return {
    folder,
    github,
    remote,
    url,
    propose(branch, changes, more) {
      const base = remote.tip();
      if (Object.keys(changes).length > 0) remote.commit(changes, branch);
      number++;
      return github.run({
        repository: remote,
        workflow: "pull-request",
        event: "pull_request",
        ref: remote.propose(branch, number),
        payload: { pull_request: { number, base: { sha: base } } },
        ...more,
      });
    },
    publish: (more) =>
      github.run({ repository: remote, workflow: "publish", event: "push", ref: "refs/heads/main", ...more }),
  };
}

/** What the tests look at in a record. */
interface TestRecord {
  readonly size: number;
  readonly digest: string;
  readonly source: { readonly repository: string; readonly revision: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: readonly { readonly url: string }[];
}

/** What a tag's README.md says on a branch. */
export function recordOf(remote: Remote, collection: string, tag: string, branch = "main"): TestRecord {
  const text = remote.read(`registry/${collection}/manifests/${tag}/README.md`, branch);
  return load(text.split("---\n")[1] ?? "") as TestRecord;
}

/** How each job of a run ended. */
export function resultsOf({ jobs }: Pick<RunOutcome, "jobs">): Record<string, string> {
  return Object.fromEntries([...jobs].map(([name, { result }]) => [name, result]));
}

/** What an image says that somebody gets with this line, which ends in where it comes from, and runs. */
export async function pullAndRun(...line: readonly string[]): Promise<string> {
  const user = newUser();
  await user.output(["apptainer", "pull", ...line.slice(0, -1), "image.sif", line.at(-1)].join(" "));
  return user.output("apptainer run image.sif");
}
