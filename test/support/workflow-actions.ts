import { mkdirSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type Artifacts, folderBelow } from "./workflow-artifacts.ts";
import { type Remote, cloneAt } from "./workflow-remote.ts";

/** What an action is given. */
interface ActionCall {
  readonly inputs: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly artifacts: Artifacts;
  readonly github: ActionHost;
  readonly job: JobIdentity;
}

/** Who asks: the repository, and the rights that its job has. */
export interface JobIdentity {
  readonly repository: string;
  /** What is checked out where nothing else is said. */
  readonly ref: string;
  readonly token: string;
  readonly permissions: Readonly<Record<string, string>>;
}

/** What actions reach of GitHub. */
export interface ActionHost {
  repository(name: string): Remote;
  /** A token of an app, for one repository. */
  appToken(privateKey: string, repository: string, permissions: Readonly<Record<string, string>>): string;
  /** What `actions/attest` signed: names, and the sha256 of each. */
  readonly attestations: Map<string, string>;
  /** Where Pages answer. */
  readonly pagesUrl: string;
  /** Puts an artifact's files where Pages serve them. */
  deployPages(folder: string): void;
}

type Outputs = Record<string, string>;
type Action = (call: ActionCall) => Outputs;

/** The few actions that the workflows use, as far as they use them; an input that is not known is an error. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  "actions/checkout": checkout,
  "actions/setup-node": (call) => {
    inputsOf(call, "node-version", "package-manager-cache");
    return {};
  },
  "actions/upload-artifact": uploadArtifact,
  "actions/download-artifact": downloadArtifact,
  "actions/configure-pages": (call) => {
    requirePermission(call, "pages", "read");
    return { base_url: call.github.pagesUrl.replace(/\/$/, "") };
  },
  "actions/upload-pages-artifact": uploadPagesArtifact,
  "actions/deploy-pages": deployPages,
  "actions/attest": attest,
  "actions/create-github-app-token": createAppToken,
};

/** The inputs that an action was given, all of which are known here. */
function inputsOf<Name extends string>(
  { inputs }: ActionCall,
  ...known: readonly Name[]
): Partial<Record<Name, string>> {
  for (const name of Object.keys(inputs))
    if (!known.some((each) => each === name)) throw new Error(`the input ${name} is not known here`);
  return inputs as Partial<Record<Name, string>>;
}

const LEVELS = ["none", "read", "write"];

function requirePermission({ job }: ActionCall, name: string, level: "read" | "write"): void {
  const has = LEVELS.indexOf(job.permissions[name] ?? "none");
  if (has < LEVELS.indexOf(level)) throw new Error(`the job lacks the permission ${name}: ${level}`);
}

function checkout(call: ActionCall): Outputs {
  const { workspace, github, job } = call;
  const inputs = inputsOf(call, "repository", "ref", "path", "token", "fetch-depth", "persist-credentials");
  const name = inputs.repository ?? job.repository;
  if (name === job.repository) requirePermission(call, "contents", "read");
  const folder = folderBelow(workspace, inputs.path ?? ".");
  mkdirSync(folder, { recursive: true });
  const isKept = (inputs["persist-credentials"] ?? "true") === "true";
  const ref = inputs.ref ?? (name === job.repository ? job.ref : "main");
  const commit = cloneAt({
    remote: github.repository(name),
    folder,
    ref,
    depth: Number(inputs["fetch-depth"] ?? "1"),
    ...(isKept && { token: inputs.token ?? job.token }),
  });
  return { commit, ref };
}

function uploadArtifact(call: ActionCall): Outputs {
  const inputs = inputsOf(call, "name", "path", "retention-days");
  call.artifacts.upload(inputs.name ?? "artifact", folderBelow(call.workspace, onePath(inputs.path)));
  return {};
}

function downloadArtifact(call: ActionCall): Outputs {
  const inputs = inputsOf(call, "pattern", "path", "merge-multiple");
  const isMerged = inputs["merge-multiple"] === "true";
  const path = onePath(inputs.path);
  const target = isAbsolute(path) ? path : folderBelow(call.workspace, path);
  call.artifacts.download(inputs.pattern ?? "*", target, isMerged);
  return {};
}

const PAGES_ARTIFACT = "github-pages";

function uploadPagesArtifact(call: ActionCall): Outputs {
  const inputs = inputsOf(call, "name", "path", "retention-days");
  const source = folderBelow(call.workspace, onePath(inputs.path));
  call.artifacts.uploadArchive(inputs.name ?? PAGES_ARTIFACT, source);
  return {};
}

/** A pattern or a second path would change what the files are relative to. */
function onePath(path = ""): string {
  if (path === "" || /[*?[\]\n]/.test(path)) throw new Error(`${JSON.stringify(path)} is not one folder`);
  return path;
}

function deployPages(call: ActionCall): Outputs {
  inputsOf(call);
  requirePermission(call, "pages", "write");
  requirePermission(call, "id-token", "write");
  call.github.deployPages(call.artifacts.folderOf(PAGES_ARTIFACT));
  return { page_url: call.github.pagesUrl };
}

function attest(call: ActionCall): Outputs {
  const inputs = inputsOf(call, "subject-checksums");
  requirePermission(call, "id-token", "write");
  requirePermission(call, "attestations", "write");
  const file = folderBelow(call.workspace, inputs["subject-checksums"] ?? "");
  const subjects = [...readFileSync(file, "utf8").matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)];
  if (subjects.length === 0) throw new Error("there is nothing to attest");
  for (const [, sha256 = "", name = ""] of subjects) call.github.attestations.set(name, sha256);
  return {};
}

function createAppToken(call: ActionCall): Outputs {
  const inputs = call.inputs;
  const wanted = Object.entries(inputs).filter(([name]) => name.startsWith("permission-"));
  const permissions = Object.fromEntries(
    wanted.map(([name, level]) => [name.slice("permission-".length), level]),
  );
  const repository = `${inputs["owner"]}/${inputs["repositories"]}`;
  return { token: call.github.appToken(inputs["private-key"] ?? "", repository, permissions) };
}
