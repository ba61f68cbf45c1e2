import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildSite } from "../src/index.ts";
import { IMAGE, storedTag } from "./support/protocols.ts";
import { listFiles, registryOf, temporaryFolder, writeFiles } from "./support/registry.ts";

const FILES = { ...storedTag("lab/tool:1.0"), ...storedTag("a/b/c:latest") };
const URL = "https://lab.org/";

/** Every path of a site that holds the image. */
const imagesIn = (out: string) =>
  listFiles(out).filter((path) => /^images\/|^v1\/imagefile\/|^v2\/.*\/blobs\/sha256:(?!44136f)/.test(path));

const inodeOf = (path: string) => {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
};

/** Another file system than that of temporary folders, where this machine has one. */
function otherFileSystem(): string | undefined {
  const folder = "/dev/shm";
  const device = (path: string) => statSync(path, { throwIfNoEntry: false })?.dev;
  return device(folder) === undefined || device(folder) === device(tmpdir()) ? undefined : folder;
}
const OTHER = otherFileSystem();

describe("an image that several protocols serve", () => {
  test("is one file, which is the registry's own", async () => {
    const root = registryOf(FILES);
    const out = join(root, "_site");
    await buildSite({ root, out, url: URL });
    const paths = imagesIn(out);
    expect(paths).toHaveLength(1 + 4 + 2 + 2);
    expect(new Set(paths.map((path) => inodeOf(join(out, path))))).toEqual(
      new Set([inodeOf(join(root, IMAGE.path))]),
    );
  });

  test("stays the registry's when the site is built again, and when it is taken away", async () => {
    const root = registryOf(FILES);
    const out = join(root, "_site");
    await buildSite({ root, out, url: URL });
    await buildSite({ root, out, url: URL, host: "netlify" });
    expect(statSync(join(root, IMAGE.path)).nlink).toBe(1 + imagesIn(out).length);
    rmSync(out, { recursive: true });
    expect(statSync(join(root, IMAGE.path))).toMatchObject({ nlink: 1, size: IMAGE.bytes.length });
  });

  test.skipIf(OTHER === undefined)(
    "is one copy, and links to it, where the site lies on another file system (skipped where there is none)",
    async () => {
      const root = mkdtempSync(join(OTHER ?? "", "stowage-test-"));
      onTestFinished(() => rmSync(root, { recursive: true, force: true }));
      writeFiles(root, FILES);
      const out = join(temporaryFolder(), "_site");
      await buildSite({ root, out, url: URL });
      const paths = imagesIn(out);
      expect(paths).toHaveLength(9);
      const inodes = new Set(paths.map((path) => inodeOf(join(out, path))));
      expect(inodes.size).toBe(1);
      expect(inodes).not.toContain(inodeOf(join(root, IMAGE.path)));
      expect(statSync(join(root, IMAGE.path)).nlink).toBe(1);
    },
  );

  test("is one file below a base path, too, where only some protocols are served", async () => {
    const root = registryOf(FILES);
    const out = join(root, "_site");
    await buildSite({ root, out, url: `${URL}registry/` });
    const inodes = new Set(imagesIn(out).map((path) => inodeOf(join(out, path))));
    expect(imagesIn(out)).toHaveLength(1 + 6);
    expect(inodes).toEqual(new Set([inodeOf(join(root, IMAGE.path))]));
  });
});
