import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CliResult, runCli } from "./support/cli.ts";
import { DEFINITION, type Files, HEX, RECORD_2019, record2, registryOf } from "./support/registry.ts";
import { type Clone, remoteOf } from "./support/repository.ts";

const TOOL = "registry/lab/tool/manifests";
/** Of a collection of which nothing is missing. */
const README = "---\ndescription: A tool.\n---\nAsk for 1.0.\n";
const TOOL_README: Files = { "registry/lab/tool/README.md": README };
const IMAGE = Buffer.from("some bytes, of which the digest is known");
const SHA256 = createHash("sha256").update(IMAGE).digest("hex");

const check = (root: string, ...args: string[]): Promise<CliResult> =>
  runCli(["check", "--root", root, ...args]);

/** A record of those bytes at an address. */
const recordAt = (url: string, size = IMAGE.length, sha256 = SHA256) =>
  record2("", url).replaceAll(HEX, sha256).replaceAll("1048576", String(size));

/** A server that answers with those bytes, redirects, or nothing. */
async function storage(): Promise<string> {
  const server = createServer(({ url = "", method }, response) => {
    if (url === "/image.sif") response.end(IMAGE);
    else if (url === "/moved.sif") response.writeHead(302, { location: "/image.sif" }).end();
    else if (url === "/endless.sif" && method === "HEAD") response.end();
    else if (url === "/endless.sif")
      for (let count = 0; count < 100; count++) response.write(Buffer.alloc(65_536));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("stowage check", () => {
  test("says that nothing is wrong", async () => {
    const root = registryOf({ ...TOOL_README, [`${TOOL}/1.0/Singularity`]: DEFINITION });
    expect(await check(root)).toEqual({ status: 0, stdout: "", stderr: "Nothing is wrong.\n" });
  });

  test("fails where there is an error, and not for a warning", async () => {
    const artifact = "https://output.circle-artifacts.com/output/job/1/artifacts/0/sha256/x.sif";
    const root = registryOf({ ...TOOL_README, [`${TOOL}/1.0/README.md`]: record2("", artifact) });
    const warned = await check(root);
    expect(warned.status).toBe(0);
    expect(warned.stdout).toBe(
      `${TOOL}/1.0/README.md: warning: ${artifact} is an artifact of CircleCI, which vanishes 30 days after its build; push it to another storage [image-expires]\n`,
    );
    expect(warned.stderr).toBe("0 errors, 1 warning\n");
    writeFileSync(join(root, TOOL, "1.0/README.md"), "---\nsize: x\n---\n");
    const failed = await check(root);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("stowage: 1 error, 0 warnings\n");
  });

  test("tells where a definition file changed after its image was built", async () => {
    const root = registryOf({
      [`${TOOL}/1.0/Singularity`]: DEFINITION,
      [`${TOOL}/1.0/README.md`]: record2(`recipe: sha256:${HEX}\n`),
    });
    const { status, stdout } = await check(root);
    expect(status).toBe(0);
    expect(stdout).toContain(
      `${TOOL}/1.0/Singularity: warning: the definition file is not the one that the image`,
    );
  });

  test("prints JSON and annotations, in which a stranger's name is no command", async () => {
    const root = registryOf({
      ...TOOL_README,
      [`${TOOL}/a,b%0A::error::x/Singularity`]: DEFINITION,
      [`${TOOL}/1.0/Singularity`]: DEFINITION,
    });
    const json = JSON.parse((await check(root, "--json")).stdout) as { findings: object[] };
    expect(json.findings).toEqual([expect.objectContaining({ code: "bad-name", severity: "error" })]);
    const { stdout } = await check(root, "--format", "github");
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^::error file=registry\/lab\/tool\/manifests\/a%2Cb%250A%3A%3Aerror%3A%3Ax,title=bad-name::the name /,
      ),
    ]);
  });
});

