import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type RequestListener, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildSite, scanRegistry } from "../../src/index.ts";
import { recipeDigest } from "../../src/registry/status.ts";
import { bufferSource } from "../../src/sif/source.ts";
import { readSif } from "../../src/sif/sif.ts";
import { runCli, startCli } from "../support/cli.ts";
import { ONE, OTHER, sha256 } from "../support/hand-overs.ts";
import {
  DEFINITION,
  type Files,
  listFiles,
  readJson,
  registryOf,
  temporaryFolder,
  writeFiles,
} from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";

const TAGS = "registry/lab/tool/manifests";
const README = `${TAGS}/1.0/README.md`;
const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");
const sha1 = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex");

/** As `du -k` of the builder of 2019 told it. */
const kibOf = (bytes: Buffer) => Math.ceil(bytes.length / 1024);

interface OldLayer {
  readonly url: string;
  readonly digest: string;
  readonly size?: number;
}

/** A record as the builder of 2019 wrote it. */
function record2019(layers: readonly OldLayer[], body = "", digest = layers[0]?.digest): string {
  const rows = layers.map(
    (layer) => `- size: ${layer.size ?? kibOf(ONE)}\n  digest: "${layer.digest}"\n  url: "${layer.url}"\n`,
  );
  return `---\nlayout: manifests/singularity\nsize: ${kibOf(ONE)}\ndigest: ${digest}\nlayers:\n${rows.join("")}---\n${body}`;
}

interface Storage {
  readonly url: string;
  readonly requests: string[];
}

