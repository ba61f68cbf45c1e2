import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { readJson, registryOf, temporaryFolder } from "../support/registry.ts";
import { remoteOf } from "../support/repository.ts";
import { PROJECT } from "../support/cli.ts";

const README = "registry/lab/tool/manifests/1.0/README.md";
const BROKEN = { [README]: "---\nlayout: x\nsize: many\ndigest: x\nlayers: []\n---\n" };

const check = (root: string, ...args: string[]) => runCli(["check", "--root", root, ...args]);

describe("stowage check prints", () => {
  test("findings, and the line that each is about, as its result", async () => {
    const { status, stdout, stderr } = await check(registryOf(BROKEN));
    expect(stdout).toMatch(
      /^registry\/lab\/tool\/manifests\/1\.0\/README\.md:3: error: the record cannot be served: size: .* \[bad-record\]\n {4}3 \| size: many\n/m,
    );
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^stowage: 1 error, /) });
  });

  test("the same for --json and for --format json", async () => {
    const root = registryOf(BROKEN);
    const { stdout } = await check(root, "--json");
    expect(stdout).toContain('"severity": "error"');
    expect((await check(root, "--format", "json")).stdout).toBe(stdout);
  });

  test("no other format than JSON where JSON is asked for", async () => {
    const { status, stdout } = await check(registryOf(BROKEN), "--json", "--format", "sarif");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("places as the repository has them for who reads the repository", async () => {
    const files = Object.entries(BROKEN).map(([path, text]) => [`sites/our lab/${path}`, text]);
    const clone = remoteOf(Object.fromEntries(files)).clone();
    const root = join(clone.path, "sites/our lab");
    const place = `sites/our%20lab/${README}`;
    expect((await check(root, "--format", "sarif")).stdout).toContain(`"uri": "${place}"`);
    expect((await check(root, "--format", "github")).stdout).toContain(
      `::error file=${decodeURIComponent(place)},line=3,`,
    );
    expect((await check(root)).stdout).toContain(`${README}:3: error`);
  });

  test("its version in SARIF", async () => {
    const { version } = readJson(PROJECT, "package.json") as { version: string };
    const { stdout } = await check(registryOf(BROKEN), "--format", "sarif");
    expect(stdout).toContain(`"version": "${version}"`);
  });

  test("a table below what stands in the summary, beside another format", async () => {
    const summary = join(temporaryFolder(), "summary.md");
    writeFileSync(summary, "| image |\n| --- |\n| x |\n");
    const { stdout } = await check(registryOf(BROKEN), "--format", "github", "--summary", summary);
    expect(stdout).toMatch(/^::error /);
    expect(readFileSync(summary, "utf8")).toMatch(
      /^\| image \|\n\| --- \|\n\| x \|\n\n1 error, .*:\n\n\| severity \| where \| what is wrong \|\n\| --- \| --- \| --- \|\n\| error \| `registry\//,
    );
  });
});
