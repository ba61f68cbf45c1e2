import { HOST_NAMES } from "../src/host.ts";
import { describe, expect, test } from "vitest";
import type { HostName } from "../src/host.ts";
import { IMAGE, recordOf, storedTag, waysOf } from "./support/protocols.ts";

const AT = { url: "https://lab.org/", host: "server" } as const;
const ways = (reference: string) => waysOf(storedTag(reference), reference, AT);

describe("a name", () => {
  test("with a plus is for library and downloads alone", () => {
    const answers = ways("lab/ncbi-blast+:2.16.0");
    expect(answers).toMatchObject({
      "oras://": "no: an OCI name has lower-case letters, digits and . _ - alone",
      oras: "no: an OCI name has lower-case letters, digits and . _ - alone",
      "shub://": expect.stringMatching(/^no: in a shub:\/\/ address a name and a tag have letters/),
      "library://":
        "apptainer pull --library https://lab.org ncbi-blast+_2.16.0.sif library://lab/ncbi-blast+:2.16.0",
    });
    expect(ways("lab/tool:1.0+cuda")).toMatchObject({
      "oras://": "no: an OCI tag has letters, digits and . _ - alone",
      "shub://": expect.stringMatching(/^no: in a shub:\/\/ address a name and a tag have letters/),
      "library://": "apptainer pull --library https://lab.org tool_1.0+cuda.sif library://lab/tool:1.0+cuda",
    });
  });

  test.each(["lab_one", "lab.one", "lab+one"])("in the namespace %s is none for shub", (namespace) => {
    expect(ways(`${namespace}/tool:1.0`)["shub://"]).toBe(
      "no: in a shub:// address a namespace has letters, digits and - alone, and at most 39 characters",
    );
  });

  test("with a dot in its namespace is a host to sregistry", () => {
    expect(ways("lab.one/tool:1.0")["sregistry"]).toBe(
      "no: this client takes a namespace with a dot for a host",
    );
    expect(ways("lab/tool.one:1.0")["sregistry"]).toMatch(/ sregistry pull lab\/tool\.one:1\.0$/);
  });

  test.each(["lab/tool.sif:1.0", "lab/tool:1.0.img", "lab/my.simg-tool:1.0", "lab/TOOL.SIF:1.0"])(
    "such as %s is not asked for by sregistry as it stands",
    (reference) => {
      expect(ways(reference)["sregistry"]).toBe("no: this client takes .sif, .img and .simg out of a name");
    },
  );

  test.each(["lab/a_b.c-d:1.0", "lab/a__b:1.0", "lab/a--b:1.0", "lab-one.two/x:_1.0"])(
    "such as %s is one for oras",
    (reference) => {
      expect(ways(reference)["oras"]).toBe(`oras pull lab.org/${reference}`);
    },
  );

  test.each(["lab/a..b:1.0", "lab/a___b:1.0", "lab/a-:1.0", "lab./a:1.0", "lab/a._b:1.0"])(
    "such as %s is one for apptainer, and none for oras",
    (reference) => {
      expect(ways(reference)["oras://"]).toMatch(/^apptainer pull /);
      expect(ways(reference)["oras"]).toBe(
        "no: this client takes . _ - between letters and digits only, and no two of them in a row",
      );
    },
  );

  test("as long as shub takes it, and one letter more", () => {
    const [a39, a64] = ["a".repeat(39), "a".repeat(64)];
    expect(ways(`${a39}/${a64}:${a64}`)["shub://"]).toBe(
      `apptainer pull ${a64}_${a64}.sif shub://lab.org/${a39}/${a64}:${a64}`,
    );
    expect(ways(`${a39}a/x:1.0`)["shub://"]).toMatch(/at most 39 characters$/);
    expect(ways(`lab/${a64}a:1.0`)["shub://"]).toMatch(/at most 64 characters$/);
    expect(ways(`lab/x:${a64}a`)["shub://"]).toMatch(/at most 64 characters$/);
    const a128 = "a".repeat(128);
    expect(ways(`lab/${a128}:${a128}`)["oras://"]).toMatch(/^apptainer pull /);
  });
});

