import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkCommand } from "../src/commands/check.ts";
import { inspectCommand } from "../src/commands/inspect.ts";
import { publishCommand } from "../src/commands/publish.ts";
import { parseDefinition } from "../src/definition/parse-definition.ts";
import { StowageError } from "../src/errors.ts";
import { buildSite, bufferSource, readSif, scanRegistry } from "../src/index.ts";
import { ArmorError, readArmoredKeys } from "../src/registry/armor.ts";
import { parseHealth } from "../src/registry/health.ts";
import { parseCollectionReadme, parseRecord } from "../src/registry/readme.ts";
import { NEIGHBOUR, expectHarmless, expectNeighbour, holds } from "./hostile/support.ts";
import {
  type Attack,
  KINDS,
  attacksOf,
  expectNothingRun,
  expectPlain,
  filesBelow,
  runHere,
} from "./support/attacks.ts";
import { runCli } from "./support/cli.ts";
import { DEFINITION, type Files, listFiles, record2, registryOf } from "./support/registry.ts";

/*
 * test/attacks holds files of strangers, a folder for each kind of file; their names say what they attack. Each goes
 * wherever a file of its kind can come.
 */

const check = () => checkCommand(() => new Date("2026-11-20T12:00:00Z"));
const MANIFESTS = "registry/bad/one/manifests";

/** Where a file of each kind lies in a registry; several of a kind can lie beside each other, but for two. */
const PLACES: Readonly<Record<string, (attack: Attack) => Files>> = {
  collection: ({ name, bytes }) => ({
    [`registry/bad/${name}/README.md`]: bytes,
    [`registry/bad/${name}/manifests/1.0/Singularity`]: DEFINITION,
  }),
  record: ({ name, bytes }) => ({ [`${MANIFESTS}/${name}/README.md`]: bytes }),
  definition: ({ name, bytes }) => ({ [`${MANIFESTS}/${name}/Singularity`]: bytes }),
  key: ({ name, bytes }) => ({ [`keys/${name}.asc`]: bytes }),
  sif: ({ name, bytes }) => {
    const image = `images/sha256/${createHash("sha256").update(bytes).digest("hex")}.sif`;
    return { [image]: bytes, [`${MANIFESTS}/${name}/README.md`]: record2("", image) };
  },
  config: ({ bytes }) => ({ "registry.yml": bytes }),
  health: ({ bytes }) => ({ "health.json": bytes }),
  build: ({ bytes }) => ({
    "_build/lab/tool/1.0/build.json": bytes,
    "_build/lab/tool/1.0/image.sif": "no image",
    "registry/lab/tool/manifests/1.0/Singularity": DEFINITION,
  }),
};

/** A registry below a folder of its own, in which everything that should not be written would be seen. */
function registryWith(files: Files): { readonly outer: string; readonly root: string } {
  const below = Object.entries({ ...NEIGHBOUR, ...files }).map(([path, content]) => [`a/b/${path}`, content]);
  const outer = registryOf({ "home/.keep": "", ...(Object.fromEntries(below) as Files) });
  return { outer, root: join(outer, "a/b") };
}

/** Does something with a registry, which must leave it as it was, and nothing beside it. */
async function expectUntouched(outer: string, work: () => Promise<void>): Promise<void> {
  const before = filesBelow(outer);
  await work();
  expect(filesBelow(outer)).toEqual(before);
  expectNothingRun(outer, join(outer, "a/b"), join(outer, "home"));
}

async function expectServedAndChecked(root: string): Promise<void> {
  const out = join(root, "_site");
  const { registry } = await buildSite({ root, out });
  expect(registry.collections.map(({ name }) => name)).toContain("good/neighbour");
  expectNeighbour(out);
  expectHarmless(out);
  expect(holds(out, "SECRET-OF-A-PRIVATE-COLLECTION")).toBe(false);
  expectPlain(await runHere(check(), ["--root", root]));
}

test("every kind of attack has its place", () => {
  expect(KINDS).toEqual(Object.keys(PLACES).sort());
  for (const kind of KINDS) expect(attacksOf(kind).length).toBeGreaterThan(5);
});

const TOGETHER = ["collection", "record", "definition", "key", "sif"];

/** All attacks of some kinds beside each other. */
function filesOf(kinds: readonly string[]): Files {
  const files = kinds.flatMap((kind) => attacksOf(kind).map((attack) => PLACES[kind]?.(attack)));
  return Object.assign({}, ...files) as Files;
}

describe("a registry", () => {
  test.each(TOGETHER)("with every %s of a stranger is served and checked", async (kind) => {
    const { outer, root } = registryWith(filesOf([kind]));
    await expectUntouched(outer, () => expectServedAndChecked(root));
  });

  test.each(attacksOf("health"))("with a health.json such as $name is served and checked", async (attack) => {
    const { outer, root } = registryWith(PLACES["health"]?.(attack) ?? {});
    await expectUntouched(outer, () => expectServedAndChecked(root));
  });
});

