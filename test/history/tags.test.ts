import { describe, expect, test } from "vitest";
import {
  FOLDER,
  RECIPE,
  digestOf,
  historyOf,
  linesOf,
  pastLines,
  pastOf,
  recordOf,
  tagOf,
} from "./support.ts";

const README = `${FOLDER}/1.0/README.md`;
const DEFINITION = `${FOLDER}/1.0/Singularity`;
const COLLECTION = "registry/lab/tool/README.md";

describe("a tag's past", () => {
  test("begins with its first record, not with its definition file", async () => {
    const { root } = pastOf({ [DEFINITION]: RECIPE }, { [README]: recordOf("a") });
    expect(await pastLines(root)).toEqual(["2026-01-02 published a"]);
  });

  test("tells each image that followed", async () => {
    const { root } = pastOf(
      { [DEFINITION]: RECIPE, [README]: recordOf("a") },
      { [README]: recordOf("b") },
      { "unrelated.txt": "x" },
      { [README]: recordOf("a") },
    );
    expect(await pastLines(root)).toEqual([
      "2026-01-01 published a",
      "2026-01-02 rebuilt b",
      "2026-01-04 rebuilt a",
    ]);
  });

  test("tells where a record was taken away to have it built again", async () => {
    const { root } = pastOf(
      { [DEFINITION]: RECIPE, [README]: recordOf("a") },
      { [README]: undefined },
      { [DEFINITION]: `${RECIPE}# changed\n` },
      { [README]: recordOf("b") },
    );
    expect(await pastLines(root)).toEqual([
      "2026-01-01 published a",
      "2026-01-02 withdrawn",
      "2026-01-04 rebuilt b",
    ]);
  });

  test("tells where the tag was removed, and came back", async () => {
    const { root } = pastOf(
      { [DEFINITION]: RECIPE, [README]: recordOf("a"), [`${FOLDER}/2.0/README.md`]: recordOf("z") },
      { [README]: undefined },
      { [DEFINITION]: undefined },
      { [README]: recordOf("a") },
    );
    expect(await pastLines(root)).toEqual([
      "2026-01-01 published a",
      "2026-01-02 withdrawn",
      "2026-01-03 removed",
      "2026-01-04 published a",
    ]);
  });

  test("tells a record that says something else of the same image, but not what is written below it", async () => {
    const { root } = pastOf(
      { [README]: recordOf("a") },
      { [README]: `${recordOf("a")}Some words.\n` },
      { [README]: recordOf("a", "labels: { a: b }\n") },
    );
    expect(await pastLines(root)).toEqual(["2026-01-01 published a", "2026-01-03 edited a"]);
  });

  test("does not follow a tag to another name", async () => {
    const past = pastOf({ [README]: recordOf("a"), [DEFINITION]: RECIPE });
    past.git("mv", `${FOLDER}/1.0`, `${FOLDER}/2.0`);
    past.commit({});
    const history = await historyOf(past.root);
    expect(linesOf(tagOf(history, "1.0"))).toEqual(["2026-01-01 published a", "2026-01-02 removed"]);
    expect(linesOf(tagOf(history, "2.0"))).toEqual(["2026-01-02 published a"]);
    expect(tagOf(history, "1.0")?.isBuilt).toBe(false);
  });

  test("passes over a record that could not be used", async () => {
    const { root } = pastOf(
      { [README]: recordOf("a") },
      { [README]: "---\ndigest: [\n---\n" },
      { [README]: recordOf("b") },
      { [README]: `---\nschema: 2\n---\n` },
      { [README]: recordOf("b") },
    );
    expect(await pastLines(root)).toEqual(["2026-01-01 published a", "2026-01-03 rebuilt b"]);
  });

  test("has the commits, but nobody's name", async () => {
    const past = pastOf({ [README]: recordOf("a") });
    const commit = past.commit({ [README]: recordOf("b") }, "By somebody@secret.example.org");
    const history = await historyOf(past.root);
    expect(tagOf(history)?.entries.at(-1)?.moment).toEqual({
      time: "2026-01-02T12:00:00Z",
      commit,
      order: 1,
    });
    expect(JSON.stringify([...history.collections.values()])).not.toMatch(/secret/i);
  });
});

describe("the definition file of an image", () => {
  const textOf = async (root: string, image: string) => {
    const collection = (await historyOf(root)).collections.values().next().value;
    const versions = [...(collection?.versions.values() ?? [])];
    return versions.find(({ digest }) => digest === digestOf(image))?.definition?.read().text;
  };

  test("is the one that stood beside its record, not one that came later", async () => {
    const { root } = pastOf(
      { [DEFINITION]: RECIPE, [README]: recordOf("a") },
      { [DEFINITION]: "Bootstrap: scratch\n" },
      { [README]: recordOf("b") },
      { [DEFINITION]: "Bootstrap: later\n", [README]: recordOf("b", "labels: { a: b }\n") },
    );
    expect(await textOf(root, "a")).toBe(RECIPE);
    expect(await textOf(root, "b")).toBe("Bootstrap: scratch\n");
  });

  test("may be called Apptainer, and Singularity goes before it", async () => {
    const { root } = pastOf(
      { [`${FOLDER}/1.0/Apptainer`]: "Bootstrap: one\n", [README]: recordOf("a") },
      { [DEFINITION]: "Bootstrap: two\n", [README]: recordOf("b") },
    );
    expect(await textOf(root, "a")).toBe("Bootstrap: one\n");
    expect(await textOf(root, "b")).toBe("Bootstrap: two\n");
  });

  test("is none where there was none", async () => {
    const { root } = pastOf({ [README]: recordOf("a") }, { [README]: recordOf("b") });
    expect(await textOf(root, "a")).toBeUndefined();
  });
});

