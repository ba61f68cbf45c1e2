import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { scanRegistry } from "../../src/index.ts";
import { PROJECT, runCli } from "../support/cli.ts";
import { DEFINITION, HEX, record2, registryOf, temporaryFolder } from "../support/registry.ts";
import { type Clone, remoteOf } from "../support/repository.ts";

const IMAGES = join(PROJECT, "images/sha256");
const [ONE = "", OTHER = ""] = readdirSync(IMAGES).map((name) => join(IMAGES, name));
const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const TOOL = "registry/lab/tool/manifests";
const BYTES = Buffer.from("some bytes");
const LOCAL = `images/sha256/${sha256(BYTES)}.sif`;
const RECORD = record2("", LOCAL).replaceAll(HEX, sha256(BYTES)).replaceAll("1048576", String(BYTES.length));

describe("a pull request", () => {
  const start = (): Clone =>
    remoteOf({
      [`${TOOL}/old/README.md`]: RECORD,
      [`${TOOL}/old/.frozen`]: "",
      "registry/lab/other/manifests/1.0/README.md": RECORD,
      [LOCAL]: BYTES,
    }).clone();
  const check = (clone: Clone) =>
    runCli(["check", "--root", clone.path, "--changed-from", "origin/main", "--remote", "--digest"]);

  test("cannot put other bytes in the place of an image that a record names", async () => {
    const clone = start();
    clone.commit({ [LOCAL]: Buffer.from("SOME BYTES") });
    const { status, stdout } = await check(clone);
    expect(status).toBe(1);
    expect(stdout).toContain("[image-differs]");
  });

  test("cannot take such an image away", async () => {
    const clone = start();
    clone.git("rm", "--quiet", LOCAL);
    clone.commit({});
    expect((await check(clone)).stdout).toContain("[image-missing]");
  });

  test("cannot change a frozen tag by writing into its .frozen", async () => {
    const clone = start();
    clone.commit({ [`${TOOL}/old/.frozen`]: "x", [`${TOOL}/old/Singularity`]: DEFINITION });
    expect((await check(clone)).stdout).toContain("[frozen-changed]");
  });

  test("cannot take a frozen tag away, with its .frozen or without", async () => {
    const whole = start();
    whole.git("rm", "-r", "--quiet", `${TOOL}/old`);
    whole.commit({});
    expect((await check(whole)).stdout).toContain("[frozen-changed]");
    const record = start();
    record.git("rm", "--quiet", `${TOOL}/old/README.md`);
    record.commit({});
    expect((await check(record)).stdout).toContain("[frozen-changed]");
  });
});

/** What a build left, or somebody who pretends to be one. */
function handOver(out: string, reference: string, image: string): void {
  const folder = join(out, reference.replace(":", "/"));
  mkdirSync(folder, { recursive: true });
  const bytes = readFileSync(image);
  writeFileSync(join(folder, "image.sif"), bytes);
  const facts = { schema: 1, reference, size: bytes.length, digest: `sha256:${sha256(bytes)}` };
  const more = { recipe: `sha256:${sha256(DEFINITION)}`, builder: { name: "apptainer" } };
  writeFileSync(join(folder, "build.json"), JSON.stringify({ ...facts, ...more }));
}

describe("publish", () => {
  test("takes no image that the approved branch does not touch", async () => {
    const clone = remoteOf({ "registry/lab/other/manifests/1.0/Singularity": DEFINITION }).clone();
    clone.commit({ "registry/evil/x/manifests/1.0/Singularity": DEFINITION });
    const out = join(clone.path, "_build");
    handOver(out, "evil/x:1.0", ONE);
    handOver(out, "lab/other:1.0", OTHER);
    const args = ["--root", clone.path, "--changed-from", "origin/main"];
    const { status, stderr } = await runCli(["publish", out, ...args]);
    expect(status).toBe(1);
    expect(stderr).toContain("lab/other:1.0: is not published");
    expect(existsSync(join(clone.path, "registry/lab/other/manifests/1.0/README.md"))).toBe(false);
  });

  test("knows a job by its whole name", async () => {
    const root = registryOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION });
    const out = join(root, "_build");
    handOver(join(out, "stowage-image-1"), "lab/tool:1.0", ONE);
    handOver(join(out, "stowage-image-zz-1"), "lab/tool:1.0", OTHER);
    const { status, stdout } = await runCli(["publish", out, "--matrix", "github", "--root", root]);
    expect(status).toBe(1);
    expect(stdout).toContain(sha256(readFileSync(ONE)));
    expect(stdout).not.toContain(sha256(readFileSync(OTHER)));
  });
});

