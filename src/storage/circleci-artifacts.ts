import { StowageError } from "../errors.ts";
import type { StorageConfig } from "../registry/config.ts";
import { ImageFolder } from "./image-folder.ts";
import { type ImageKey, type Storage, type StorageContext, objectName } from "./storage.ts";

type ArtifactsConfig = Extract<StorageConfig, { kind: "circleci-artifacts" }>;

/** Below registry.yml's folder: what the job has to store afterwards. */
export const ARTIFACTS_FOLDER = "_artifacts";

const ARTIFACTS = "https://output.circle-artifacts.com/output/job";
/** What CircleCI tells a running job, and what it looks like: it becomes part of an address. */
const VARIABLES = { CIRCLE_WORKFLOW_JOB_ID: /^[A-Za-z0-9-]+$/, CIRCLE_NODE_INDEX: /^\d+$/ } as const;

/**
 * Hands images over to the job that it runs in: they are copied into a folder, and a later step of the job stores them.
 * Their addresses are known before. `destination` is needed, or else CircleCI would put the folder's name there:
 *
 *     - store_artifacts: { path: _artifacts/sha256, destination: sha256 }
 *
 * An artifact is gone after 30 days, and one above 3 GB cannot be fetched. `has` asks the folder: an artifact of
 * another job has another address, and is none of this one's.
 */
export function openCircleciArtifacts({ kind }: ArtifactsConfig, { root, env }: StorageContext): Storage {
  const job = variable(env, "CIRCLE_WORKFLOW_JOB_ID");
  const node = variable(env, "CIRCLE_NODE_INDEX");
  const folder = new ImageFolder(root, ARTIFACTS_FOLDER);
  return {
    kind,
    put: (file, key) => folder.put(file, key),
    has: (key) => folder.has(key),
    url: (key: ImageKey) => `${ARTIFACTS}/${job}/artifacts/${node}/${objectName(key)}`,
    remove: (key) => folder.remove(key),
  };
}

function variable(env: StorageContext["env"], name: keyof typeof VARIABLES): string {
  const value = env[name];
  if (value !== undefined && VARIABLES[name].test(value)) return value;
  throw new StowageError(
    "storage",
    `storage circleci-artifacts works only in a job of CircleCI, which sets ${name}; choose another storage in registry.yml to store images from here`,
  );
}
