import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { imagePath } from "../../src/registry/local-images.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { openDirectory } from "../../src/storage/directory.ts";
import { listFiles, temporaryFolder } from "../support/registry.ts";
import { imageBytes, imageFileOf, storageContract } from "./contract.ts";

const config = { kind: "directory" } as const;

storageContract("directory", () => {
  const root = temporaryFolder();
  const context = { root, env: {} };
  const closed = temporaryFolder();
  writeFileSync(join(closed, "images"), "a file, and no folder");
  return Promise.resolve({
    config,
    context,
    fetchStored: (url) => Promise.resolve(readFileSync(join(root, url))),
    listObjects: () => Promise.resolve(listFiles(root).filter((name) => name.endsWith(".sif"))),
    refusing: [
      {
        because: "a file is in the folder's place",
        config,
        context: { root: closed, env: {} },
        reason: /images: /,
      },
      { because: "no folder", config, context: { root: join(root, "none"), env: {} }, reason: /ENOENT/ },
    ],
    linkInPlace: ({ sha256 }, target) => {
      mkdirSync(dirname(join(root, imagePath(sha256))), { recursive: true });
      symlinkSync(target, join(root, imagePath(sha256)));
    },
  });
});

async function image(text = "stowage") {
  const file = await imageFileOf(imageBytes(1000, text));
  const key = { sha256: await file.sha256(), size: file.size, reference: parseReference("a/b:c") };
  return { file, key, path: imagePath(key.sha256) };
}

test("the record names a path of the registry, which everybody may read", async () => {
  const root = temporaryFolder();
  const storage = openDirectory(config, { root, env: {} });
  const { file, key, path } = await image();
  const umask = process.umask(0o077);
  try {
    await storage.put(file, key);
  } finally {
    process.umask(umask);
  }
  expect(storage.url(key)).toBe(path);
  expect(statSync(join(root, path)).mode & 0o777).toBe(0o644);
  expect(listFiles(root)).toEqual([path]);
});

test.each(["images", "images/sha256"])("never writes through a link at %s", async (place) => {
  const root = temporaryFolder();
  const elsewhere = temporaryFolder();
  mkdirSync(dirname(join(root, place)), { recursive: true });
  symlinkSync(elsewhere, join(root, place));
  const storage = openDirectory(config, { root, env: {} });
  const { file, key } = await image();
  await expect(storage.put(file, key)).rejects.toMatchObject({ code: "storage", message: /links/ });
  expect(await storage.has(key)).toBe(false);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("never removes through a link", async () => {
  const elsewhere = temporaryFolder();
  const { file, key, path } = await image();
  await openDirectory(config, { root: elsewhere, env: {} }).put(file, key);
  const root = temporaryFolder();
  symlinkSync(join(elsewhere, "images"), join(root, "images"));
  await openDirectory(config, { root, env: {} }).remove?.(key);
  expect(listFiles(elsewhere)).toEqual([path]);
});

test("what a killed run left of an image goes with the next put of it, and of no other", async () => {
  const root = temporaryFolder();
  const storage = openDirectory(config, { root, env: {} });
  const { file, key, path } = await image();
  mkdirSync(join(root, "images/sha256"), { recursive: true });
  const other = `images/sha256/.${"0".repeat(64)}.some.part`;
  for (const name of [`images/sha256/.${key.sha256}.some.part`, other])
    writeFileSync(join(root, name), "half");
  await storage.put(file, key);
  expect(listFiles(root)).toEqual([other, path]);
});

test("two runs that put the same image at once both succeed", async () => {
  const root = temporaryFolder();
  const storage = openDirectory(config, { root, env: {} });
  const images = await Promise.all(Array.from({ length: 8 }, () => image()));
  await Promise.all(images.map(({ file, key }) => storage.put(file, key)));
  expect(listFiles(root)).toEqual([images[0]?.path]);
});

test("an image of another size gives way to the right one", async () => {
  const root = temporaryFolder();
  const storage = openDirectory(config, { root, env: {} });
  const { file, key, path } = await image();
  mkdirSync(join(root, "images/sha256"), { recursive: true });
  writeFileSync(join(root, path), "half of it");
  expect(await storage.has(key)).toBe(false);
  await storage.put(file, key);
  expect(await storage.has(key)).toBe(true);
});