describe("push", () => {
  const push = (root: string, ...args: string[]) =>
    runCli(["push", ONE, "lab/tool:1.0", "--root", root, ...args]);

  test("writes nothing through a link called tags", async () => {
    const root = registryOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION });
    const outside = temporaryFolder();
    symlinkSync(outside, join(root, "registry/lab/tool/tags"));
    expect((await push(root)).status).toBe(0);
    expect(readdirSync(outside)).toEqual([]);
  });

  test("leaves a frozen tag alone, also one whose record cannot be read", async () => {
    const record = "---\nschema: 2\n---\n";
    const root = registryOf({ [`${TOOL}/1.0/README.md`]: record, [`${TOOL}/1.0/.frozen`]: "" });
    expect(await push(root)).toMatchObject({ status: 1, stderr: expect.stringContaining("is frozen") });
    expect(readFileSync(join(root, TOOL, "1.0/README.md"), "utf8")).toBe(record);
  });

  test.each([
    ["that is not UTF-8", Buffer.from("caf\xe9", "latin1")],
    ["that leaves no room for the record", Buffer.alloc(1024 * 1024 - 10, "a")],
  ])("loses no text of a person %s", async (_, text) => {
    const root = registryOf({ [`${TOOL}/1.0/README.md`]: text });
    expect((await push(root)).status).toBe(1);
    expect(readFileSync(join(root, TOOL, "1.0/README.md"))).toEqual(text);
  });

  test("writes no record that could not be read, and tells no secret of an address", async () => {
    const server = createServer(({ url = "" }, response) => {
      if (url.startsWith("/a")) response.end(readFileSync(ONE));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const root = registryOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION });
    const from = (url: string) => runCli(["push", "lab/tool:1.0", "--root", root, "--url", url]);
    expect((await from(`http://${at}/a b.sif`)).status).toBe(1);
    expect(scanRegistry({ root }).findings).toEqual([]);
    const { stderr } = await from(`http://${at}/none?X-Amz-Signature=SECRET`);
    expect(stderr).not.toContain("SECRET");
    expect(stderr).toContain("404");
    const refused = await from(`http://user:pass-word@${at}/a.sif`);
    expect(refused.status).toBe(2);
    expect(refused.stderr).not.toContain("pass-word");
  });

  test("needs no luck where several run in one clone", async () => {
    const remote = remoteOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION });
    const clone = remote.clone();
    const tags = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const results = await Promise.all(
      tags.map((tag) => runCli(["push", ONE, `lab/tool:${tag}`, "--root", clone.path, "--commit"])),
    );
    expect(results.map(({ stderr, status }) => (status === 0 ? "" : stderr))).toEqual(tags.map(() => ""));
    expect(remote.log()).toHaveLength(tags.length + 1);
  });

  test("is no bug where there is no folder for temporary files", async () => {
    const clone = remoteOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION }).clone();
    const env = { TMPDIR: join(clone.path, "none") };
    const { status, stderr } = await runCli(["push", ONE, "lab/tool:1.0", "--root", clone.path, "--commit"], {
      env,
    });
    expect(status).toBe(2);
    expect(stderr).not.toContain("bug of Stowage");
  });
});

test("an image is there by its bytes, not by its name and size alone", async () => {
  const bytes = readFileSync(ONE);
  const image = `images/sha256/${sha256(bytes)}.sif`;
  const root = registryOf({ [`${TOOL}/1.0/Singularity`]: DEFINITION, [image]: Buffer.alloc(bytes.length) });
  await runCli(["push", ONE, "lab/tool:1.0", "--root", root]);
  expect(readFileSync(join(root, image))).toEqual(bytes);
});

test("--changed-from is refused for a tree outside of the root, of which it would see nothing", async () => {
  const clone = remoteOf({ "site/x": "", [`${TOOL}/1.0/Singularity`]: DEFINITION }).clone();
  const where = ["--root", join(clone.path, "site"), "--tree", join(clone.path, "registry")];
  for (const command of ["plan", "check"])
    expect((await runCli([command, ...where, "--changed-from", "origin/main"])).status).toBe(2);
});

test("a file that a build has put into a neighbour's place ends no other build", async () => {
  const script = (text: string) => `#!/bin/sh\n${text}\nexit 3\n`;
  const tag = (name: string) => `registry/lab/${name}/manifests/1.0`;
  const root = registryOf({
    [`${tag("a")}/Singularity`]: DEFINITION,
    [`${tag("a")}/build.sh`]: script(
      'echo x > "$(dirname "$2")/../../b"; echo "::error::x"; echo "##[add-mask]x"',
    ),
    [`${tag("b")}/Singularity`]: DEFINITION,
    [`${tag("b")}/build.sh`]: script(""),
    [`${tag("c")}/Singularity`]: DEFINITION,
    [`${tag("c")}/build.sh`]: script(""),
  });
  const { status, stderr } = await runCli(["build", "--root", root, "--out", join(root, "_build")]);
  expect(status).toBe(1);
  expect(stderr).toContain("3 of 3 builds failed");
  expect(stderr).not.toMatch(/^\s*::|##\[/m);
});