describe("a pull request", () => {
  const START: Files = {
    ...TOOL_README,
    [`${TOOL}/1.0/Singularity`]: DEFINITION,
    [`${TOOL}/old/README.md`]: record2(),
    [`${TOOL}/old/.frozen`]: "",
    "registry/lab/other/manifests/1.0/Singularity": DEFINITION,
    "registry/lab/broken/manifests/1.0/README.md": "---\nsize: x\n---\n",
  };
  const branch = (): Clone => remoteOf(START).clone();
  const checkBranch = (clone: Clone, ...args: string[]) =>
    check(clone.path, "--changed-from", "origin/main", ...args);

  test("may add recipes to several collections", async () => {
    const clone = branch();
    clone.commit({
      [`${TOOL}/2.0/Singularity`]: DEFINITION,
      "registry/lab/new/manifests/1.0/Singularity": DEFINITION,
      "registry/lab/new/README.md": README,
    });
    expect(await checkBranch(clone)).toMatchObject({ status: 0, stderr: "Nothing is wrong.\n" });
  });

  test("hears of its own mistakes, and not of others'", async () => {
    const clone = branch();
    clone.commit({ [`${TOOL}/2.0/README.md`]: "---\nschema: 2\n---\n" });
    const { status, stdout } = await checkBranch(clone);
    expect(status).toBe(1);
    expect(stdout).toContain(`${TOOL}/2.0/README.md`);
    expect(stdout).not.toContain("lab/broken");
  });

  test("that brings a record touches one collection alone", async () => {
    const clone = branch();
    clone.commit({ [`${TOOL}/1.0/README.md`]: record2(), [`${TOOL}/1.0/build.log.gz`]: "x" });
    expect((await checkBranch(clone)).status).toBe(0);
    clone.commit({ "registry/lab/other/README.md": "# mine now\n" });
    const { status, stdout } = await checkBranch(clone);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'the pull request brings a record of lab/tool and also touches "registry/lab/other/README.md"; one that brings records may touch their collection alone [record-scope]',
    );
  });

  test.each([
    "registry.yml",
    ".github/workflows/publish.yml",
    "registry/lab/tool/sub/manifests/1/Singularity",
  ])("that brings a record does not touch %s", async (path) => {
    const clone = branch();
    clone.commit({ [`${TOOL}/1.0/README.md`]: record2(), [path]: "title: x\n" });
    const { status, stdout } = await checkBranch(clone);
    expect(status).toBe(1);
    expect(stdout).toContain("[record-scope]");
  });

  test("does not touch what is frozen, nor unfreeze and change it at once", async () => {
    const changed = branch();
    changed.commit({ [`${TOOL}/old/README.md`]: RECORD_2019 });
    expect((await checkBranch(changed)).stdout).toContain(
      "lab/tool:old is frozen, and the pull request changes it",
    );
    const unfrozen = branch();
    unfrozen.git("rm", "--quiet", `${TOOL}/old/.frozen`);
    unfrozen.commit({});
    expect((await checkBranch(unfrozen)).status).toBe(0);
    unfrozen.commit({ [`${TOOL}/old/README.md`]: RECORD_2019 });
    expect((await checkBranch(unfrozen)).stdout).toContain("[frozen-changed]");
  });

  test("may freeze a tag and bring its record", async () => {
    const clone = branch();
    clone.commit({ [`${TOOL}/1.0/README.md`]: record2(), [`${TOOL}/1.0/.frozen`]: "" });
    expect((await checkBranch(clone)).status).toBe(0);
  });

  test("has its images fetched, and no others", async () => {
    const at = await storage();
    const clone = branch();
    clone.commit({ [`${TOOL}/1.0/README.md`]: recordAt(`${at}/image.sif`) });
    const { status, stderr } = await checkBranch(clone, "--remote", "--digest", "--private-network");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "Nothing is wrong.\n" });
  });
});

describe("the image of a record is fetched and compared:", () => {
  const checked = async (record: string, ...args: string[]) => {
    const root = registryOf({ [`${TOOL}/1.0/README.md`]: record });
    return check(root, "--remote", "--digest", ...args);
  };

  test("it may have moved", async () => {
    const at = await storage();
    expect((await checked(recordAt(`${at}/moved.sif`), "--private-network")).status).toBe(0);
  });

  test("it is gone", async () => {
    const at = await storage();
    const { status, stdout } = await checked(recordAt(`${at}/gone.sif`), "--private-network");
    expect(status).toBe(1);
    expect(stdout).toMatch(/the image at http:.*gone\.sif cannot be fetched: .*404.*\[image-unreachable\]/);
  });

  test("it has another size", async () => {
    const at = await storage();
    const { stdout } = await checked(recordAt(`${at}/image.sif`, IMAGE.length + 1), "--private-network");
    expect(stdout).toMatch(/the record says 41 bytes, but http:.*image\.sif has 40 \[image-size\]/);
  });

  test("it has more bytes than it should, of which no more are fetched", async () => {
    const at = await storage();
    const { stdout } = await checked(recordAt(`${at}/endless.sif`), "--private-network");
    expect(stdout).toMatch(/cannot be fetched: it has more than 40 bytes \[image-unreachable\]/);
  });

  test("it is another", async () => {
    const at = await storage();
    const { stdout } = await checked(recordAt(`${at}/image.sif`, IMAGE.length, HEX), "--private-network");
    expect(stdout).toContain(
      `the record says sha256:${HEX}, but the image at ${at}/image.sif has sha256:${SHA256}`,
    );
  });

  test("it is what a record of 2019 says by md5, whatever the unit of its size", async () => {
    const at = await storage();
    const md5 = createHash("md5").update(IMAGE).digest("hex");
    const record = RECORD_2019.replaceAll(`sha256:${HEX}`, `md5:${md5}`).replace(
      /url: .*/,
      `url: "${at}/image.sif"`,
    );
    expect((await checked(record, "--private-network")).status).toBe(0);
  });

  test("it is the registry's own", async () => {
    const path = `images/sha256/${SHA256}.sif`;
    const root = registryOf({ [`${TOOL}/1.0/README.md`]: recordAt(path), [path]: IMAGE });
    expect((await check(root, "--remote", "--digest")).status).toBe(0);
    writeFileSync(join(root, path), readFileSync(join(root, path)).fill(0));
    expect((await check(root, "--remote", "--digest")).stdout).toContain("[image-differs]");
  });

  test.each([
    "http://127.0.0.1:1/x.sif",
    "http://[::1]:1/x.sif",
    "http://[::ffff:127.0.0.1]:1/x.sif",
    "http://localhost:1/x.sif",
    "http://169.254.169.254/latest/meta-data/",
    "http://0x7f.1/x.sif",
    "oras://127.0.0.1:1/lab/tool:1.0",
  ])("%s is inside the network, and nobody asks it", async (url) => {
    const { status, stdout } = await checked(recordAt(url));
    expect(status).toBe(1);
    expect(stdout).toMatch(/inside a network|has an address inside/);
  });

  test("what is neither https://, http:// nor oras:// is not fetched", async () => {
    const { status, stdout } = await checked(recordAt("ftp://example.org/x.sif"));
    expect(status).toBe(1);
    expect(stdout).toContain("only https://, http:// and oras:// can be fetched, not ftp://");
  });
});
