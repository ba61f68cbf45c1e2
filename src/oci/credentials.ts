import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StowageError, systemCode } from "../errors.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What to do where a registry wants to know who asks. */
export const HOW_TO_LOG_IN =
  "set REGISTRY_USERNAME and REGISTRY_PASSWORD, or run docker login or apptainer registry login";

/** What Docker calls its own registry in its configuration. */
const DOCKER_HUB = "index.docker.io";

/**
 * Who asks a registry: the environment's REGISTRY_USERNAME and REGISTRY_PASSWORD, else what `docker login` or
 * `apptainer registry login` wrote down, else, at ghcr.io, the running workflow's own token.
 */
export function registryCredentials(host: string, env: Environment): Credentials | undefined {
  return givenCredentials(env) ?? writtenCredentials(host, env) ?? workflowCredentials(host, env);
}

function givenCredentials({ REGISTRY_USERNAME, REGISTRY_PASSWORD }: Environment): Credentials | undefined {
  if (!REGISTRY_USERNAME && !REGISTRY_PASSWORD) return undefined;
  if (REGISTRY_USERNAME && REGISTRY_PASSWORD)
    return { username: REGISTRY_USERNAME, password: REGISTRY_PASSWORD };
  const missing = REGISTRY_USERNAME ? "REGISTRY_PASSWORD" : "REGISTRY_USERNAME";
  throw new StowageError("storage", `${missing} is not set; set both it and its fellow, or neither`);
}

function workflowCredentials(host: string, env: Environment): Credentials | undefined {
  const { GITHUB_ACTOR: username, GITHUB_TOKEN: password } = env;
  return host === "ghcr.io" && username && password ? { username, password } : undefined;
}

function writtenCredentials(host: string, env: Environment): Credentials | undefined {
  for (const file of configFiles(env)) {
    const found = entryFor(host, readAuths(file));
    if (found) return found;
  }
  return undefined;
}

function configFiles({ DOCKER_CONFIG, APPTAINER_CONFIGDIR, HOME }: Environment): string[] {
  const docker = DOCKER_CONFIG ?? (HOME && join(HOME, ".docker"));
  const apptainer = APPTAINER_CONFIGDIR ?? (HOME && join(HOME, ".apptainer"));
  return [
    ...(docker ? [join(docker, "config.json")] : []),
    ...(apptainer ? [join(apptainer, "docker-config.json")] : []),
  ];
}

/** The parser's own words would show a piece of the file, which holds passwords. */
function readAuths(file: string): unknown {
  try {
    const data: unknown = JSON.parse(readFileSync(file, "utf8"));
    return member(data, "auths");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
    throw new StowageError("storage", `${file}: cannot be read as JSON; log in again, or take it away`);
  }
}

function entryFor(host: string, auths: unknown): Credentials | undefined {
  const name = host === "docker.io" ? DOCKER_HUB : host;
  const key = keysOf(auths).find((each) => hostOf(each) === name);
  return key === undefined ? undefined : parseEntry(member(auths, key));
}

/** `https://index.docker.io/v1/` and `ghcr.io` are both written. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
}

function parseEntry(entry: unknown): Credentials | undefined {
  const auth = member(entry, "auth");
  const text = typeof auth === "string" ? Buffer.from(auth, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  const [username, password] = [member(entry, "username"), member(entry, "password")];
  return typeof username === "string" && typeof password === "string" ? { username, password } : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function member(value: unknown, name: string): unknown {
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isThere ? (value as Record<string, unknown>)[name] : undefined;
}
