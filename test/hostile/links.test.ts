import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFINITION, HEX, record2, temporaryFolder, writeFiles } from "../support/registry.ts";
import { holds, places, siteOf } from "./support.ts";

const SECRET = "the-secret-of-another-folder";
const BAD = "registry/bad/one";
const RECIPE = { [`${BAD}/manifests/ok/Singularity`]: DEFINITION };

/** A folder outside of every registry that is a whole collection, and a secret in each of its files. */
function outside(): string {
  const folder = temporaryFolder();
  writeFiles(folder, {
    "README.md": SECRET,
    "manifests/latest/Singularity": SECRET,
    "manifests/latest/README.md": record2(`labels: {secret: ${SECRET}}\n`),
  });
  return folder;
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

describe("a symbolic link out of the tree", () => {
  test.each([
    ["a namespace", "registry/evil", ""],
    ["a collection", "registry/bad/evil", ""],
    ["the tags of a collection", "registry/bad/two/manifests", "manifests"],
    ["a tag", `${BAD}/manifests/evil`, "manifests/latest"],
    ["a collection's README.md", `${BAD}/README.md`, "README.md"],
    ["a record", `${BAD}/manifests/evil/README.md`, "manifests/latest/README.md"],
    ["a definition file", `${BAD}/manifests/evil/Singularity`, "manifests/latest/Singularity"],
  ])("in the place of %s is a finding and is not followed", async (_, path, target) => {
    const { out, findings } = await siteOf(RECIPE, (root) => link(join(outside(), target), join(root, path)));
    expect(places(findings)).toEqual([`${path} symbolic-link`]);
    expect(holds(out, SECRET)).toBe(false);
  });

  test("is not followed to a file by a relative path, nor behind another link", async () => {
    const { out, findings } = await siteOf({ ...RECIPE, "secret.txt": SECRET }, (root) => {
      link("../../../../../secret.txt", join(root, BAD, "manifests/a/Singularity"));
      link("../a/Singularity", join(root, BAD, "manifests/b/Singularity"));
    });
    expect(places(findings)).toEqual([
      `${BAD}/manifests/a/Singularity symbolic-link`,
      `${BAD}/manifests/b/Singularity symbolic-link`,
    ]);
    expect(holds(out, SECRET)).toBe(false);
  });

  test("is neither an image nor an asset", async () => {
    const record = record2("", `images/sha256/${HEX}.sif`);
    const { out, findings } = await siteOf({ [`${BAD}/manifests/1.0/README.md`]: record }, (root) => {
      const secret = join(outside(), "README.md");
      link(secret, join(root, `images/sha256/${HEX}.sif`));
      link(secret, join(root, "templates/assets/secret.txt"));
    });
    expect(places(findings)).toEqual([`${BAD}/manifests/1.0/README.md image-missing`]);
    expect(holds(out, SECRET)).toBe(false);
  });

  test("is not followed into a hidden folder, where the tree is a repository with its credentials", async () => {
    const { out, findings } = await siteOf(
      { "registry/.git/config": SECRET, [`registry/bad/two/manifests/.env/Singularity`]: SECRET, ...RECIPE },
      (root) => {
        link("../../../../.git/config", join(root, BAD, "manifests/evil/Singularity"));
        link("../../../.git/config", join(root, BAD, "README.md").replace("one", "three"));
        link("../../two/manifests/.env", join(root, BAD, "manifests/worse"));
      },
    );
    expect(holds(out, SECRET)).toBe(false);
    expect(places(findings)).toContain(`${BAD}/manifests/evil/Singularity symbolic-link`);
  });
});

test("symbolic links in circles and to nowhere are findings", async () => {
  const { findings } = await siteOf(RECIPE, (root) => {
    link("loop", join(root, "registry/loop"));
    link("..", join(root, "registry/bad/up"));
    link("b", join(root, BAD, "manifests/a"));
    link("a", join(root, BAD, "manifests/b"));
    link("README.md", join(root, BAD, "manifests/c/README.md"));
    link("nothing", join(root, BAD, "manifests/d/Singularity"));
  });
  expect(places(findings)).toEqual(
    [
      `${BAD}/manifests/a`,
      `${BAD}/manifests/b`,
      `${BAD}/manifests/c/README.md`,
      `${BAD}/manifests/d/Singularity`,
      "registry/bad/up",
      "registry/loop",
    ].map((path) => `${path} symbolic-link`),
  );
});

test("a symbolic link that stays in the tree works for a tag and for a file", async () => {
  const files = {
    [`${BAD}/manifests/1.0/Singularity`]: DEFINITION,
    [`${BAD}/manifests/1.0/README.md`]: record2(),
  };
  const { read, findings } = await siteOf(files, (root) => {
    link("1.0", join(root, BAD, "manifests/latest"));
    link("../1.0/Singularity", join(root, BAD, "manifests/2.0/Singularity"));
    link("../../good/README.md", join(root, BAD, "README.md"));
    writeFiles(root, { "registry/good/README.md": "---\ndescription: shared words\n---\n" });
  });
  expect(findings).toEqual([]);
  expect(JSON.parse(read("bad/one/tags/index.json"))).toEqual({ name: "bad/one", tags: ["1.0", "latest"] });
  expect(read("bad/one/manifests/2.0/Singularity.def")).toBe(DEFINITION);
  expect(JSON.parse(read("api/v1/collections/bad/one.json"))).toMatchObject({ description: "shared words" });
});

test("a symbolic link to a file that nobody reads is no finding", async () => {
  const { findings } = await siteOf({ ...RECIPE, LICENSE: "", "registry/NOTES.txt": "" }, (root) => {
    link("../../../LICENSE", join(root, BAD, "LICENSE"));
    link("../NOTES.txt", join(root, "registry/bad/NOTES.txt"));
    link("NOTES.txt", join(root, "registry/README.md"));
  });
  expect(findings).toEqual([]);
});
