import { mkdirSync, readFileSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT, runCli } from "./support/cli.ts";
import { imageOfBytes, recordOf, registryFiles } from "./support/image-building.ts";
import { DEFINITION, listFiles, registryOf, temporaryFolder, writeFiles } from "./support/registry.ts";
import { serveSite } from "./support/serving.ts";
import { sendAll, serveImage } from "./support/sif-server.ts";
import { TABLE_END, metadata, partitionExtra, writeSif } from "./support/sif-writer.ts";

const IMAGES = join(PROJECT, "images/sha256");
const [NAME = ""] = listFiles(IMAGES);
const REAL = join(IMAGES, NAME);

const SMALL = writeSif({
  objects: [
    { type: 1, bytes: DEFINITION },
    { type: 6, name: "inspect-metadata.json", bytes: metadata({ labels: { maintainer: "vanessa" } }) },
    { type: 4, bytes: Buffer.alloc(100_000), extra: partitionExtra(1, 2) },
  ],
});
const TAG = "vanessa/greeting:1.0";

/** What is printed as JSON by a run that succeeds. */
async function inspected(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await runCli(["inspect", ...args, "--json"]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function smallFile(): string {
  return join(registryOf({ "image.sif": SMALL }), "image.sif");
}

describe("stowage inspect FILE", () => {
  test("prints an image as JSON", async () => {
    expect(await inspected(REAL)).toMatchObject({
      kind: "sif",
      architecture: "amd64",
      id: "1181e474-1ed1-4aa3-b051-8c0f267d0bc2",
      created: "2026-11-20T13:45:44Z",
      objects: [
        { id: 1, type: "definition", group: 1, offset: 32176, size: 2745 },
        { id: 2, type: "json" },
        { id: 3, type: "partition" },
      ],
      signatures: [],
      labels: { "org.opencontainers.image.title": "fortune" },
      definition: expect.stringMatching(/^Bootstrap: scratch\n/),
      problems: [],
    });
  });

  test("shows an image to people, as wide as their terminal", async () => {
    for (const width of ["60", "100"]) {
      const { status, stdout, stderr } = await runCli(["inspect", REAL], { env: { COLUMNS: width } });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^ {2}Architecture {2}amd64$/m);
      expect(stdout).toMatch(/^Definition file\n {2}\d+ lines: see --json\n {2}Base {2}scratch$/m);
      expect(/^ {2}(:+1+2+3+)$/m.exec(stdout)?.[1]).toHaveLength(Number(width) - 4);
    }
  });

  test("prints a definition file as JSON", async () => {
    const file = join(registryOf({ Singularity: DEFINITION }), "Singularity");
    expect(await inspected(file)).toEqual({
      kind: "definition",
      stages: [
        {
          header: { bootstrap: "docker", from: "busybox:1.36" },
          sections: { post: { args: "", script: expect.stringContaining("true") } },
          labels: {},
          files: [],
          apps: {},
        },
      ],
    });
  });

  test("shows a definition file to people, through a link", async () => {
    const folder = registryOf({ Singularity: DEFINITION });
    symlinkSync("Singularity", join(folder, "link"));
    const { status, stdout } = await runCli(["inspect", join(folder, "link")]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /a definition file, 1 stage\n\nStage 1\n {2}Base {3}docker busybox:1\.36\n {2}%post {2}1 line\n$/,
    );
  });

  test("reads a definition file that is not UTF-8, as apptainer does", async () => {
    const file = join(
      registryOf({ Singularity: Buffer.from("# Jos\xe9\nBootstrap: docker\nFrom: x\n", "latin1") }),
      "Singularity",
    );
    expect(await inspected(file)).toMatchObject({ stages: [{ header: { from: "x" } }] });
  });

  test("names the line that a definition file cannot be read at", async () => {
    const folder = registryOf({ Singularity: "Bootstrap: docker\nFrom: x\n\n%nothing\n    true\n" });
    const { status, stdout, stderr } = await runCli(["inspect", join(folder, "Singularity")]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^stowage: .*Singularity:4: .*nothing.*\n$/);
  });

  test("shows a cut-off image as far as it goes, and fails", async () => {
    const file = smallFile();
    truncateSync(file, TABLE_END + 1000);
    const { status, stdout, stderr } = await runCli(["inspect", file]);
    expect(status).toBe(1);
    expect(stdout).toContain("\nWrong with this file\n");
    expect(stdout).toContain("maintainer  vanessa");
    expect(stderr).toMatch(/image\.sif: the file ends at 33176 bytes, before its object 3 does, at \d+\n$/);
  });

  test("is one sentence for an image that is too damaged", async () => {
    const file = smallFile();
    truncateSync(file, 2000);
    const { status, stdout, stderr } = await runCli(["inspect", file]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^stowage: .*image\.sif: is damaged: the file ends at 2000 bytes, before its list .*\n$/,
    );
  });
});

describe("stowage inspect URL", () => {
  test("transfers no more than it needs, and says how much", async () => {
    const server = await serveImage(smallFile());
    const { transfer, ...sif } = await inspected(server.url);
    const { kind, ...same } = await inspected(smallFile());
    expect(sif).toEqual({ kind, ...same });
    expect(transfer).toEqual({ requests: 1, bytes: 40 * 1024, takesRanges: true });
    const { stdout } = await runCli(["inspect", server.url]);
    expect(stdout).toMatch(/\n {2}40\.0 KiB were transferred in 1 request\n$/);
  });

  test("says so where the server only sends whole files", async () => {
    const { url } = await serveImage(smallFile(), sendAll);
    const { status, stdout } = await runCli(["inspect", url], { env: { COLUMNS: "160" } });
    expect(status).toBe(0);
    expect(stdout).toContain("in 1 request; the server sends only whole files");
  });

  test("transfers more where that is allowed", async () => {
    const folder = temporaryFolder();
    const bytes = metadata({ labels: { text: "x".repeat(60_000), maintainer: "vanessa" } });
    const image = writeSif({ objects: [{ type: 6, name: "inspect-metadata.json", bytes }] });
    writeFiles(folder, { "image.sif": image });
    const { url } = await serveImage(join(folder, "image.sif"));
    expect((await inspected(url))["skipped"]).toEqual([
      { object: 1, reason: "it is more than may be transferred" },
    ]);
    const all = await inspected(url, "--limit", "256");
    expect(all).toMatchObject({ skipped: [], labels: { maintainer: "vanessa" } });
  });

  test("is one sentence where nobody has it", async () => {
    const { url } = await serveImage(smallFile(), (_, response) => response.writeHead(404).end());
    const result = await runCli(["inspect", url]);
    expect(result).toEqual({
      status: 1,
      stdout: "",
      stderr: `stowage: ${url}: cannot be read: the answer is 404\n`,
    });
  });

  test("asks a registry of containers for parts of an image", async () => {
    const image = imageOfBytes(SMALL);
    const site = await serveSite({
      files: registryFiles({ [TAG]: recordOf(image) }, [image]),
      isOnAnyPort: true,
    });
    const { transfer, ...sif } = await inspected(`oras://${site.authority}/${TAG}`);
    expect(sif).toMatchObject({ kind: "sif", labels: { maintainer: "vanessa" } });
    expect(transfer).toEqual({ requests: 1, bytes: 40 * 1024, takesRanges: true });
  });

  test("is one sentence where a registry of containers has no such image", async () => {
    const site = await serveSite({
      files: { "registry/a/b/manifests/1/Singularity": DEFINITION },
      isOnAnyPort: true,
    });
    const { status, stderr } = await runCli(["inspect", `oras://${site.authority}/${TAG}`]);
    expect(status).toBe(1);
    expect(stderr).toBe(`stowage: ${site.authority}/vanessa/greeting: the manifest: NAME_UNKNOWN\n`);
  });
});

describe("stowage inspect REF", () => {
  const image = imageOfBytes(SMALL);
  const rootWith = (url?: string) =>
    registryOf({
      ...registryFiles(
        { [TAG]: recordOf(image, url === undefined ? {} : { url }) },
        url === undefined ? [image] : [],
      ),
      "registry/vanessa/greeting/manifests/new/Singularity": DEFINITION,
    });

  test("reads the image that the registry keeps", async () => {
    const sif = await inspected(TAG, "--root", rootWith());
    expect(sif).toMatchObject({ kind: "sif", size: SMALL.length, labels: { maintainer: "vanessa" } });
  });

  test("asks the server that the record names", async () => {
    const server = await serveImage(smallFile());
    const sif = await inspected(TAG, "--root", rootWith(server.url));
    expect(sif).toMatchObject({ kind: "sif", transfer: { takesRanges: true } });
    expect(server.ranges).toEqual(["bytes=0-40959"]);
  });

  test("reads the definition file of a tag that is not built", async () => {
    const { stages } = await inspected("vanessa/greeting:new", "--root", rootWith());
    expect(stages).toEqual([
      expect.objectContaining({ header: { bootstrap: "docker", from: "busybox:1.36" } }),
    ]);
  });

  test("is one sentence where the image is not there", async () => {
    const root = registryOf(registryFiles({ [TAG]: recordOf(image) }, []));
    const { status, stderr } = await runCli(["inspect", TAG, "--root", root]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stowage: .*images\/sha256\/[0-9a-f]{64}\.sif: cannot be read: ENOENT.*\n$/);
  });
});

describe("a word", () => {
  test("means a file before a tag, and a tag before a folder", async () => {
    const root = registryOf({ "registry/lab/tool/manifests/latest/Singularity": DEFINITION });
    mkdirSync(join(root, "lab/tool"), { recursive: true });
    const tag = await runCli(["inspect", "lab/tool"], { cwd: root });
    expect([tag.status, tag.stdout]).toEqual([0, expect.stringContaining("docker busybox:1.36")]);
    const other = registryOf({
      "registry/lab/tool/manifests/latest/Singularity": DEFINITION,
      "lab/tool": DEFINITION.replace("docker", "oras"),
    });
    const file = await runCli(["inspect", "lab/tool"], { cwd: other });
    expect(file.stdout).toContain("oras busybox:1.36");
  });

  test.each([
    [
      "no-such-file.sif",
      "no-such-file.sif: is neither a file, nor an address, nor a tag of the registry in .",
    ],
    ["lab/nothing:1", "lab/nothing:1: is neither a file, nor an address, nor a tag of the registry in ."],
    ["lab/tool:3", "lab/tool has no tag 3; it has 1.0"],
    ["registry", "registry: is a folder; name a SIF file or a definition file in it"],
    ["https://", "https://: is no address; expected https:// or http:// and a host"],
    ["a\u001b[2Jb", "a\\u001b[2Jb: is neither a file, nor an address, nor a tag of the registry in ."],
  ])("%j is one sentence and status 2", async (word, message) => {
    const root = registryOf({ "registry/lab/tool/manifests/1.0/Singularity": DEFINITION });
    const result = await runCli(["inspect", word], { cwd: root });
    expect(result).toEqual({ status: 2, stdout: "", stderr: `stowage: ${message}\n` });
  });

  test("may be said where there is no registry at all", async () => {
    const result = await runCli(["inspect", "lab/tool"], { cwd: temporaryFolder() });
    expect(result).toMatchObject({ status: 2, stderr: expect.stringContaining("is neither a file") });
  });

  test.each([
    ["bytes", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])],
    ["more text than a definition file may have", "#\n".repeat(600_000)],
  ])("for a file of %s is one sentence", async (_, bytes) => {
    const folder = registryOf({ file: bytes });
    const { status, stderr } = await runCli(["inspect", join(folder, "file")]);
    expect([status, stderr]).toEqual([
      1,
      `stowage: ${folder}/file: is neither a SIF file nor a definition file\n`,
    ]);
  });

  test("for a limit has to be a number", async () => {
    for (const limit of ["x", "0", "1.5", "-3", "9e99"]) {
      const { status, stderr } = await runCli(["inspect", REAL, `--limit=${limit}`]);
      expect([status, stderr]).toEqual([2, expect.stringContaining("expected a number of KiB")]);
    }
  });
});

test("what is printed as JSON is all there is in an image, byte for byte of its definition file", async () => {
  const { definition } = await inspected(REAL);
  expect(readFileSync(REAL).includes(Buffer.from(definition as string))).toBe(true);
});
