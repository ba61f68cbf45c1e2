import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StowageError, buildSite } from "../../src/index.ts";
import { runCli } from "../support/cli.ts";
import { DEFINITION, type Files, listFiles, registryOf, writeFiles } from "../support/registry.ts";
import { NEIGHBOUR, expectNeighbour } from "./support.ts";

const MANIFEST = "manifests/latest/Singularity";

describe("--strict", () => {
  const RECORD = { "registry/good/neighbour/manifests/2.0/README.md": "---\nsize: -1\n---\n" };
  const BAD_ENTRIES: Readonly<Record<string, Files>> = {
    "a name": { [`registry/bad/a b/${MANIFEST}`]: DEFINITION },
    "a reserved name": { [`registry/api/x/${MANIFEST}`]: DEFINITION },
    "front matter": { "registry/good/neighbour/README.md": "---js\n---\n" },
    "a record": RECORD,
    "a value": { "registry/good/neighbour/README.md": "---\nowners: {}\n---\n" },
    bytes: { "registry/good/neighbour/README.md": Buffer.from([0xff]) },
  };

  test("fails on any bad entry with status 1 and leaves the previous site as it was", async () => {
    const root = registryOf(NEIGHBOUR);
    const out = join(root, "_site");
    await buildSite({ root, out });
    const before = listFiles(out).map((path) => [path, readFileSync(join(out, path), "utf8")]);
    for (const [what, files] of Object.entries(BAD_ENTRIES)) {
      const bad = registryOf({ ...NEIGHBOUR, ...files });
      const error: unknown = await buildSite({ root: bad, out, isStrict: true }).catch(
        (reason: unknown) => reason,
      );
      expect(error, what).toBeInstanceOf(StowageError);
      expect(error, what).toMatchObject({ code: "findings", exitStatus: 1 });
    }
    writeFiles(root, RECORD);
    const { status, stderr } = await runCli(["site", "--root", root, "--out", out, "--strict"]);
    expect(status).toBe(1);
    expect(stderr).toContain("registry/good/neighbour/manifests/2.0/README.md:");
    expect(listFiles(out).map((path) => [path, readFileSync(join(out, path), "utf8")])).toEqual(before);
    expectNeighbour(out);
  });
});
