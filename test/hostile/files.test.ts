import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { DEFINITION, HEX, registryOf, writeFiles } from "../support/registry.ts";
import { NEIGHBOUR, buildWithin, expectHarmless, expectNeighbour, holds, places, siteOf } from "./support.ts";

const SECRET = "the-secret-of-another-folder";
const BAD = "registry/bad/one";
const RECIPE = { [`${BAD}/manifests/ok/Singularity`]: DEFINITION };

describe("a file that is none", () => {
  const PLACES = [`${BAD}/README.md`, `${BAD}/manifests/a/README.md`, `${BAD}/manifests/b/Singularity`];

  test("a folder in the place of a file is a finding", async () => {
    const { findings } = await siteOf(RECIPE, (root) => {
      for (const path of PLACES) mkdirSync(join(root, path), { recursive: true });
    });
    // Without its README.md a collection is withheld, and its tags are not looked at.
    expect(places(findings)).toEqual([`${PLACES[0]} not-a-file`]);
  });

  test("a pipe in the place of a file blocks nothing, and is a finding", async () => {
    const root = registryOf({
      ...NEIGHBOUR,
      ...RECIPE,
      "registry/bad/two/manifests/c/Singularity": DEFINITION,
    });
    for (const path of [
      ...PLACES.slice(1),
      "registry/bad/two/README.md",
      `images/sha256/${HEX}.sif`,
      "templates/assets/pipe",
    ]) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      execFileSync("mkfifo", [join(root, path)]);
    }
    const { status, out } = await buildWithin(30, root);
    expect(status).toBe(0);
    expectNeighbour(out);
    expect(places(scanRegistry({ root }).findings)).toEqual([
      `${BAD}/manifests/a/README.md not-a-file`,
      `${BAD}/manifests/b/Singularity not-a-file`,
      "registry/bad/two/README.md not-a-file",
    ]);
  });

  test("a pipe in the place of registry.yml is a mistake that is told", async () => {
    const root = registryOf(NEIGHBOUR);
    execFileSync("mkfifo", [join(root, "registry.yml")]);
    const { status, out } = await buildWithin(30, root);
    expect({ status, isWritten: existsSync(out) }).toEqual({ status: 2, isWritten: false });
  });

  test("50 MB in the place of a README.md or a definition file are not read", async () => {
    const { findings, out } = await siteOf(RECIPE, (root) => {
      for (const path of ["registry/bad/two/README.md", ...PLACES.slice(1)]) {
        writeFiles(root, { [path]: "" });
        truncateSync(join(root, path), 50_000_000);
      }
      writeFiles(root, { "registry/bad/two/manifests/c/Singularity": DEFINITION });
    });
    expect(places(findings)).toEqual([
      `${BAD}/manifests/a/README.md too-large`,
      `${BAD}/manifests/b/Singularity too-large`,
      "registry/bad/two/README.md too-large",
    ]);
    expect(readdirSync(join(out, "bad"))).not.toContain("two");
  });
});

test("bytes that are no UTF-8, and zero bytes, are shown as far as they are text and served as they are", async () => {
  const bytes = Buffer.from([
    0x23, 0x20, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x3c, 0x62, 0x3e, 0x0a,
  ]);
  const { read, findings, out, root } = await siteOf({
    [`${BAD}/README.md`]: bytes,
    [`${BAD}/manifests/1.0/Singularity`]: bytes,
    [`${BAD}/manifests/2.0/Singularity`]: DEFINITION,
    [`${BAD}/manifests/2.0/README.md`]: Buffer.concat([Buffer.from("---\nsize: 1\ndigest: \0"), bytes]),
  });
  expect(places(findings)).toEqual([
    `${BAD}/README.md not-utf8`,
    `${BAD}/manifests/1.0/Singularity not-utf8`,
    `${BAD}/manifests/2.0/README.md not-utf8`,
    `${BAD}/manifests/2.0/README.md:3 bad-front-matter`,
  ]);
  expectHarmless(out);
  expect(read("bad/one/index.html")).toContain("\uFFFD");
  execFileSync("cmp", [
    join(out, "bad/one/manifests/1.0/Singularity.def"),
    join(root, BAD, "manifests/1.0/Singularity"),
  ]);
});

test("files and folders that may not be read are findings, and the rest is built", async (context) => {
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const as = uid === undefined ? {} : { uid };
  if ((await runCli(["--version"], as)).status !== 0) context.skip("nobody cannot read this checkout");
  const closed = [
    `${BAD}/README.md`,
    "registry/bad/three/manifests/a/Singularity",
    "registry/bad/two",
    "registry/closed",
  ];
  const root = registryOf({
    ...NEIGHBOUR,
    ...RECIPE,
    [`${BAD}/README.md`]: SECRET,
    "registry/bad/two/manifests/a/Singularity": SECRET,
    "registry/bad/three/manifests/a/Singularity": SECRET,
    "registry/closed/one/manifests/a/Singularity": SECRET,
  });
  writeFileSync(join(root, "note"), "");
  chmodSync(root, 0o755);
  if (uid !== undefined) chownSync(root, uid, uid);
  for (const path of closed) chmodSync(join(root, path), 0);
  const { status, stderr } = await runCli(
    ["site", "--root", root, "--out", join(root, "_site"), "--quiet"],
    as,
  );
  for (const path of closed) chmodSync(join(root, path), 0o755);
  expect(status).toBe(0);
  expect(stderr.match(/^.*unreadable\]$/gm)?.map((line) => line.slice(0, line.indexOf(": ")))).toEqual(
    closed.sort(),
  );
  expectNeighbour(join(root, "_site"));
  expect(holds(join(root, "_site"), SECRET)).toBe(false);
});
