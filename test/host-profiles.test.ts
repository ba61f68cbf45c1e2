import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SiteTally } from "../src/check/check-site.ts";
import { HOST_NAMES, hostProfile } from "../src/host.ts";
import { StowageError, buildSite, describeFinding, scanRegistry } from "../src/index.ts";
import { runCli } from "./support/cli.ts";
import { type HostedAt, IMAGE, buildFiles, recordOf, storedTag, testImage } from "./support/protocols.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf, writeFiles } from "./support/registry.ts";

const TREE = storedTag("lab/tool:1.0");
const KEY = readFileSync(new URL("fixtures/keys/one.asc", import.meta.url), "utf8");

describe("registry.yml", () => {
  const scan = (text: string) => scanRegistry({ root: registryOf({ ...TREE, "registry.yml": text }) });

  test("switches protocols, and remembers where it says so", () => {
    const { protocols } = scan("title: A\nprotocols:\n  oci: true\n  # not this one\n  shub: false\n").config;
    expect(protocols).toEqual({ oci: { isOn: true, line: 3 }, shub: { isOn: false, line: 5 } });
    expect(scan("title: A\n").config.protocols).toEqual({});
    expect(scan("protocols: {}\n").config.protocols).toEqual({});
  });

  test.each([
    [
      "title: A\nprotocols:\n  shub: true\n  docker: true\n",
      /^registry\.yml:4: unknown key protocols\.docker; expected one of shub, sregistry, labels, library, oci, keys$/,
    ],
    ["protocols: { https: false }\n", /^registry\.yml:1: unknown key protocols\.https; expected one of/],
    [
      "protocols: { __proto__: true }\n",
      /^registry\.yml:1: unknown key protocols\.__proto__; expected one of/,
    ],
    [
      "protocols:\n  oci: maybe\n",
      /^registry\.yml:2: protocols\.oci is not right; expected a value of type boolean$/,
    ],
    [
      "protocols:\n  oci: yes\n",
      /^registry\.yml:2: protocols\.oci is not right; expected a value of type boolean$/,
    ],
    [
      "protocols:\n  oci: [true]\n",
      /^registry\.yml:2: protocols\.oci is not right; expected a value of type boolean$/,
    ],
    ["title: A\nprotocols: [oci]\n", /^registry\.yml:2: protocols is not right; expected keys with values$/],
    ["title: A\nprotocols: all\n", /^registry\.yml:2: protocols is not right; expected keys with values$/],
    [
      "title: A\nhost: github\n",
      /^registry\.yml:2: host is not right; expected one of pages, netlify, cloudflare, s3, server$/,
    ],
    ["host: [pages]\n", /^registry\.yml:1: host is not right; expected /],
  ])("%j is refused with its line", (text, message) => {
    expect(() => scan(text)).toThrow(StowageError);
    expect(() => scan(text)).toThrow(message);
  });

  test.each(HOST_NAMES)("may say that the host is %s, and an option goes before it", async (host) => {
    const root = registryOf({ ...TREE, "registry.yml": `host: ${host}\n` });
    const out = join(root, "_site");
    const { site } = await buildSite({ root, out });
    expect(site.host).toEqual(hostProfile(host));
    const json = `lab/tool/tags/${site.host.jsonIndex}`;
    expect(listFiles(out).filter((path) => path.startsWith("lab/tool/tags/index."))).toEqual([json]);
    expect(listFiles(out).includes("_headers")).toBe(["netlify", "cloudflare", "server"].includes(host));
    expect((await buildSite({ root, out, host: "netlify" })).site.host.name).toBe("netlify");
  });
});

