import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HOST_NAMES, type HostName } from "../../src/host.ts";
import { newUser, because, whyNo } from "../support/clients.ts";
import { type TestImage, imagesUnless, recordOf, registryFiles } from "../support/image-building.ts";
import { type ServedSite, serveSite, whyNoPort80 } from "../support/serving.ts";

const reason = whyNo("apptainer", "oras", "crane", "skopeo") ?? (await whyNoPort80());
const [hello, goodbye] = await imagesUnless(reason, "hello", "goodbye");

const LABELS = 'labels:\n  Maintainer: "Vanessa S."\n  version: "1.0"\n';

function serveNames(host: HostName, basePath: string): Promise<ServedSite> {
  const records = {
    "vanessa/greeting:latest": recordOf(hello),
    "vanessa/greeting:1.0": recordOf(goodbye, { more: LABELS }),
    "vanessa/fortune:latest": recordOf(goodbye, { more: LABELS }),
    "Lab/deep/Tool:V1": recordOf(hello),
    "lab/deep/tool2:1": recordOf(hello),
  };
  return serveSite({ files: registryFiles(records, [hello, goodbye]), host, basePath });
}

describe.skipIf(reason !== undefined)(`what people can find${because(reason)}`, () => {
  describe.each(HOST_NAMES)("on %s", (host) => {
    test("apptainer search lists the images, and takes what it lists", async () => {
      const site = await serveNames(host, "/registry/");
      const user = newUser();
      const found = await user.output(`apptainer search --library ${site.url} greeting`);
      const listed = [...found.matchAll(/library:\/\/(\S+)/g)].map(([, name]) => name);
      expect(listed).toContain("vanessa/default/greeting:1.0");
      expect(listed).toContain("lab/deep/tool2:1");
      const image = await user.pull(
        `apptainer pull --library ${site.url} x.sif library://vanessa/default/greeting:1.0`,
      );
      expect(image.equals(goodbye.bytes)).toBe(true);
    });

    test("apptainer takes the site for its library", async () => {
      const site = await serveNames(host, "/registry/");
      const user = newUser();
      await user.output(`apptainer remote add --no-login --insecure lab ${site.url.replace(/\/$/, "")}`);
      await user.output("apptainer remote use lab");
      expect(await user.output("apptainer search fortune")).toContain(
        "library://vanessa/default/fortune:latest",
      );
      const image = await user.pull("apptainer pull x.sif library://vanessa/fortune");
      expect(image.equals(goodbye.bytes)).toBe(true);
    });

    test("oras, crane and skopeo list repositories and tags, and read manifests", async () => {
      const { authority } = await serveNames(host, "/");
      const user = newUser();
      const lines = async (line: string) => (await user.output(line)).trim().split("\n");
      const repositories = ["lab/deep/tool2", "vanessa/fortune", "vanessa/greeting"];
      const tags = ["1.0", "latest"];
      const name = `${authority}/vanessa/greeting`;
      expect(await lines(`oras repo ls --plain-http ${authority}`)).toEqual(repositories);
      expect(await lines(`oras repo tags --plain-http ${name}`)).toEqual(tags);
      expect(await lines(`crane catalog --insecure ${authority}`)).toEqual(repositories);
      expect(await lines(`crane ls --insecure ${name}`)).toEqual(tags);
      const listed = await user.output(`skopeo list-tags --tls-verify=false docker://${name}`);
      expect(JSON.parse(listed)).toMatchObject({ Tags: tags });

      const manifest = await user.output(`crane manifest --insecure ${name}:1.0`);
      const raw = await user.output(`skopeo inspect --raw --tls-verify=false docker://${name}:1.0`);
      expect(raw).toBe(manifest);
      expect(JSON.parse(manifest)).toMatchObject({ layers: [{ digest: `sha256:${goodbye.sha256}` }] });
      const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
      expect(await lines(`crane digest --insecure ${name}:1.0`)).toEqual([digest]);
      expect(await user.output(`crane manifest --insecure ${name}@${digest}`)).toBe(manifest);
      const blob = await user.pull(`crane blob --insecure ${name}@sha256:${goodbye.sha256} > blob`);
      expect(blob.equals(goodbye.bytes)).toBe(true);
    });

    test("Singularity Registry's client finds containers and labels", async () => {
      const site = await serveNames(host, "/registry/");
      for (const [path, found] of sregistrySearches(site)) {
        // Some of its requests end in a slash and some do not; it follows redirects.
        for (const spelling of path.includes(":") ? [path] : [path, `${path}/`]) {
          const response = await fetch(`${site.url}api/${spelling}`);
          expect(await response.json(), spelling).toEqual(found);
        }
      }
    });
  });

  test.each(HOST_NAMES.filter((host) => host !== "pages"))(
    "on %s, oras and skopeo copy what they have found",
    async (host) => {
      const { authority } = await serveNames(host, "/");
      const user = newUser();
      const name = `${authority}/vanessa/greeting:1.0`;
      const image = await user.pull(`oras pull --plain-http ${name}`);
      expect(image.equals(goodbye.bytes)).toBe(true);
      await user.output(`skopeo copy --insecure-policy --src-tls-verify=false docker://${name} dir:copy`);
      const copy = readFileSync(join(user.folder, "copy", goodbye.sha256));
      expect(copy.equals(goodbye.bytes)).toBe(true);
    },
  );
});