/** Answers as a storage does; what is asked for is remembered. */
async function storage(
  files: Readonly<Record<string, Buffer>>,
  listener?: RequestListener,
): Promise<Storage> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { url = "" } = request;
    requests.push(url);
    const bytes = files[url.slice(1)];
    if (bytes) response.end(bytes);
    else if (listener) listener(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const fix = (root: string, ...args: string[]) =>
  runCli(["check", "--root", root, "--fix", "--private-network", ...args]);
const textOf = (root: string, path = README) => readFileSync(join(root, path), "utf8");
const recordOf = (root: string, tag = "1.0") =>
  scanRegistry({ root }).collections[0]?.tags.find(({ name }) => name === tag)?.record;
/** The findings of a run whose output is JSON. */
const findingsIn = (stdout: string) =>
  (
    JSON.parse(stdout) as {
      findings: readonly { code: string; severity: string; args: Readonly<Record<string, string>> }[];
    }
  ).findings.filter(({ severity }) => severity === "error");

describe("stowage check --fix", () => {
  test.each([
    ["md5", `md5:${md5(ONE)}`],
    ["md5 in capitals", `md5:${md5(ONE).toUpperCase()}`],
    ["sha1", `sha1:${sha1(ONE)}`],
    ["sha256", `sha256:${sha256(ONE)}`],
  ])("writes a record of 2019 anew whose image has its %s", async (_, digest) => {
    const { url } = await storage({ "one.sif": ONE });
    const body = "\nAsk the lab before you use it.\n\n- a list\n";
    const root = registryOf({ [README]: record2019([{ url: `${url}/one.sif`, digest }], body) });
    const { status, stdout, stderr } = await fix(root);
    expect(stdout).toContain(`mended ${README}: 180 KiB, sha256:${sha256(ONE).slice(0, 12)}\n`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("1 record mended\n") });
    const sif = await readSif(bufferSource(ONE));
    expect(recordOf(root)).toEqual({
      schema: 2,
      size: ONE.length,
      digest: `sha256:${sha256(ONE)}`,
      layers: [{ size: ONE.length, digest: `sha256:${sha256(ONE)}`, url: `${url}/one.sif` }],
      md5: md5(ONE),
      sha1: sha1(ONE),
      created: sif.created,
      architecture: sif.architecture,
      labels: sif.labels,
      objects: [
        { id: 1, type: "definition", offset: 32_176, size: 2745 },
        { id: 2, type: "json", name: "inspect-metadata.json", offset: 34_921, size: 5707 },
        {
          id: 3,
          type: "partition",
          offset: 40_960,
          size: 143_360,
          fileSystem: "squashfs",
          partition: "primary system",
        },
      ],
    });
    expect(textOf(root)).toMatch(/---\n\nAsk the lab before you use it\.\n\n- a list\n$/);
    expect(listFiles(root)).toEqual([README]);
  });

  test("changes nothing the second time, and asks nobody", async () => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const root = registryOf({ [README]: record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]) });
    await fix(root);
    const text = textOf(root);
    expect(requests).toEqual(["/one.sif"]);
    const { status, stderr } = await fix(root);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining("Nothing is to be mended.\n"),
    });
    expect(textOf(root)).toBe(text);
    expect(requests).toEqual(["/one.sif"]);
  });

  test("lets the site serve what was measured", async () => {
    const { url } = await storage({ "one.sif": ONE });
    const layer = { url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` };
    const root = registryOf({ [README]: record2019([layer]) });
    const manifest = async () => {
      const out = join(temporaryFolder(), "site");
      await buildSite({ root, out, url: "https://lab.example.org/" });
      return readJson(out, "lab/tool/manifests/1.0/index.json");
    };
    expect(await manifest()).toMatchObject({ layers: [{ size: kibOf(ONE), digest: layer.digest }] });
    await fix(root);
    const image = { size: ONE.length, digest: `sha256:${sha256(ONE)}` };
    expect(await manifest()).toMatchObject({
      schemaVersion: 2,
      config: image,
      layers: [{ ...image, urls: [layer.url] }],
    });
  });

  test("names the definition file that the image carries, and no other", async () => {
    const { definition = "" } = await readSif(bufferSource(ONE));
    expect(definition).not.toBe("");
    const { url } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    const root = registryOf({
      [README]: record,
      [`${TAGS}/1.0/Singularity`]: definition,
      [`${TAGS}/2.0/README.md`]: record,
      [`${TAGS}/2.0/Singularity`]: `${definition} `,
    });
    await fix(root);
    expect(recordOf(root)?.recipe).toBe(recipeDigest({ fileName: "Singularity", text: definition }));
    expect(recordOf(root, "2.0")).toMatchObject({ schema: 2 });
    expect(recordOf(root, "2.0")).not.toHaveProperty("recipe");
  });

  test("measures each layer, and keeps their addresses", async () => {
    const { url } = await storage({ "one.sif": ONE, "other.sif": OTHER });
    const layers = [
      { url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` },
      { url: `${url}/other.sif`, digest: `sha256:${sha256(OTHER)}`, size: OTHER.length },
    ];
    const root = registryOf({ [README]: record2019(layers) });
    await fix(root);
    expect(recordOf(root)).toMatchObject({
      size: ONE.length,
      layers: [
        { size: ONE.length, digest: `sha256:${sha256(ONE)}`, url: layers[0]?.url },
        { size: OTHER.length, digest: `sha256:${sha256(OTHER)}`, url: layers[1]?.url },
      ],
    });
  });

  test("measures an image of the registry itself", async () => {
    const path = `images/sha256/${sha256(ONE)}.sif`;
    const root = registryOf({
      [path]: ONE,
      [README]: record2019([{ url: path, digest: `sha256:${sha256(ONE)}` }]),
    });
    expect((await fix(root)).status).toBe(0);
    expect(recordOf(root)).toMatchObject({ schema: 2, size: ONE.length, layers: [{ url: path }] });
    expect(readFileSync(join(root, path)).equals(ONE)).toBe(true);
  });

  test("fetches an image once that several tags name", async () => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    const names = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "latest"];
    const root = registryOf(Object.fromEntries(names.map((name) => [`${TAGS}/${name}/README.md`, record])));
    await fix(root);
    for (const name of names) expect(recordOf(root, name)).toMatchObject({ schema: 2 });
    expect(requests).toEqual(["/one.sif"]);
  });

  test("leaves no copy of an image behind", async () => {
    const { url } = await storage({ "one.sif": ONE, "page.sif": Buffer.from("<html>") });
    const root = registryOf({
      [README]: record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]),
      [`${TAGS}/2.0/README.md`]: record2019([{ url: `${url}/page.sif`, digest: `md5:${md5(ONE)}` }]),
    });
    const TMPDIR = temporaryFolder();
    await runCli(["check", "--root", root, "--fix", "--private-network"], { env: { TMPDIR } });
    expect(recordOf(root)).toMatchObject({ schema: 2 });
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