describe("a nested name", () => {
  test("puts its outer parts into the address of shub, and is a host to sregistry", () => {
    expect(ways("a/b/c:1.0")).toMatchObject({
      "oras://": "apptainer pull c_1.0.sif oras://lab.org/a/b/c:1.0",
      "library://": "apptainer pull --library https://lab.org c_1.0.sif library://a/b/c:1.0",
      "shub://": "apptainer pull c_1.0.sif shub://lab.org/a/b/c:1.0",
      sregistry: "no: this client takes the first part of a nested name for a host",
    });
  });

  test("has three parts at most for library, and its outer parts count for shub", () => {
    expect(ways("a/b/c/d:1.0")).toMatchObject({
      "library://": "no: a library:// name has three parts at most",
      "shub://": "apptainer pull d_1.0.sif shub://lab.org/a/b/c/d:1.0",
    });
    // lab.org/ and 56 more are 64.
    expect(ways(`${"a".repeat(57)}/b/c:1.0`)["shub://"]).toMatch(
      /at most 64 characters before the namespace/,
    );
    expect(ways(`${"a".repeat(56)}/b/c:1.0`)["shub://"]).toMatch(/^apptainer/);
    expect(ways("out_er/b/c:1.0")["shub://"]).toMatch(/^no: .*and this has lab\.org\/out_er$/);
  });
});

describe("capitals", () => {
  test("are none for OCI, stay for library and shub, and become small for sregistry", () => {
    expect(ways("Lab/Tool:V1")).toMatchObject({
      "oras://": "no: an OCI name has lower-case letters, digits and . _ - alone",
      "library://": "apptainer pull --library https://lab.org Tool_V1.sif library://Lab/Tool:V1",
      "shub://": "apptainer pull Tool_V1.sif shub://lab.org/Lab/Tool:V1",
      sregistry: "SREGISTRY_REGISTRY_BASE=https://lab.org sregistry pull lab/tool:v1",
    });
    expect(ways("lab/tool:V1")["oras://"]).toMatch(/^apptainer pull /);
  });

  test("are nobody else's for sregistry: a name in lower case goes first, then the first in order", () => {
    const taken = "no: this client asks in lower case, and that name is another's";
    const files = { ...storedTag("Lab/tool:1.0"), ...storedTag("LAB/tool:1.0") };
    expect(waysOf(files, "LAB/tool:1.0", AT)["sregistry"]).toMatch(/ pull lab\/tool:1\.0$/);
    expect(waysOf(files, "Lab/tool:1.0", AT)["sregistry"]).toBe(taken);
    const three = { ...files, ...storedTag("lab/tool:1.0") };
    expect(waysOf(three, "LAB/tool:1.0", AT)["sregistry"]).toBe(taken);
    expect(waysOf(three, "lab/tool:1.0", AT)["sregistry"]).toMatch(/ pull lab\/tool:1\.0$/);
  });
});

test("an image for another machine is asked for by name where the client would ask for its own", () => {
  const files = (arch: string) => ({
    "registry/lab/tool/manifests/1.0/README.md": recordOf(IMAGE, { arch }),
    [IMAGE.path]: IMAGE.bytes,
  });
  const answers = waysOf(files("arm64"), "lab/tool:1.0", AT);
  expect(answers["library://"]).toBe(
    "apptainer pull --arch arm64 --library https://lab.org tool_1.0.sif library://lab/tool:1.0",
  );
  expect(answers["oras://"]).not.toContain("--arch");
});

