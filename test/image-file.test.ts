import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ImageFile, type ImageFileOptions, openImageFile } from "../src/storage/image-file.ts";
import { temporaryFolder } from "./support/registry.ts";

const BYTES = Buffer.alloc(2_500_000, "stowage");
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function fileOf(bytes: Buffer, options?: ImageFileOptions): Promise<ImageFile> {
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, bytes);
  const file = await openImageFile(path, options);
  onTestFinished(() => file.close());
  return file;
}

async function read(file: ImageFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.stream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe("a file on its way into a storage", () => {
  test.each([0, 1, 1024 * 1024, BYTES.length])(
    "is read whole, and hashed while it is (%i bytes)",
    async (size) => {
      const bytes = BYTES.subarray(0, size);
      const file = await fileOf(bytes, { expected: sha256(bytes) });
      expect((await read(file)).equals(bytes)).toBe(true);
      expect(await file.digests()).toEqual({
        sha256: sha256(bytes),
        md5: createHash("md5").update(bytes).digest("hex"),
        sha1: createHash("sha1").update(bytes).digest("hex"),
      });
    },
  );

  test("is measured where nobody says what it is, and can be read several times", async () => {
    const file = await fileOf(BYTES);
    expect(await file.sha256()).toBe(sha256(BYTES));
    expect((await read(file)).equals(BYTES)).toBe(true);
    expect((await read(file)).equals(BYTES)).toBe(true);
  });

  test("keeps its last piece back where it is not what it is said to be", async () => {
    const file = await fileOf(BYTES, { expected: sha256(Buffer.from("other")) });
    let length = 0;
    const reading = async () => {
      for await (const chunk of file.stream()) length += (chunk as Buffer).length;
    };
    await expect(reading()).rejects.toThrow(/is not the image that was built: its sha256 is/);
    expect(length).toBeLessThan(BYTES.length);
    await expect(file.digests()).rejects.toThrow(/is not the image that was built/);
  });

  test("is the file that was opened, whatever is put in its place", async () => {
    const file = await fileOf(BYTES);
    renameSync(file.path, `${file.path}.moved`);
    writeFileSync(file.path, "another");
    expect((await read(file)).equals(BYTES)).toBe(true);
  });

  test("is refused where it grows meanwhile", async () => {
    const file = await fileOf(BYTES);
    appendFileSync(file.path, "more");
    await expect(read(file)).rejects.toThrow(/changed while it was read; wait until it is complete/);
  });

  test("tells how far it was read", async () => {
    const told: number[] = [];
    await read(await fileOf(BYTES, { onProgress: (bytes) => told.push(bytes) }));
    expect(told).toEqual([1_048_576, 2_097_152, 2_500_000]);
  });
});

describe("what is no image file", () => {
  test("is refused: a link, a folder, nothing", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "real.sif"), BYTES);
    symlinkSync("real.sif", join(folder, "link.sif"));
    mkdirSync(join(folder, "folder.sif"));
    for (const name of ["link.sif", "folder.sif", "nothing.sif"]) {
      await expect(openImageFile(join(folder, name))).rejects.toMatchObject({ code: "image" });
    }
  });
});
