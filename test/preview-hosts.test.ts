import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOST_NAMES, type HostName, hostProfile } from "../src/host.ts";
import { buildSite } from "../src/index.ts";
import { contentTypes } from "../src/site/host-files.ts";
import { createPreviewServer } from "../src/site/preview-server.ts";
import { IMAGE, buildFiles, recordOf, storedTag } from "./support/protocols.ts";
import { type Files, writeFiles } from "./support/registry.ts";

const LABELS = "labels: { Colour: Red, manifests: tags, x: lab/manifests }\n";
const ELSEWHERE = "https://storage.example.org/a:latest/x.sif";
const FILES: Files = {
  ...storedTag("lab/tool:1.0", IMAGE, LABELS),
  ...storedTag("a/b/c:1.0"),
  "registry/lab/away/manifests/latest/README.md": recordOf(IMAGE, { url: ELSEWHERE }),
  "registry/lab/away/manifests/1.0/README.md": recordOf(IMAGE, { url: `${ELSEWHERE}?1` }),
};

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

/** Asks a preview without following redirects. */
type Ask = (path: string) => Promise<Answer>;

/** A preview of the site as a host would serve it, until the tests are over. */
async function previewAs(name: HostName, basePath: string): Promise<{ ask: Ask; close: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "stowage-test-"));
  const root = join(directory, "source");
  writeFiles(root, FILES);
  await buildSite({ root, out: join(directory, "_site"), url: `https://lab.org${basePath}`, host: name });
  const { server } = createPreviewServer({
    directory: join(directory, "_site"),
    basePath,
    host: hostProfile(name),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async ask(path) {
      const asked = request({ port, host: "127.0.0.1", path, agent: false }).end();
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      const { "content-type": type, location } = response.headers;
      return { status: response.statusCode, type, location, body: await text(response) };
    },
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const JSON_TYPE = /^application\/json\b/;
const MANIFEST_TYPE = /^application\/vnd\.oci\.image\.manifest\.v1\+json$/;
const FOLDERS = [
  "lab/tool/tags/",
  "lab/tool/manifests/1.0/",
  "schema/",
  "api/collections/",
  "api/collection/lab/",
  "api/container/search/name/tool/tag/1.0/",
  "api/labels/search/",
  "api/labels/search/colour/key/red/value/",
];

const SLASH_STATUS = { pages: 301, netlify: 301, cloudflare: 308, s3: 302, server: 301 } as const;

describe.each(HOST_NAMES)("the preview as %s", (name) => {
  const host = hostProfile(name);
  let previews: Awaited<ReturnType<typeof previewAs>>[] = [];
  let ask: Ask;
  let askBelow: Ask;

  beforeAll(async () => {
    const [atRoot, below] = await Promise.all([previewAs(name, "/"), previewAs(name, "/r/")]);
    previews = [atRoot, below];
    ask = atRoot.ask;
    askBelow = below.ask;
  });
  afterAll(() => {
    for (const { close } of previews) close();
  });

  test("answers folders with JSON as it stands, and pages with the script that loads them again", async () => {
    for (const folder of FOLDERS) {
      const answer = await askBelow(`/r/${folder}`);
      expect({ folder, ...answer }).toMatchObject({ status: 200, type: expect.stringMatching(JSON_TYPE) });
      expect(() => JSON.parse(answer.body) as unknown).not.toThrow();
    }
    for (const page of ["", "lab/", "lab/tool/", "lab/tool/tags/1.0/"]) {
      const { status, type, body } = await askBelow(`/r/${page}`);
      expect([page, status, type]).toEqual([page, 200, "text/html; charset=utf-8"]);
      expect(body).toContain("/.stowage/reload.js");
    }
  });

  test("leads to the slash with the host's own status, and keeps the query", async () => {
    for (const folder of ["lab/tool", "lab/tool/tags", "api/collections"]) {
      const { status, location } = await askBelow(`/r/${folder}?a=b`);
      expect([status, location]).toEqual([SLASH_STATUS[name], `/r/${folder}/?a=b`]);
    }
  });

  test("treats .html as the host does", async () => {
    const page = await ask("/404.html");
    const index = await ask("/lab/tool/index.html");
    expect((await ask("/404")).status).toBe(host.addsHtml ? 200 : 404);
    if (!host.stripsHtml) return expect([page.status, index.status]).toEqual([200, 200]);
    expect([page.status, page.location]).toEqual([308, "/404"]);
    expect([index.status, index.location]).toEqual([308, "/lab/tool/"]);
  });

  test("gives the files of protocols their types where the host can", async () => {
    const types: readonly (readonly [string, RegExp])[] = [
      ["/v2/", JSON_TYPE],
      ["/v2/_catalog", JSON_TYPE],
      ["/v2/a/b/c/tags/list", JSON_TYPE],
      ["/v2/lab/tool/manifests/1.0", MANIFEST_TYPE],
      ["/api/container/lab/tool:1.0", JSON_TYPE],
      ["/v1/images/lab/tool:1.0", JSON_TYPE],
      ["/v1/search", JSON_TYPE],
      ["/version", JSON_TYPE],
    ];
    for (const [path, expected] of types) {
      const { status, type } = await ask(path);
      const isFolder = path.endsWith("/");
      const known = host.setsTypes || isFolder ? expected : /^application\/octet-stream$/;
      expect({ path, status, type }).toEqual({ path, status: 200, type: expect.stringMatching(known) });
    }
    const image = await ask("/v1/imagefile/lab/tool:1.0");
    const leads = host.redirects?.colons === false;
    expect(image.status).toBe(leads ? 302 : 200);
    const last = leads ? await ask(image.location ?? "") : image;
    expect([last.status, last.type, last.body]).toEqual([200, "application/octet-stream", "an image"]);
  });

  test("does not serve what is written for the host", async () => {
    for (const path of ["/r/_headers", "/r/_redirects"])
      expect([path, (await askBelow(path)).status]).toEqual([path, 404]);
  });

  test("does not serve it when the path is encoded, either", async () => {
    for (const path of ["/%5fheaders", "/%5Fredirects"])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  test("leads to images that lie elsewhere, each tag to its own", async () => {
    for (const [tag, url] of [
      ["latest", ELSEWHERE],
      ["1.0", `${ELSEWHERE}?1`],
    ]) {
      let answer = await ask(`/v1/imagefile/lab/away:${tag}`);
      if (answer.location?.startsWith("/")) answer = await ask(answer.location);
      expect([answer.status, answer.location]).toEqual(host.redirects ? [302, url] : [404, undefined]);
    }
    const { status } = await ask("/v1/imagefile/lab/away:2.0");
    expect([302, 404]).toContain(status);
  });
});

describe.each(HOST_NAMES.filter((name) => hostProfile(name).redirects))(
  "the rules for types on %s",
  (name) => {
    /** `*` is any text, `:name` any text without a slash. */
    const expressionOf = (pattern: string) =>
      new RegExp(
        `^${pattern
          .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
          .replaceAll("*", ".*")
          .replaceAll(/:[a-z]\w*/gi, "[^/]+")}$`,
      );

    test("never meet on a path, since some hosts would join their values", async () => {
      const { paths } = await buildFiles(FILES, { host: name });
      const rules = contentTypes(hostProfile(name), ["a", "lab"]);
      const met = paths.flatMap((path) => {
        const asked = `/${path.replace(/(?<=^|\/)index\.(?:html|json)$/, "")}`;
        const patterns = rules.filter(([pattern]) => expressionOf(pattern).test(asked));
        return patterns.length > 1 ? [`${asked} ${patterns.map(([pattern]) => pattern).join(" ")}`] : [];
      });
      expect(met).toEqual([]);
    });
  },
);