describe("an image that lies elsewhere", () => {
  const at = (url: string, host: HostName, site = "https://lab.org/") =>
    waysOf({ "registry/lab/tool/manifests/1.0/README.md": recordOf(IMAGE, { url }) }, "lab/tool:1.0", {
      url: site,
      host,
    });

  test.each([
    ["pages", "https", "no: the image lies elsewhere, and GitHub Pages cannot redirect to it"],
    ["s3", "https", "no: the image lies elsewhere, and an S3 website cannot redirect to it"],
    ["netlify", "https", undefined],
    ["cloudflare", "https", undefined],
    ["server", "https", undefined],
    ["netlify", "http", undefined],
    ["server", "http", undefined],
    ["cloudflare", "http", "no: the image lies at http://, and Cloudflare Pages cannot redirect there"],
    ["netlify", "ftp", "no: the image lies at ftp://, and Netlify cannot redirect there"],
    ["server", "s3", "no: the image lies at s3://, and a web server cannot redirect there"],
    ["pages", "gs", "no: the image lies elsewhere, and GitHub Pages cannot redirect to it"],
  ] as const)("on %s at %s:// is for library and oras: %s", (host, scheme, reason) => {
    const answers = at(`${scheme}://storage.org/x.sif`, host);
    const expected = reason ?? expect.stringMatching(/^apptainer pull /);
    expect(answers).toMatchObject({ "library://": expected, "oras://": expected });
    if (reason !== undefined) expect(answers["oras"]).toBe(reason);
  });

  test.each(["@sha256:" + "a".repeat(64), ":1.0_x", ""])(
    "in a registry of containers is pulled from there (%s)",
    (end) => {
      const place = `ghcr.io/lab/tool${end}`;
      for (const host of HOST_NAMES) {
        const answers = at(`oras://${place}`, host);
        expect(answers).toMatchObject({
          "oras://": `apptainer pull tool_1.0.sif oras://${place}`,
          oras: `oras pull ${place}`,
        });
      }
    },
  );

  test.each([
    "--output=/etc/x",
    "-o/a",
    "host",
    "host/",
    "HOST/-x",
    "a/b@sha256:x",
    "a/b;id",
    "a/$(id)",
    "@a/b",
  ])("at oras://%s is at no place in a registry of containers", (place) => {
    const answers = at(`oras://${place}`, "server");
    expect(answers["oras"]).toMatch(/^no: /);
    expect(answers["oras://"]).toMatch(/^no: /);
  });

  test.each([
    ["https", true, true, true],
    ["http", true, true, true],
    ["oras", false, false, false],
    ["ftp", false, true, false],
    ["s3", false, false, false],
    ["gs", false, false, false],
  ] as const)(
    "at %s:// is fetched by apptainer: %s, by curl: %s, by shub: %s",
    (scheme, pull, curl, shub) => {
      const answers = at(`${scheme}://storage.org/x.sif`, "pages");
      const no = `no: the image lies at ${scheme}://, which this client does not fetch`;
      const address = `${scheme}://storage.org/x.sif`;
      expect(answers).toMatchObject({
        "https://": pull ? `apptainer pull tool_1.0.sif ${address}` : no,
        curl: curl ? `curl -fL -o tool_1.0.sif ${address}` : no,
        "shub://": shub ? "apptainer pull tool_1.0.sif shub://lab.org/lab/tool:1.0" : no,
        sregistry: shub ? expect.stringContaining("sregistry pull lab/tool:1.0") : no,
      });
    },
  );

  test("by https is none for shub of a site that answers by http", () => {
    expect(at("https://storage.org/x.sif", "server", "http://lab.org/")["shub://"]).toBe(
      "no: the site answers by http, and the image by https",
    );
    expect(at("http://storage.org/x.sif", "server", "http://lab.org/")["shub://"]).toMatch(
      /^apptainer pull --no-/,
    );
  });
});

test.each(["pages", "netlify", "cloudflare", "s3", "server"] as const)(
  "on %s oras pulls where a manifest can have its type",
  (host) => {
    const answer = waysOf(storedTag("lab/tool:1.0"), "lab/tool:1.0", { ...AT, host })["oras"];
    expect(answer).toBe(
      host === "pages"
        ? "no: this client reads the Content-Type of a manifest, which GitHub Pages cannot set"
        : "oras pull lab.org/lab/tool:1.0",
    );
  },
);
