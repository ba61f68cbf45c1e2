import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ARTIFACTS_FOLDER, openCircleciArtifacts } from "../../src/storage/circleci-artifacts.ts";
import { objectName } from "../../src/storage/storage.ts";
import { listFiles, temporaryFolder } from "../support/registry.ts";
import { storageContract } from "./contract.ts";

const config = { kind: "circleci-artifacts" } as const;
const JOB = "3df8fe81-1066-4a7b-9843-bad46ff42b65";
const env = { CIRCLE_WORKFLOW_JOB_ID: JOB, CIRCLE_NODE_INDEX: "0" };
const BASE = `https://output.circle-artifacts.com/output/job/${JOB}/artifacts/0/`;

/** What stands behind the part that CircleCI gives to every artifact of the job. */
function pathOf(url: string): string {
  if (!url.startsWith(BASE)) throw new Error(`${url} is not below ${BASE}`);
  return url.slice(BASE.length);
}

storageContract("circleci-artifacts", () => {
  const root = temporaryFolder();
  const outside = { because: "not in a job", config, reason: /only in a job of CircleCI/ };
  return Promise.resolve({
    config,
    context: { root, env },
    // What `store_artifacts` with `path: _artifacts/sha256` and `destination: sha256` makes of the folder.
    fetchStored: (url) => Promise.resolve(readFileSync(join(root, ARTIFACTS_FOLDER, pathOf(url)))),
    listObjects: () => Promise.resolve(listFiles(root).filter((name) => name.endsWith(".sif"))),
    refusing: [
      { ...outside, context: { root, env: {} } },
      { ...outside, context: { root, env: { CIRCLE_WORKFLOW_JOB_ID: JOB } } },
    ],
    linkInPlace: (key, target) => {
      const path = join(root, ARTIFACTS_FOLDER, objectName(key));
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(target, path);
    },
  });
});

test("variables that would change the address are refused", () => {
  const strange = { ...env, CIRCLE_WORKFLOW_JOB_ID: "../../evil.example.org/" };
  expect(() => openCircleciArtifacts(config, { root: ".", env: strange })).toThrow("CIRCLE_WORKFLOW_JOB_ID");
});