describe("findings about a site", () => {
  const findings = async (files: Files, at?: HostedAt) => (await buildFiles(files, at)).findings;
  const BELOW = { url: "https://lab.org/r/" };
  const reason = "clients ask at the root of a host, and this site is below /r/";

  test("name a protocol that is asked for and cannot work, with its line", async () => {
    const files = { ...TREE, "registry.yml": "title: A\nprotocols:\n  shub: true\n  oci: true\n" };
    expect(await findings(files, BELOW)).toEqual([
      { code: "protocol-refused", file: "registry.yml", line: 4, args: { protocol: "oci", reason } },
    ]);
    expect(await findings(files)).toEqual([]);
    expect(await findings(TREE, BELOW)).toEqual([]);
    expect(await findings({ ...TREE, "registry.yml": "protocols: { oci: false }\n" }, BELOW)).toEqual([]);
  });

  test("name keys that nobody can ask for below a base path, unless they are switched off", async () => {
    const files = { ...TREE, "keys/one.asc": KEY };
    const args = { protocol: "keys", reason };
    expect(await findings(files, BELOW)).toEqual([{ code: "protocol-refused", file: "keys", args }]);
    expect(await findings(files)).toEqual([]);
    expect(await findings({ ...files, "registry.yml": "protocols: { keys: false }\n" }, BELOW)).toEqual([]);
    expect(await findings({ ...files, "registry.yml": "protocols: { keys: true }\n" }, BELOW)).toEqual([
      { code: "protocol-refused", file: "registry.yml", line: 1, args },
    ]);
  });

  test("name each tag that a protocol which is asked for cannot serve, and no private one", async () => {
    const files = {
      ...TREE,
      ...storedTag("lab/tool:1.0+cuda"),
      "registry/lab/elsewhere/manifests/1.0/README.md": record2(),
      "registry/lab/tool/manifests/dev/Singularity": DEFINITION,
      "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
      "registry/lab/secret/manifests/1.0+x/README.md": record2(),
    };
    const skips = await findings({ ...files, "registry.yml": "protocols: { oci: true, labels: true }\n" });
    expect(skips.map(({ code, file, args }) => [code, file, args["protocol"], args["reference"]])).toEqual([
      ["protocol-skips", "registry/lab/elsewhere/manifests/1.0", "oci", "lab/elsewhere:1.0"],
      ["protocol-skips", "registry/lab/tool/manifests/1.0+cuda", "oci", "lab/tool:1.0+cuda"],
    ]);
    expect(await findings(files)).toEqual([]);
  });

  test("name an image that is not what its record says", async () => {
    const other = testImage("AN image");
    const files = { "registry/lab/tool/manifests/1.0/README.md": recordOf(IMAGE, { url: other.path }) };
    expect(await findings({ ...files, [other.path]: other.bytes })).toEqual([
      {
        code: "image-digest",
        file: "registry/lab/tool/manifests/1.0/README.md",
        args: { image: other.path, digest: `sha256:${IMAGE.sha256}` },
      },
    ]);
  });

  test("name an image that the host does not take", async () => {
    const large = testImage("x".repeat(25 * 1024 * 1024 + 1));
    const files = storedTag("lab/large:1.0", large);
    const found = await findings(files, { host: "cloudflare" });
    expect(found.map(({ code, file }) => [code, file])).toEqual([["image-too-large", large.path]]);
    expect(found.map(describeFinding).join()).toMatch(
      /25\.0 MiB, and Cloudflare Pages takes files of at most 25/,
    );
    expect(await findings(files, { host: "pages" })).toEqual([]);
    const exact = storedTag("lab/exact:1.0", testImage("x".repeat(25 * 1024 * 1024)));
    expect(await findings(exact, { host: "cloudflare" })).toEqual([]);
  });

  test("do not name a large image that is private, and so not served", async () => {
    const large = testImage("x".repeat(25 * 1024 * 1024 + 1));
    const files = {
      ...storedTag("lab/large:1.0", large),
      "registry/lab/large/README.md": "---\nvisibility: private\n---\n",
    };
    expect(await findings(files, { host: "cloudflare" })).toEqual([]);
  });
});

describe("--strict", () => {
  test("refuses what a site cannot do, and leaves the old site", async () => {
    const root = registryOf(TREE);
    const out = join(root, "_site");
    const url = "https://lab.org/r/";
    await buildSite({ root, out, url });
    const before = listFiles(out);
    writeFiles(root, { "registry.yml": "protocols:\n  oci: true\n", ...storedTag("lab/new:1.0") });
    const error: unknown = await buildSite({ root, out, url, isStrict: true }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "findings", findings: [{ code: "protocol-refused", line: 2 }] });
    const { status, stderr } = await runCli(["site", "--root", root, "--out", out, "--url", url, "--strict"]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /^registry\.yml:2: warning: oci is not offered: .* \[protocol-refused\]\n/,
      ),
    });
    expect(listFiles(out)).toEqual(before);
  });
});

describe("the size of a site", () => {
  const tallyOf = (...files: readonly (readonly [Parameters<SiteTally["add"]>[0], number, number?])[]) => {
    const tally = new SiteTally();
    for (const [protocol, bytes, count = 1] of files)
      for (let index = 0; index < count; index++) tally.add(protocol, bytes);
    return tally;
  };

  test("is a finding where the host takes less, and names the protocol that takes most of it", () => {
    const pages = hostProfile("pages");
    const tally = tallyOf([undefined, 3e8], ["shub", 1e6], ["library", 5e8], ["oci", 2e8]);
    const [finding, ...more] = tally.findings(pages);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code: "site-size",
      file: "registry.yml",
      args: { host: "GitHub Pages" },
    });
    expect(finding && describeFinding(finding)).toMatch(
      /; protocols: \{ library: false \} would take away 50 %/,
    );
    expect(tallyOf([undefined, 5e8], ["library", 5e8]).findings(pages)).toEqual([]);
    expect(tallyOf([undefined, 5e8], ["library", 5e8 + 1]).findings(pages)).toHaveLength(1);
    expect(tallyOf([undefined, 2e9]).findings(hostProfile("netlify"))).toEqual([]);
  });

  test("says that images belong elsewhere where no protocol takes anything", () => {
    const [finding] = tallyOf([undefined, 2e9]).findings(hostProfile("pages"));
    expect(finding?.args["remedy"]).toBe("keep images in another storage");
  });

  test("counts files, too, and names the protocol that has most of them", () => {
    const cloudflare = hostProfile("cloudflare");
    const many = tallyOf([undefined, 1, 4000], ["sregistry", 1, 12_000], ["oci", 9e6, 4000]);
    expect(many.findings(cloudflare)).toEqual([]);
    many.add("shub", 1);
    const [finding] = many.findings(cloudflare);
    expect(finding).toMatchObject({ code: "site-files", args: { count: "20001", limit: "20000" } });
    expect(finding?.args["remedy"]).toMatch(/^protocols: \{ sregistry: false \} would take away 60 %/);
  });

  test("counts redirects, where the host obeys only some", () => {
    const tally = tallyOf([undefined, 1]);
    tally.redirects = 2000;
    expect(tally.findings(hostProfile("cloudflare"))).toEqual([]);
    tally.redirects = 2001;
    expect(tally.findings(hostProfile("cloudflare"))).toMatchObject([
      { code: "site-redirects", args: { count: "2001", limit: "2000", host: "Cloudflare Pages" } },
    ]);
    expect(tally.findings(hostProfile("netlify"))).toEqual([]);
  });
});
