import fc from "fast-check";
import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThroughClient } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GoogleBuildApi } from "../../src/build/google-build-api.ts";
import { Github } from "../../src/github.ts";
import { OciRepository, refusal } from "../../src/oci/client.ts";
import { LAYER_TYPE } from "../../src/oci/manifest.ts";
import { openLayer } from "../../src/oci/pull-layer.ts";
import { parseRelease } from "../../src/storage/github-assets.ts";
import { expectRefused, jsonAround, mutated, strangeText } from "./support.ts";

/*
 * Servers of strangers, and of those that we trust on a bad day: bodies of any kind with each status that is not asked for
 * again.
 */

interface Said {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: Server;
let host: string;
let said: Said = { status: 404, body: "" };

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(said.status, said.headers).end(said.body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const DIGEST = `sha256:${"a".repeat(64)}`;
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  layers: [{ mediaType: LAYER_TYPE, digest: DIGEST, size: 3 }],
});
const ERRORS = JSON.stringify({
  errors: [{ code: "DENIED", message: "no", field: "x" }],
  message: "Bad",
  error: { message: "x" },
});
const RELEASE = JSON.stringify({
  id: 1,
  tag_name: "a",
  draft: true,
  upload_url: "https://x",
  assets: [{ id: 1, name: "a", state: "uploaded", size: 1, digest: DIGEST }],
});
const BUILD = JSON.stringify({
  id: "a-1",
  status: "FAILURE",
  steps: [{ id: "x", status: "FAILURE", exitCode: 1 }],
});
const KEYS = [
  ..."layers mediaType digest size errors code message error id tag_name assets upload_url name state status".split(
    " ",
  ),
  ..."steps exitCode statusDetail token access_token draft".split(" "),
];

const body = fc.oneof(
  mutated(MANIFEST),
  mutated(ERRORS),
  mutated(RELEASE),
  mutated(BUILD),
  strangeText,
  jsonAround(KEYS, [LAYER_TYPE, DIGEST, "FAILURE", 1]).map((data) => JSON.stringify(data)),
);
const header = fc.constantFrom(
  "www-authenticate",
  "link",
  "location",
  "docker-content-digest",
  "content-length-of",
  "range",
);
const value = fc.oneof(
  mutated('<http://127.0.0.1/x?page=2>; rel="next"'),
  mutated('Bearer realm="ftp://x",service="y"'),
  fc.constantFrom("//", "http://[", "%", "oras://x", "../../.."),
);
const answer: fc.Arbitrary<Said> = fc.record({
  status: fc.constantFrom(200, 201, 204, 400, 401, 403, 404, 405, 409, 422),
  body,
  headers: fc
    .array(fc.tuple(header, value), { maxLength: 2 })
    .map((pairs) =>
      Object.fromEntries(pairs.map(([name, text]) => [name, text.replaceAll(/[^\x20-\x7e]/g, "?")])),
    ),
});

/** Asks with each answer; whatever it is, only our own error may come of it. */
async function expectAnswered(
  ask: () => Promise<unknown>,
  code: "storage" | "github" | "build",
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(answer, async (next) => {
      said = next;
      await expectRefused(ask, code);
    }),
    { numRuns: 300 },
  );
}

describe("an answer of any kind is understood or refused", () => {
  const asker = () => ({ host, isPlainHttp: true, credentials: { username: "lab", password: "secret" } });

  test("from a registry of containers, asked for an image", () =>
    expectAnswered(async () => {
      const stream = await openLayer(`oras://${host}/lab/tool:1.0`);
      stream.on("error", () => undefined).destroy();
    }, "storage"));

  test("from a registry of containers, asked for anything", () =>
    expectAnswered(async () => {
      const repository = new OciRepository("lab/tool", asker());
      const got = await repository.send({ method: "GET", to: "tags/list" });
      repository.resolve(got.headers.location);
      throw refusal(repository, "it", got);
    }, "storage"));

  test("from GitHub, asked for releases", () =>
    expectAnswered(async () => {
      const github = new Github({ api: `http://${host}`, token: "secret", errorCode: "github" });
      for await (const release of github.list("repos/lab/tool/releases")) parseRelease(github, release);
    }, "github"));

  test("from Cloud Build, asked for a build", () =>
    expectAnswered(async () => {
      const config = {
        kind: "google-cloud-build",
        project: "lab",
        bucket: "lab",
        endpoint: `http://${host}`,
      } as const;
      const { id } = await new GoogleBuildApi(config, () => new PassThroughClient()).get(
        "x",
        AbortSignal.timeout(10_000),
      );
      expect(id).toMatch(/^[A-Za-z0-9-]+$/);
    }, "build"));
});

test("an address of an image that is none is refused, and what is one is asked for by https", async () => {
  const schemes = new Set<string>();
  const beforeRequest = ({ url }: { url?: string | URL | undefined }) => {
    schemes.add(new URL(url ?? "").protocol);
    throw new Error("nobody is asked in a test");
  };
  const address = fc.oneof(
    mutated("oras://ghcr.io:443/lab/tool:1.0"),
    strangeText.map((text) => `oras://${text}`),
    strangeText.map((text) => `oras://${text}/lab/tool@${DIGEST}`),
  );
  await fc.assert(
    fc.asyncProperty(address, async (text) => {
      const open = () => openLayer(text, { hooks: { beforeRequest: [beforeRequest] } });
      expect(await expectRefused(open, "storage")).toBeUndefined();
    }),
    { numRuns: 1500 },
  );
  expect([...schemes]).toEqual(["https:"]);
});