describe("a collection that was private", () => {
  const PRIVATE = "---\nvisibility: private\n---\n";

  test("has a past from the day on which it became public", async () => {
    const { root } = pastOf(
      { [COLLECTION]: PRIVATE, [README]: recordOf("secret"), [DEFINITION]: "Bootstrap: secret\n" },
      { [README]: recordOf("a"), [DEFINITION]: RECIPE },
      { [COLLECTION]: "Hello\n" },
      { [README]: recordOf("b") },
    );
    const history = await historyOf(root);
    expect(linesOf(tagOf(history))).toEqual(["2026-01-03 published a", "2026-01-04 rebuilt b"]);
    expect(tagOf(history)?.entries[0]).not.toHaveProperty("previous");
    const [collection] = history.collections.values();
    expect([...(collection?.versions.keys() ?? [])]).toEqual([digestOf("a"), digestOf("b")]);
  });

  test("has nothing of the time in between", async () => {
    const { root } = pastOf(
      { [README]: recordOf("a"), [DEFINITION]: RECIPE },
      { [COLLECTION]: PRIVATE },
      { [README]: recordOf("secret") },
      { [COLLECTION]: undefined, [README]: recordOf("b") },
    );
    expect(await pastLines(root)).toEqual([
      "2026-01-01 published a",
      "2026-01-02 removed",
      "2026-01-04 published b",
    ]);
  });

  test("counts as private where its README.md cannot be trusted, or is a link", async () => {
    for (const change of ["---\nvisibility: hidden\n---\n", "---\n{\n---\n", { link: "../README.md" }]) {
      const { root } = pastOf(
        { [COLLECTION]: change, [README]: recordOf("secret") },
        { [COLLECTION]: "", [README]: recordOf("a") },
      );
      expect(await pastLines(root)).toEqual(["2026-01-02 published a"]);
    }
  });

  test("has no past at all while it is private", async () => {
    const { root } = pastOf(
      { [README]: recordOf("a") },
      {
        [COLLECTION]: PRIVATE,
        "registry/lab/other/manifests/1/README.md": recordOf("z"),
      },
    );
    const history = await historyOf(root);
    expect([...history.collections.keys()]).toEqual(["lab/other"]);
    expect(history.changes.map(({ collection }) => collection)).toEqual(["lab/other"]);
  });
});

describe("what is not committed", () => {
  test("comes last, dated by its record", async () => {
    const past = pastOf({ [README]: recordOf("a") }, { [README]: recordOf("b") });
    const { root } = past;
    past.commit({ [README]: recordOf("c") });
    past.git("reset", "--quiet", "--soft", "HEAD~1");
    expect(await pastLines(root)).toEqual([
      "2026-01-01 published a",
      "2026-01-02 rebuilt b",
      "2025-12-24 rebuilt c",
    ]);
  });

  test("may be that a tag is gone, of which nobody knows when", async () => {
    const past = pastOf({ [README]: recordOf("a"), [`${FOLDER}/2.0/README.md`]: recordOf("z") });
    past.git("rm", "--quiet", README);
    expect(await pastLines(past.root)).toEqual(["2026-01-01 published a", "? removed"]);
  });
});

describe("changes", () => {
  const summary = async (root: string) =>
    (await historyOf(root)).changes.map(({ kind, collection, tag, moment }) =>
      [moment.time.slice(0, 10), kind, collection, tag].filter(Boolean).join(" "),
    );

  test("are the newest first; of one commit by name; without edits and withdrawals", async () => {
    const { root } = pastOf(
      { [README]: recordOf("a"), [DEFINITION]: RECIPE, [`${FOLDER}/0.9/README.md`]: recordOf("z") },
      { [README]: recordOf("a", "labels: { a: b }\n") },
      { [README]: undefined },
      { [README]: recordOf("b") },
      { [`${FOLDER}/0.9/README.md`]: undefined, [COLLECTION]: "---\ndeprecated: Use lab/other.\n---\n" },
      { [COLLECTION]: '---\ndeprecated: "Still deprecated."\n---\n' },
    );
    expect(await summary(root)).toEqual([
      "2026-01-05 deprecated lab/tool",
      "2026-01-05 removed lab/tool 0.9",
      "2026-01-04 rebuilt lab/tool 1.0",
      "2026-01-01 published lab/tool 0.9",
      "2026-01-01 published lab/tool 1.0",
    ]);
  });

  test("are known by their records alone where there is no git", async () => {
    const { root } = pastOf({ [README]: recordOf("a") });
    const { rmSync } = await import("node:fs");
    rmSync(`${root}/.git`, { recursive: true });
    expect(await summary(root)).toEqual(["2025-12-24 published lab/tool 1.0"]);
    expect((await historyOf(root)).extent).toBe("no-repository");
  });
});