describe("a record stays as it is, and it is said why,", () => {
  /** The errors of a run that must not change the record. */
  async function expectLeft(files: Files, ...args: string[]) {
    const root = registryOf(files);
    const { stdout, stderr, status } = await fix(root, "--json", ...args);
    for (const path of Object.keys(files)) expect(textOf(root, path)).toBe(String(files[path]));
    return { findings: findingsIn(stdout), stderr, status };
  }

  test.each([
    ["of the record", [`md5:${md5(OTHER)}`, `md5:${md5(ONE)}`], `md5:${md5(ONE)}`],
    ["of its layer", [`md5:${md5(ONE)}`, `sha256:${sha256(OTHER)}`], `sha256:${sha256(ONE)}`],
    ["of its layer, by sha1", [`md5:${md5(ONE)}`, `sha1:${sha1(OTHER)}`], `sha1:${sha1(ONE)}`],
  ])("where the image has another digest than that %s", async (_, [ofRecord, ofLayer = ""], found) => {
    const { url } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: ofLayer }], "", ofRecord);
    const { findings, status } = await expectLeft({ [README]: record });
    expect(status).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        code: "image-differs",
        file: README,
        args: expect.objectContaining({ found }),
      }),
    ]);
  });

  test("and said once, though every image is asked for as well", async () => {
    const { url } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(OTHER)}` }]);
    const root = registryOf({ [README]: record });
    const { stdout } = await fix(root, "--json", "--remote", "--digest");
    expect(findingsIn(stdout).map(({ code }) => code)).toEqual(["image-differs"]);
  });

  test("where one layer of several is another", async () => {
    const { url } = await storage({ "one.sif": ONE, "other.sif": OTHER });
    const layers = [
      { url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` },
      { url: `${url}/other.sif`, digest: `md5:${md5(ONE)}` },
    ];
    const { findings } = await expectLeft({ [README]: record2019(layers) });
    expect(findings).toMatchObject([{ code: "image-differs", args: { image: layers[1]?.url } }]);
  });

  test.each([
    ["there is none", "gone.sif", "image-unreachable", /^the answer is 404$/],
    [
      "it has more bytes than it can have",
      "endless.sif",
      "image-unreachable",
      /^it has more than \d+ bytes$/,
    ],
    ["the answer breaks off", "broken.sif", "image-unreachable", /./],
    ["it is a page", "page.sif", "image-not-sif", /^it is not a SIF file/],
  ])("where the image cannot be had: %s", async (_, name, code, words) => {
    const page = Buffer.from("<!doctype html><title>Log in</title>");
    const { url } = await storage({ "page.sif": page }, (request, response) => {
      if (request.url === "/endless.sif") {
        const more = () =>
          response.write(Buffer.alloc(65_536)) ? setImmediate(more) : response.once("drain", more);
        response.on("close", () => response.removeAllListeners("drain"));
        more();
      } else if (request.url === "/broken.sif") {
        response.writeHead(200, { "Content-Length": ONE.length });
        response.write(ONE.subarray(0, 1000), () => response.destroy());
      } else response.writeHead(404).end();
    });
    const digest = `md5:${md5(name === "page.sif" ? page : ONE)}`;
    const { findings } = await expectLeft({ [README]: record2019([{ url: `${url}/${name}`, digest }]) });
    expect(findings).toMatchObject([{ code }]);
    const { reason, found } = findings[0]?.args ?? {};
    expect(reason ?? found).toMatch(words);
  });

  test("where the address is inside the network, which nobody asks", async () => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    const root = registryOf({ [README]: record });
    const { stdout } = await runCli(["check", "--root", root, "--fix"]);
    expect(stdout).toContain("127.0.0.1 is an address inside a network [image-unreachable]");
    expect(textOf(root)).toBe(record);
    expect(requests).toEqual([]);
  });

  test("where the tag is frozen, which nobody asks for", async () => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    await expectLeft({ [README]: record, [`${TAGS}/1.0/.frozen`]: "" });
    expect(requests).toEqual([]);
  });

  test.each([
    ["a digest that is not compared", `sha512:${"0".repeat(128)}`, "", /its digest is a sha512/],
    ["another key", `md5:${md5(ONE)}`, "maintainer: ada\n", /has "maintainer", which would be lost/],
    ["a comment", `md5:${md5(ONE)}`, "# by hand\n", /has a comment, which would be lost/],
  ])("where it has %s", async (_, digest, more, words) => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest }]).replace("size:", `${more}size:`);
    const { stderr } = await expectLeft({ [README]: record });
    expect(stderr).toMatch(words);
    expect(requests).toEqual([]);
  });

  test.each([
    ["a comment behind a value", "layers: # by hand\n", /has a comment, which would be lost/],
    ["another key in a layer", "layers:\n- mirror: x\n ", /has "mirror", which would be lost/],
  ])("where it has %s", async (_, layers, words) => {
    const { url, requests } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    const text = record.replace(layers.endsWith(" ") ? "layers:\n-" : "layers:\n", layers);
    const { stderr } = await expectLeft({ [README]: text });
    expect(stderr).toMatch(words);
    expect(requests).toEqual([]);
  });

  test("where it is a link", async () => {
    const { url } = await storage({ "one.sif": ONE });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    const root = registryOf({ [README]: record, [`${TAGS}/2.0/Singularity`]: DEFINITION });
    symlinkSync("../1.0/README.md", join(root, TAGS, "2.0/README.md"));
    symlinkSync("1.0", join(root, TAGS, "latest"));
    const { stderr, stdout } = await fix(root);
    expect(stdout.match(/^mended .*$/gm)).toEqual([expect.stringContaining(`mended ${README}: `)]);
    expect(stderr).toContain(`left as it is: ${TAGS}/2.0/README.md: it is a link\n`);
  });

  test.each([
    ["changed", README, "---\nlayout: x\nsize: 1\n---\n"],
    ["frozen", `${TAGS}/1.0/.frozen`, ""],
  ])("where it was %s while the image was fetched", async (_, path, content) => {
    const root = temporaryFolder();
    const { url } = await storage({}, (_request, response) => {
      writeFileSync(join(root, path), content);
      response.end(ONE);
    });
    const record = record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]);
    writeFiles(root, { [README]: record });
    const { stderr } = await fix(root);
    expect(stderr).toContain(`left as it is: ${README}: `);
    expect(textOf(root)).toBe(path === README ? content : record);
  });
});

