import { StowageError, messageOf } from "../errors.ts";
import { type Answer, ask } from "../http.ts";
import { memberOf, parseJson } from "../json.ts";
import { type GoogleCredentials, authorization } from "./google-auth.ts";
import type { GoogleConfig } from "./google-build-request.ts";

const ENDPOINT = "https://cloudbuild.googleapis.com";
/** Milliseconds that a service may ask to wait before a build is asked for again. */
const LONGEST_WAIT = 60_000;

/** What is read of a `Build`. */
export interface GoogleBuild {
  readonly id: string;
  /** QUEUED, WORKING, SUCCESS, FAILURE, …; what the service says. */
  readonly status: string;
  readonly detail?: string;
  /** The step that failed, and its exit status. */
  readonly failedStep?: { readonly id: string; readonly status?: number };
}

/** The methods of Cloud Build's REST interface, version 1, that a build needs. */
export class GoogleBuildApi {
  readonly #collection: string;
  readonly #auth: GoogleCredentials;

  constructor(
    { endpoint = ENDPOINT, project, region }: GoogleConfig,
    auth: (endpoint: string) => GoogleCredentials,
  ) {
    const place = region === undefined ? "" : `/locations/${region}`;
    this.#collection = `${endpoint.replace(/\/+$/, "")}/v1/projects/${project}${place}/builds`;
    this.#auth = auth(endpoint);
  }

  /** `projects.builds.create`: asks again only where the service says that there were too many questions. */
  async create(build: object, signal: AbortSignal): Promise<GoogleBuild> {
    const operation = await this.#ask("POST", "", { json: build, signal });
    return readBuild(memberOf(memberOf(operation, "metadata"), "build"));
  }

  /** `projects.builds.get`. */
  async get(id: string, signal: AbortSignal): Promise<GoogleBuild> {
    return readBuild(await this.#ask("GET", `/${id}`, { signal }));
  }

  /** `projects.builds.cancel`. */
  async cancel(id: string): Promise<void> {
    await this.#ask("POST", `/${id}:cancel`, { json: {} });
  }

  async #ask(
    method: "GET" | "POST",
    path: string,
    { json, signal }: { json?: object; signal?: AbortSignal },
  ): Promise<unknown> {
    const headers = await authorization(this.#auth);
    const answer = await ask(new URL(this.#collection + path), {
      method,
      headers,
      ...(json && { json }),
      ...(signal && { signal }),
      ...(method === "POST" && { retry: AGAIN_WHERE_REFUSED }),
    }).catch(unreachable);
    return bodyOf(answer);
  }
}

/** A build that may have begun is never asked for a second time. */
const AGAIN_WHERE_REFUSED = {
  limit: 4,
  methods: ["POST" as const],
  statusCodes: [429],
  errorCodes: [],
  maxRetryAfter: LONGEST_WAIT,
};

/** Without its cause, which holds the request and its secrets. */
function unreachable(error: unknown): never {
  throw new StowageError(
    "build",
    `builder: Cloud Build cannot be reached: ${messageOf(error)}; try again later`,
  );
}

function bodyOf({ status, body }: Answer): unknown {
  const value = parseJson(body);
  if (status >= 200 && status < 300 && value !== undefined) return value;
  const reason = memberOf(memberOf(value, "error"), "message");
  const why = typeof reason === "string" ? `: ${reason}` : "";
  throw new StowageError(
    "build",
    `builder: Cloud Build answered with status ${status}${why}; ${adviceFor(status)}`,
  );
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403)
    return "let this account create builds (roles/cloudbuild.builds.editor)";
  if (status === 404)
    return "check the project and the region in registry.yml, and that the Cloud Build API is on";
  return "try again later";
}

function readBuild(value: unknown): GoogleBuild {
  const [id, status, detail] = ["id", "status", "statusDetail"].map((name) => memberOf(value, name));
  // It becomes a part of addresses and of an object's name.
  if (typeof id !== "string" || !/^[A-Za-z0-9-]{1,100}$/.test(id) || typeof status !== "string") {
    throw new StowageError(
      "build",
      "builder: Cloud Build answered with something that is no build; try again later",
    );
  }
  const failedStep = readFailedStep(memberOf(value, "steps"));
  return { id, status, ...(typeof detail === "string" && { detail }), ...(failedStep && { failedStep }) };
}

function readFailedStep(steps: unknown): GoogleBuild["failedStep"] {
  if (!Array.isArray(steps)) return undefined;
  const failed: unknown = steps.find((step) => memberOf(step, "status") === "FAILURE");
  const [id, status] = [memberOf(failed, "id"), memberOf(failed, "exitCode")];
  if (typeof id !== "string") return undefined;
  return { id, ...(typeof status === "number" && { status }) };
}
