import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkRecordChanges, filesToCompare } from "../../src/check/check-record-changes.ts";
import { sourceReader } from "../../src/check/sources.ts";
import { changedPaths } from "../../src/git/changed-paths.ts";
import { sha256Digest } from "../../src/registry/digest.ts";
import { filesBefore } from "../../src/git/files-before.ts";
import { scanRegistry } from "../../src/registry/scan.ts";
import { DEFINITION, type Files, HEX, RECORD_2019, record2 } from "../support/registry.ts";
import { type Clone, remoteOf } from "../support/repository.ts";
import { TAGS } from "./support.ts";

const FOLDER = `${TAGS}/1.0`;
const FILE = `${FOLDER}/README.md`;
const NEW_HEX = "0".repeat(64);

const more = (recipe: string, revision: string) =>
  `recipe: sha256:${recipe.repeat(64)}\nsource:\n  repository: https://git.example.org/lab/tool\n  revision: ${revision}\n`;
const record = record2(more("a", "one"));
const RECIPE = `recipe: ${sha256Digest(DEFINITION)}`;
const renewed = (text: string) => text.replaceAll(HEX, NEW_HEX);

const START: Files = { [FILE]: record, [`${FOLDER}/Singularity`]: DEFINITION };

async function findingsIn(clone: Clone) {
  const registry = scanRegistry({ root: clone.path });
  const paths = await changedPaths(clone.path, "origin/main");
  const before = await filesBefore(clone.path, "origin/main", filesToCompare(registry, paths));
  const readBefore = (file: string) => before.get(file);
  return [...checkRecordChanges(registry, paths, readBefore, sourceReader(clone.path))];
}

/** What is found where a branch changes `start` by `files`. */
function check(files: Files, start = START) {
  const clone = remoteOf(start).clone();
  clone.commit(files);
  return findingsIn(clone);
}

describe("a record that names another image", () => {
  const before = `sha256:${HEX}`;

  test("is told of, with the line", async () => {
    expect(await check({ [FILE]: renewed(record) })).toEqual([
      {
        code: "record-changed",
        file: FILE,
        line: 6,
        args: { reference: "lab/tool:1.0", digest: `sha256:${NEW_HEX}`, before },
      },
    ]);
  });

  test("in its layer alone is told of, too", async () => {
    const [head = "", layer = ""] = record.split("layers:");
    const changed = `${head}layers:${renewed(layer)}`;
    expect(await check({ [FILE]: changed })).toMatchObject([{ code: "record-changed", line: 9 }]);
  });

  test("and says nothing of a recipe, before and now", async () => {
    const found = await check({ [FILE]: renewed(RECORD_2019) }, { [FILE]: RECORD_2019 });
    expect(found).toMatchObject([{ args: { before } }]);
  });

  test("while the definition file only became a program, or is gone", async () => {
    const clone = remoteOf(START).clone();
    chmodSync(join(clone.path, FOLDER, "Singularity"), 0o755);
    clone.commit({ [FILE]: renewed(record) });
    expect(await findingsIn(clone)).toHaveLength(1);
    clone.git("rm", "--quiet", "--force", `${FOLDER}/Singularity`);
    clone.commit({});
    expect(await findingsIn(clone)).toHaveLength(1);
  });

  test("and a recipe that is not its definition file's", async () => {
    const files = { [FILE]: renewed(record2(more("b", "one"))) };
    expect(await check(files)).toMatchObject([{ code: "record-changed" }]);
    expect(await check(files, { [FILE]: record })).toEqual([]);
  });

  test("and no longer says a recipe and a revision", async () => {
    const files = { [FILE]: renewed(record2()) };
    expect(await check(files)).toMatchObject([{ code: "record-changed" }]);
    expect(await check(files, { [FILE]: record })).toMatchObject([{ code: "record-changed" }]);
  });

  test("by a digest of another kind, which tells nothing of the old", async () => {
    const start = { [FILE]: RECORD_2019.replaceAll(`sha256:${HEX}`, `md5:${"a".repeat(32)}`) };
    expect(await check({ [FILE]: record2(`md5: ${"b".repeat(32)}\n`) }, start)).toHaveLength(1);
    expect(await check({ [FILE]: record2(`md5: ${"a".repeat(32)}\n`) }, start)).toEqual([]);
  });
});

describe("a record may change", () => {
  test.each<[string, Files]>([
    ["with its definition file", { [FILE]: renewed(record), [`${FOLDER}/Singularity`]: `${DEFINITION}#` }],
    ["with its build script", { [FILE]: renewed(record), [`${FOLDER}/build.sh`]: "#!/bin/sh\n" }],
    ["with the recipe of its definition file", { [FILE]: renewed(record.replace(/^recipe: .*/m, RECIPE)) }],
    ["with the revision of its source", { [FILE]: renewed(record2(more("a", "two"))) }],
    ["where it says the same of its image", { [FILE]: record.replace("amd64", "arm64") }],
    ["where the image moved", { [FILE]: record.replace("storage.example.org", "images.example.org") }],
    ["where it is new", { [`${TAGS}/2.0/README.md`]: record2() }],
  ])("%s", async (_, files) => {
    expect(await check(files)).toEqual([]);
  });

  test("where it was deleted before, or could not be read", async () => {
    expect(await check({ [FILE]: record }, { "x.txt": "1" })).toEqual([]);
    expect(await check({ [FILE]: record }, { [FILE]: "---\nsize: x\n---\n" })).toEqual([]);
  });

  test("from its digest in capitals to small letters, and back", async () => {
    const start = { [FILE]: RECORD_2019.replaceAll(HEX, HEX.toUpperCase()) };
    expect(await check({ [FILE]: record2() }, start)).toEqual([]);
    expect(await check(start, { [FILE]: RECORD_2019 })).toEqual([]);
  });
});
