import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { buildRequest } from "../../src/build/google-build-request.ts";
import { GoogleBucket, sendJson } from "./google-bucket.ts";

type BuildRequest = ReturnType<typeof buildRequest>;

/** How a build ends that is not really run, and what its log says. */
interface Script {
  readonly status: string;
  readonly statusDetail?: string;
  readonly log: string;
}

export interface CloudBuildOptions {
  /** Answers for the first requests for a build; then it is taken. */
  readonly refusals?: readonly {
    readonly status: number;
    readonly message: string;
    readonly retryAfter?: string;
  }[];
  readonly script?: Script;
}

/** Cloud Build and Cloud Storage on this machine, as their documented interfaces are. */
export interface CloudBuildServer {
  readonly url: string;
  readonly bucket: GoogleBucket;
  /** `POST /v1/projects/lab/builds`, in order; no questions of Cloud Storage. */
  readonly requests: readonly string[];
  /** The Authorization headers of all requests. */
  readonly authorizations: ReadonlySet<string | undefined>;
  /** The builds that were asked for. */
  readonly builds: readonly BuildRequest[];
}

interface RunningBuild {
  readonly id: string;
  readonly request: BuildRequest;
  readonly steps: { id: string; status: string; exitCode?: number }[];
  status: string;
  statusDetail?: string;
  child?: ChildProcess;
}

/** Starts it; it runs the steps of a build with this machine's programs, and ends with the test. */
export async function startCloudBuild(options: CloudBuildOptions = {}): Promise<CloudBuildServer> {
  const service = new CloudBuild(options);
  const server = createServer((request, response) => {
    void service.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await service.end();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(service, { url: `http://127.0.0.1:${port}` });
}

class CloudBuild {
  readonly bucket = new GoogleBucket("lab-images");
  readonly requests: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  readonly #options: CloudBuildOptions;
  readonly #running = new Map<string, RunningBuild>();
  readonly #work: Promise<void>[] = [];
  #refused = 0;

  constructor(options: CloudBuildOptions) {
    this.#options = options;
  }

  get builds(): readonly BuildRequest[] {
    return [...this.#running.values()].map(({ request }) => request);
  }

  async end(): Promise<void> {
    for (const build of this.#running.values()) cancel(build);
    await Promise.all(this.#work);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    this.authorizations.add(request.headers.authorization);
    if (this.bucket.answer(request, body, response)) return;
    this.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    const [, id, verb] =
      /^\/v1\/projects\/lab(?:\/locations\/[a-z0-9-]+)?\/builds(?:\/([\w-]+)(:cancel)?)?$/.exec(
        request.url ?? "",
      ) ?? [];
    if (id === undefined) return this.#create(body, response);
    const build = this.#running.get(id);
    if (!build) return void sendJson(response, 404, { error: { code: 404, message: "no such build" } });
    if (verb !== undefined) cancel(build);
    sendJson(response, 200, describe(build));
  }

  #create(body: Buffer, response: ServerResponse): void {
    const refusal = this.#options.refusals?.[this.#refused++];
    if (refusal) {
      const headers = refusal.retryAfter === undefined ? {} : { "retry-after": refusal.retryAfter };
      const error = { code: refusal.status, message: refusal.message };
      return void sendJson(response, refusal.status, { error }, headers);
    }
    const request = JSON.parse(body.toString()) as BuildRequest;
    const id = `b${this.#running.size + 1}-0c0ffee`;
    const build: RunningBuild = { id, request, steps: [], status: "QUEUED" };
    this.#running.set(id, build);
    this.#work.push(this.#run(build));
    sendJson(response, 200, { name: `operations/build/lab/${id}`, metadata: { build: describe(build) } });
  }

  async #run(build: RunningBuild): Promise<void> {
    const { script } = this.#options;
    const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    const log: Buffer[] = [];
    try {
      if (script) Object.assign(build, { status: script.status, statusDetail: script.statusDetail });
      else await this.#runSteps(build, folder, log);
    } finally {
      const name = `${build.request.logsBucket.replace("gs://lab-images/", "")}/log-${build.id}.txt`;
      this.bucket.objects.set(name, script ? Buffer.from(script.log) : Buffer.concat(log));
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #runSteps(build: RunningBuild, folder: string, log: Buffer[]): Promise<void> {
    const { source, steps, artifacts } = build.request;
    const archive = `${folder}.tar.gz`;
    writeFileSync(archive, this.bucket.objects.get(source.storageSource.object) ?? "");
    execFileSync("tar", ["-xzf", archive, "-C", folder]);
    rmSync(archive);
    build.status = "WORKING";
    for (const step of steps) {
      const exitCode = await runStep(build, step, folder, log);
      build.steps.push({ id: step.id, status: exitCode === 0 ? "SUCCESS" : "FAILURE", exitCode });
      if (build.status === "CANCELLING") return void (build.status = "CANCELLED");
      if (exitCode !== 0) return void (build.status = "FAILURE");
    }
    const place = artifacts.objects.location.replace("gs://lab-images/", "");
    for (const path of artifacts.objects.paths)
      this.bucket.objects.set(place + path, readFileSync(join(folder, path)));
    this.bucket.objects.set(`${place}artifacts-${build.id}.json`, Buffer.from("{}\n"));
    build.status = "SUCCESS";
  }
}

async function runStep(
  build: RunningBuild,
  { id, entrypoint, args }: BuildRequest["steps"][number],
  folder: string,
  log: Buffer[],
): Promise<number> {
  // A `$` that is not doubled is the name of a value.
  const plain = args.map((arg) => {
    if (/(?<!\$)(?:\$\$)*\$(?!\$)/.test(arg)) throw new Error(`${arg}: no such substitution`);
    return arg.replaceAll("$$", "$");
  });
  const child = spawn(entrypoint, plain, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  build.child = child;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) =>
      log.push(Buffer.from(text.toString().replace(/^/gm, `Step "${id}": `))),
    );
  }
  const [status] = (await once(child, "close")) as [number | null];
  return status ?? 137;
}

/** As the service does it, the machine of the build is gone. */
function cancel(build: RunningBuild): void {
  if (build.status !== "WORKING" && build.status !== "QUEUED") return;
  build.status = "CANCELLING";
  if (build.child?.pid !== undefined && build.child.exitCode === null)
    process.kill(-build.child.pid, "SIGKILL");
}

function describe({ id, status, statusDetail, steps }: RunningBuild) {
  return {
    id,
    status: status === "CANCELLING" ? "WORKING" : status,
    ...(statusDetail !== undefined && { statusDetail }),
    steps,
  };
}