/** What that client asks for, without the last slash, and the answer with all the keys that it reads. */
function sregistrySearches({ url }: ServedSite): (readonly [path: string, answer: unknown])[] {
  const listed = (uri: string) => {
    const [, namespace = "", name = "", tag = ""] = /^(.+)\/(.+):(.+)$/.exec(uri) ?? [];
    return { name, tag, uri, detail: `${url}${namespace}/${name}/tags/${tag}/` };
  };
  const collection = (id: number, name: string, ...uris: string[]) => ({
    id,
    name,
    add_date: expect.any(String),
    modify_date: expect.any(String),
    metadata: {},
    containers: uris.map(listed),
  });
  const container = (id: number, uri: string, { sha256 }: TestImage, labels: object = {}) => ({
    id,
    name: listed(uri).name,
    tag: listed(uri).tag,
    add_date: "2026-11-20T12:00:00Z",
    metrics: {},
    version: sha256,
    frozen: false,
    metadata: { size_mb: expect.any(Number), architecture: "amd64", labels },
    collection: uri.slice(0, uri.lastIndexOf("/")),
  });
  const [fortune, latest, one] = [
    "vanessa/fortune:latest",
    "vanessa/greeting:latest",
    "vanessa/greeting:1.0",
  ];
  const [deep, deep2] = ["Lab/deep/Tool:V1", "lab/deep/tool2:1"];
  const labels = { Maintainer: "Vanessa S.", version: "1.0" };
  const maintainer = { key: "Maintainer", value: "Vanessa S.", containers: [fortune, one] };
  const version = { key: "version", value: "1.0", containers: [fortune, one] };
  const image = `${url}images/sha256/${goodbye.sha256}.sif`;
  const pulled = {
    ...container(0, one, goodbye, labels),
    id: expect.any(Number),
    image,
    commit: goodbye.sha256,
  };
  return [
    ["container/vanessa/greeting:1.0", pulled],
    [
      "collections",
      {
        count: 3,
        next: null,
        previous: null,
        results: [
          collection(1, "Lab/deep", deep),
          collection(2, "lab/deep", deep2),
          collection(3, "vanessa", fortune, one, latest),
        ],
      },
    ],
    ["collection/vanessa", collection(1, "vanessa", fortune, one, latest)],
    ["collection/greeting", collection(1, "greeting", one, latest)],
    ["collection/lab", collection(1, "lab", deep, deep2)],
    ["collection/tool", collection(1, "tool", deep)],
    [
      "container/search/collection/vanessa/name/greeting",
      [container(1, one, goodbye, labels), container(2, latest, hello)],
    ],
    ["container/search/collection/vanessa/name/greeting/tag/1.0", [container(1, one, goodbye, labels)]],
    ["container/search/name/greeting/tag/latest", [container(2, latest, hello)]],
    ["container/search/collection/lab/deep/name/tool/tag/v1", [container(1, deep, hello)]],
    ["labels/search", [maintainer, version]],
    ["labels/search/maintainer/key", [maintainer]],
    ["labels/search/vanessa s./value", [maintainer]],
    ["labels/search/version/key/1.0/value", [version]],
  ];
}
