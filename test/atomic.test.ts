import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { StowageError, buildSite } from "../src/index.ts";
import { runCli, startCli } from "./support/cli.ts";
import {
  DEFINITION,
  listFiles,
  record2,
  registryOf,
  temporaryFolder,
  writeFiles,
} from "./support/registry.ts";

const COLLECTIONS = 60;

/** The tree of one version of a registry: every page and every endpoint differs from the other version's. */
function version(name: string): Record<string, string> {
  const files: Record<string, string> = { "registry.yml": `title: ${name}\n` };
  for (let i = 0; i < COLLECTIONS; i++) {
    files[`registry/${name}/c${i}/manifests/1.0/Singularity`] = DEFINITION;
    files[`registry/${name}/c${i}/manifests/1.0/README.md`] = record2();
  }
  return files;
}

/** One number for all paths and bytes below a folder. */
function fingerprint(folder: string): string {
  const hash = createHash("sha256");
  for (const path of listFiles(folder)) hash.update(path).update(readFileSync(join(folder, path)));
  return hash.digest("hex");
}

/** The exchange goes on when its build is killed: read until two readings agree. A mixed site would stay mixed. */
async function settledFingerprint(folder: string): Promise<string | undefined> {
  let last: string | undefined;
  for (let attempt = 0; attempt < 50; attempt++) {
    const now = readingOf(folder);
    if (now !== undefined && now === last) return now;
    last = now;
    await sleep(5);
  }
  return undefined;
}

function readingOf(folder: string): string | undefined {
  try {
    return fingerprint(folder);
  } catch {
    return undefined;
  }
}

const strays = (folder: string) => readdirSync(folder).filter((name) => name.includes(".stowage-"));

describe("a killed build", () => {
  test(
    "leaves the whole old or the whole new site, 50 times at random moments",
    { timeout: 300_000 },
    async () => {
      const home = temporaryFolder();
      const out = join(home, "_site");
      const roots = ["old", "new"].map((name) => registryOf(version(name)));
      const whole = new Set<string>();
      for (const root of roots) {
        await buildSite({ root, out: join(root, "_site") });
        whole.add(fingerprint(join(root, "_site")));
      }
      await buildSite({ root: roots[0] ?? "", out });
      const outcomes = { killed: 0, finished: 0 };
      let longest = 100;
      for (let round = 0; round < 50; round++) {
        const child = startCli(["site", "--quiet", "--root", roots[round % 2] ?? "", "--out", out]);
        const closed = once(child, "close");
        await appearance(home, closed);
        const begun = performance.now();
        await Promise.race([sleep(Math.random() * longest * 1.1), closed]);
        child.kill("SIGKILL");
        const [status] = (await closed) as [number | null];
        outcomes[status === 0 ? "finished" : "killed"]++;
        if (status === 0) longest = performance.now() - begun;
        expect(whole).toContain(await settledFingerprint(out));
      }
      expect(outcomes.killed).toBeGreaterThan(10);
      await buildSite({ root: roots[1] ?? "", out });
      expect(strays(home)).toEqual([]);
    },
  );
});

/** Resolves when a build begins to write beside the site. */
async function appearance(folder: string, closed: Promise<unknown>): Promise<void> {
  const watcher = watch(folder);
  const begins = new Promise<void>((resolve) => {
    watcher.on("change", (_, name) => String(name).includes(".stowage-") && resolve());
  });
  await Promise.race([begins, closed]);
  watcher.close();
}

describe("two builds at once", () => {
  test("do not mix, and leave nothing beside the site", { timeout: 120_000 }, async () => {
    const home = temporaryFolder();
    const out = join(home, "_site");
    const roots = ["one", "two", "three"].map((name) => registryOf(version(name)));
    const whole = new Set<string>();
    for (const root of roots) {
      await buildSite({ root, out: join(root, "_site") });
      whole.add(fingerprint(join(root, "_site")));
    }
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(
        roots.map((root) => runCli(["site", "--quiet", "--root", root, "--out", out])),
      );
      expect(results.map(({ status, stderr }) => [status, stderr])).toEqual(
        results.map(() => [0, expect.stringMatching(/^$|No address/)]),
      );
      expect(whole).toContain(fingerprint(out));
    }
    await buildSite({ root: roots[0] ?? "", out });
    expect(strays(home)).toEqual([]);
  });
});

describe("the folder of the site", () => {
  const tree = { "registry/lab/tool/manifests/1.0/Singularity": DEFINITION };

  test("is not touched where it holds what Stowage did not write", async () => {
    const root = registryOf({ ...tree, "public/index.html": "mine", file: "mine" });
    for (const out of ["public", ".", "registry", "file"]) {
      const before = fingerprint(root);
      await expect(buildSite({ root, out: join(root, out) })).rejects.toMatchObject({
        code: "output",
        exitStatus: 2,
      });
      expect(fingerprint(root)).toBe(before);
    }
  });

  test("may be empty, missing, deep, or a link to a folder", async () => {
    const root = registryOf(tree);
    mkdirSync(join(root, "empty"));
    mkdirSync(join(root, "target"));
    symlinkSync("target", join(root, "link"));
    for (const out of ["empty", "a/b/c", "link"]) {
      await buildSite({ root, out: join(root, out) });
      await buildSite({ root, out: join(root, out) });
      expect(readdirSync(join(root, out))).toContain("index.html");
    }
    expect(readdirSync(join(root, "target"))).toContain("index.html");
  });

  test("keeps the old site when a template is broken, or a finding fails a strict build", async () => {
    const root = registryOf(tree);
    const out = join(root, "_site");
    await buildSite({ root, out });
    const before = fingerprint(out);
    writeFiles(root, { "templates/tag.njk": "{% if %}" });
    await expect(buildSite({ root, out })).rejects.toThrow(/template tag.njk/);
    writeFileSync(join(root, "templates/tag.njk"), "fine");
    writeFiles(root, { "registry/lab/tool/manifests/ bad/Singularity": DEFINITION });
    await expect(buildSite({ root, out, isStrict: true })).rejects.toBeInstanceOf(StowageError);
    expect(fingerprint(out)).toBe(before);
    expect(strays(root)).toEqual([]);
  });

  test("is replaced as a whole: what is gone from the tree is gone from the site", async () => {
    const root = registryOf({ ...tree, "registry/lab/gone/manifests/1.0/Singularity": DEFINITION });
    const out = join(root, "_site");
    await buildSite({ root, out });
    expect(listFiles(out)).toContain("lab/gone/index.html");
    const smaller = registryOf(tree);
    cpSync(out, join(smaller, "_site"), { recursive: true });
    await buildSite({ root: smaller, out: join(smaller, "_site") });
    expect(listFiles(join(smaller, "_site")).filter((path) => path.includes("gone"))).toEqual([]);
  });
});
