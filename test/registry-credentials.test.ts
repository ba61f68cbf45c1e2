import { expect, test } from "vitest";
import { authorize } from "../src/oci/authorization.ts";
import { registryCredentials } from "../src/oci/credentials.ts";
import { isLoopback } from "../src/oci/place.ts";
import { registryOf } from "./support/registry.ts";

const authOf = (text: string) => Buffer.from(text).toString("base64");
const dockerFile = (auths: object) => JSON.stringify({ auths });

test("the environment comes before what is written down, and that before the workflow's own token", () => {
  const home = registryOf({
    ".docker/config.json": dockerFile({ "ghcr.io": { auth: authOf("docker:from:docker") } }),
    ".apptainer/docker-config.json": dockerFile({
      "ghcr.io": { auth: authOf("apptainer:a") },
      "quay.io": { username: "named", password: "p" },
    }),
  });
  const workflow = { GITHUB_ACTOR: "actor", GITHUB_TOKEN: "token" };
  const given = { REGISTRY_USERNAME: "given", REGISTRY_PASSWORD: "g" };
  const who = (host: string, env: Record<string, string>) => registryCredentials(host, env);
  expect(who("ghcr.io", { HOME: home, ...workflow, ...given })).toEqual({ username: "given", password: "g" });
  expect(who("ghcr.io", { HOME: home, ...workflow })).toEqual({
    username: "docker",
    password: "from:docker",
  });
  expect(who("quay.io", { HOME: home, ...workflow })).toEqual({ username: "named", password: "p" });
  expect(who("ghcr.io", workflow)).toEqual({ username: "actor", password: "token" });
  expect(who("quay.io", workflow)).toBeUndefined();
  expect(who("ghcr.io.example.org", workflow)).toBeUndefined();
  expect(who("ghcr.io", {})).toBeUndefined();
});

test.for([
  ["docker.io", "https://index.docker.io/v1/"],
  ["quay.io", "https://quay.io"],
  ["quay.io", "https://quay.io/v2/"],
  ["registry.lab.example:5000", "registry.lab.example:5000"],
] as const)("what was written down for %s is found under %s", ([host, key]) => {
  const folder = registryOf({ "config.json": dockerFile({ [key]: { auth: authOf("u:p") } }) });
  expect(registryCredentials(host, { DOCKER_CONFIG: folder })).toEqual({ username: "u", password: "p" });
});

test.for([
  "{}",
  "[]",
  '{"auths": []}',
  '{"auths": {"ghcr.io": {}}}',
  '{"auths": {"ghcr.io": {"auth": 7}}}',
  "null",
])("%s holds no password", (text) => {
  expect(
    registryCredentials("ghcr.io", { DOCKER_CONFIG: registryOf({ "config.json": text }) }),
  ).toBeUndefined();
});

test("a file that is no JSON is named, and nothing of what is in it", () => {
  const folder = registryOf({ "config.json": "a secret" });
  expect(() => registryCredentials("ghcr.io", { DOCKER_CONFIG: folder })).toThrow(
    `${folder}/config.json: cannot be read as JSON; log in again, or take it away`,
  );
});

test("half of what is needed is an error", () => {
  expect(() => registryCredentials("ghcr.io", { REGISTRY_USERNAME: "u" })).toThrow(
    "REGISTRY_PASSWORD is not set",
  );
  expect(() => registryCredentials("ghcr.io", { REGISTRY_PASSWORD: "p" })).toThrow(
    "REGISTRY_USERNAME is not set",
  );
});

test.for([
  'Bearer realm="http://ghcr.io/token",service="ghcr.io"',
  'Bearer realm="file:///etc/passwd"',
  'Bearer realm="//ghcr.io/token"',
  "Bearer service=x",
])("no password goes to the token server in %s", async (challenge) => {
  const asker = { host: "ghcr.io", isPlainHttp: false, credentials: { username: "u", password: "p" } };
  await expect(authorize(challenge, asker)).rejects.toThrow("is not https; no password goes there");
});

test("only this machine is asked by plain http without being told", () => {
  for (const host of ["localhost", "localhost:5000", "127.0.0.1:5000", "127.8.9.1", "[::1]:5000"])
    expect([host, isLoopback(host)]).toEqual([host, true]);
  for (const host of [
    "localhost.example.org",
    "127.0.0.1.example.org",
    "10.0.0.1",
    "ghcr.io",
    "my-localhost",
  ])
    expect([host, isLoopback(host)]).toEqual([host, false]);
});