describe("mending many records", () => {
  test("is limited to what a pull request changes", async () => {
    const { url, requests } = await storage({ "one.sif": ONE, "two.sif": ONE });
    const record = (name: string) => record2019([{ url: `${url}/${name}.sif`, digest: `md5:${md5(ONE)}` }]);
    const clone = remoteOf({ [README]: record("one") }).clone();
    clone.commit({ [`${TAGS}/2.0/README.md`]: record("two") });
    await fix(clone.path, "--changed-from", "origin/main");
    expect(requests).toEqual(["/two.sif"]);
    expect(recordOf(clone.path)).toMatchObject({ schema: 2019 });
    expect(recordOf(clone.path, "2.0")).toMatchObject({ schema: 2 });
  });

  test("asks for a few images at a time", async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const { url } = await storage({ fence: ONE }, (_, response) => {
      held.push(response);
      most = Math.max(most, held.length);
      // Whatever was asked for together with the fourth has come before the answer to what is asked for now.
      if (held.length === 4)
        void fetch(`${url}/fence`).then(() => held.splice(0).map((each) => each.end(ONE)));
    });
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `${TAGS}/${index}/README.md`,
        record2019([{ url: `${url}/${index}.sif`, digest: `md5:${md5(ONE)}` }]),
      ]),
    );
    await fix(registryOf(files));
    expect(most).toBe(4);
  });

  test("leaves whole records when it is killed", async () => {
    const held = new Set<string>();
    const { url } = await storage({}, ({ url: path = "" }, response) => {
      if (Number.parseInt(path.slice(1), 10) < 5) response.end(ONE);
      // The others begin, and never end.
      else {
        held.add(path);
        response.writeHead(200, { "Content-Length": ONE.length }).write(ONE.subarray(0, 1000));
      }
    });
    const old = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `${TAGS}/${index}/README.md`,
        record2019([{ url: `${url}/${index}.sif`, digest: `md5:${md5(ONE)}` }], "\nMine.\n"),
      ]),
    );
    const root = registryOf(old);
    const child = startCli(["check", "--root", root, "--fix", "--private-network"], {
      env: { TMPDIR: temporaryFolder() },
    });
    let lines = "";
    for await (const chunk of child.stdout ?? []) {
      lines += String(chunk);
      if (lines.split("\n").length > 5) break;
    }
    child.kill("SIGKILL");
    if (child.signalCode === null) await once(child, "exit");
    for (let index = 0; index < 10; index++) {
      const path = `${TAGS}/${index}/README.md`;
      if (index < 5) {
        expect(recordOf(root, String(index))).toMatchObject({ schema: 2, size: ONE.length });
        expect(textOf(root, path)).toMatch(/\n---\n\nMine\.\n$/);
      } else expect(textOf(root, path)).toBe(old[path]);
    }
  });

  test("tells in JSON what was mended and what was left", async () => {
    const { url } = await storage({ "one.sif": ONE });
    const root = registryOf({
      [README]: record2019([{ url: `${url}/one.sif`, digest: `md5:${md5(ONE)}` }]),
      [`${TAGS}/2.0/README.md`]: record2019([{ url: `${url}/one.sif`, digest: `sha512:${"0".repeat(128)}` }]),
    });
    const { stdout, stderr } = await fix(root, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      mended: [{ file: README, digest: `sha256:${sha256(ONE)}`, size: ONE.length }],
      left: [{ file: `${TAGS}/2.0/README.md` }],
      findings: expect.any(Array),
    });
    expect(stderr).toContain("1 record mended, 1 left as they are\n");
  });
});