describe("a registry.yml", () => {
  test.each(attacksOf("config"))("such as $name is refused in one sentence, or harmless", async (attack) => {
    const { outer, root } = registryWith({ "registry.yml": attack.bytes });
    await expectUntouched(outer, async () => {
      const error = await buildSite({ root, out: join(root, "_site") }).catch((caught: unknown) => caught);
      const checked = await runHere(check(), ["--root", root]);
      expectPlain(checked);
      if (!(error instanceof Error)) return expectHarmless(join(root, "_site"));
      expect(error).toBeInstanceOf(StowageError);
      // A registry may begin with no tree.
      if ((error as StowageError).code !== "tree") expect(checked.status).toBeGreaterThan(0);
      expect(listFiles(root).filter((path) => path.startsWith("_site"))).toEqual([]);
    });
  });
});

describe("what a build left", () => {
  test.each(attacksOf("build"))("such as $name is not published", async (attack) => {
    const { outer, root } = registryWith(PLACES["build"]?.(attack) ?? {});
    await expectUntouched(outer, async () => {
      const outcome = await runHere(publishCommand(), [join(root, "_build"), "--root", root]);
      // What is wrong with the image, and how many were not published.
      expectPlain(outcome, 2);
      expect(outcome.status).toBe(1);
    });
  });
});

describe("each parser alone gives an answer or its own error", () => {
  const text = ({ bytes }: Attack) => bytes.toString("utf8");

  test.each(attacksOf("collection"))("collection: $name", (attack) => {
    const { value, findings } = parseCollectionReadme(text(attack), "README.md");
    expect(value !== undefined || findings.length > 0).toBe(true);
  });
  test.each(attacksOf("record"))("record: $name", (attack) => {
    const { value, findings } = parseRecord(text(attack), "README.md");
    expect(findings).toHaveLength(value ? 0 : 1);
  });
  test.each(attacksOf("definition"))("definition: $name", (attack) => {
    const result = parseDefinition(text(attack));
    if ("problem" in result) expect(result.problem.line).toBeGreaterThan(0);
    else expect(result.definition.stages.length).toBeGreaterThan(0);
  });
  test.each(attacksOf("health"))("health: $name", (attack) => {
    const result = parseHealth(text(attack));
    if ("reason" in result) expect(result.reason).not.toBe("");
    else expect(result.health.images).toBeInstanceOf(Array);
  });
  test.each(attacksOf("key"))("key: $name", (attack) => {
    expect(() => readArmoredKeys(text(attack))).toThrow(ArmorError);
  });
  test.each(attacksOf("sif"))("SIF: $name", async ({ bytes }) => {
    const result = await readSif(bufferSource(bytes)).catch((error: unknown) => error);
    if (result instanceof Error) expect(result).toBeInstanceOf(StowageError);
    else expect(result).toHaveProperty("objects");
  });
});

describe("stowage inspect", () => {
  test.each([...attacksOf("definition"), ...attacksOf("sif")])(
    "shows or refuses $name",
    async ({ path, bytes }) => {
      for (const options of [[], ["--json"]]) {
        const outcome = await runHere(inspectCommand(), [path, ...options]);
        expectPlain(outcome);
        if (options.length > 0 && outcome.stdout !== "")
          expect(() => JSON.parse(outcome.stdout) as unknown).not.toThrow();
        if (bytes.length === 0) expect(outcome.status).toBeGreaterThan(0);
      }
      expectNothingRun();
    },
  );
});

describe("all of them in one registry, and the program as it is published", () => {
  const files = filesOf(TOGETHER);

  test.each([
    ["site", "--quiet"],
    ["status"],
    ["plan"],
    ["check"],
    ["check", "--json"],
    ["check", "--format", "github"],
    ["check", "--format", "sarif"],
    ["check", "--format", "markdown"],
  ])("stowage %s %s %s", async (...args) => {
    const { outer, root } = registryWith(files);
    mkdirSync(join(outer, "cwd"));
    const env = { HOME: join(outer, "home") };
    await expectUntouched(outer, async () => {
      const outcome = await runCli(
        [...args, "--root", root, ...(args[0] === "site" ? ["--out", join(root, "_site")] : [])],
        {
          cwd: join(outer, "cwd"),
          env,
        },
      );
      expectPlain(outcome);
      expect(outcome.status).toBe(args[0] === "check" ? 1 : 0);
      if (args[2] === "github")
        for (const line of outcome.stdout.trimEnd().split("\n"))
          expect(line).toMatch(/^::(?:error|warning|notice) file=/);
    });
    if (args[0] === "site") expectNeighbour(join(root, "_site"));
  });

  test.each([
    ...attacksOf("definition").filter(({ name }) => /escapes|commands/.test(name)),
    ...attacksOf("sif").filter(({ name }) => /escapes|command/.test(name)),
  ])("stowage inspect shows $name", async ({ path }) => {
    const { outer } = registryWith({});
    await expectUntouched(outer, async () => {
      expectPlain(await runCli(["inspect", path], { cwd: outer, env: { HOME: outer } }));
    });
  });

  test("and a scan finds something in most of them", () => {
    const { root } = registryWith(files);
    const { findings } = scanRegistry({ root });
    expect(new Set(findings.map(({ file }) => file)).size).toBeGreaterThan(60);
  });
});
