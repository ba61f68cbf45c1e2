import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { StowageError } from "../../src/errors.ts";
import type { StorageConfig } from "../../src/registry/config.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { type ImageFile, type ImageFileOptions, openImageFile } from "../../src/storage/image-file.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import type { ImageKey, Storage, StorageContext } from "../../src/storage/storage.ts";
import { PROJECT } from "../support/cli.ts";
import { temporaryFolder } from "../support/registry.ts";

/** A storage for one test: nothing is in it. */
export interface StorageSetup {
  readonly config: StorageConfig;
  readonly context: StorageContext;
  /** What anybody gets from the address that {@link Storage.url} gives; rejects where nothing is there. */
  fetchStored(url: string, key: ImageKey): Promise<Buffer>;
  /** The name of everything that is under its final name. */
  listObjects(): Promise<readonly string[]>;
  /** Settings with which the service refuses, and what must not be told then. */
  readonly refusing: readonly RefusingSetup[];
  /** Puts a link to another file where the image goes, in a storage that is made of files. */
  linkInPlace?(key: ImageKey, target: string): void;
}

interface RefusingSetup {
  /** `a wrong secret`. */
  readonly because: string;
  readonly config: StorageConfig;
  readonly context: StorageContext;
  readonly secret?: string;
  /** A part of the message: the service's own reason. */
  readonly reason: RegExp;
}

export interface ContractOptions {
  /** Why the storage cannot be tested here; undefined where it can. */
  readonly skip?: string | undefined;
  /** False: the storage's `has` cannot know how large an object is. Default: true. */
  readonly knowsSize?: boolean;
  /** False: an image is kept below its reference, so that two references are two names. Default: true. */
  readonly isOneObject?: boolean;
}

const REFERENCE = parseReference("vanessa/greeting:latest");
const OTHER_REFERENCE = parseReference("lab/other:1.0");
const MIB = 1024 * 1024;
const SMALL = 100_000;
/** Several parts for every storage that has parts, and no whole number of them. */
const LARGE = 20 * MIB + 12_345;

/** Bytes that look random and are the same in every run. */
export function imageBytes(size: number, seed = "stowage"): Buffer {
  const block = createHash("shake256", { outputLength: 64 * 1024 + 7 })
    .update(seed)
    .digest();
  return Buffer.alloc(size, block);
}

function keyOf(bytes: Buffer, reference = REFERENCE): ImageKey {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), size: bytes.length, reference };
}

/** An image on this machine, which is closed after the test. */
export async function imageFileOf(bytes: Buffer, options?: ImageFileOptions): Promise<ImageFile> {
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, bytes);
  const file = await openImageFile(path, options);
  onTestFinished(() => file.close());
  return file;
}

/** A file whose reading ends with an error when half of it was read. */
function brokenFileOf(bytes: Buffer): Promise<ImageFile> {
  const onProgress = (count: number) => {
    if (count > bytes.length / 2) throw new Error("the disk is gone");
  };
  return imageFileOf(bytes, { onProgress });
}

/**
 * What every storage does. `setup` is called for each test.
 *
 *     storageContract("directory", async () => ({ config: { kind: "directory" }, context, fetchStored, … }));
 */
export function storageContract(
  name: string,
  setup: () => Promise<StorageSetup>,
  options: ContractOptions = {},
): void {
  const { skip, knowsSize = true, isOneObject = true } = options;
  describe.skipIf(skip !== undefined)(`storage ${name}${skip === undefined ? "" : ` (${skip})`}`, () => {
    const open = async () => {
      const place = await setup();
      return { place, storage: await openStorage(place.config, place.context) };
    };

    test("has an image after it was put, and not before", async () => {
      const { storage } = await open();
      const bytes = imageBytes(SMALL);
      expect(await storage.has(keyOf(bytes))).toBe(false);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      expect(await storage.has(keyOf(bytes))).toBe(true);
      expect(await storage.has(keyOf(imageBytes(SMALL, "other")))).toBe(false);
    });

    test("gives the address where the image is", async () => {
      const { place, storage } = await open();
      const bytes = imageBytes(SMALL);
      const key = keyOf(bytes);
      const url = storage.url(key);
      await storage.put(await imageFileOf(bytes), key);
      expect(storage.url(key)).toBe(url);
      expect((await place.fetchStored(url, key)).equals(bytes)).toBe(true);
    });

    test("stores an image of many parts whole", async () => {
      const { place, storage } = await open();
      const bytes = imageBytes(LARGE);
      const key = keyOf(bytes);
      await storage.put(await imageFileOf(bytes, { expected: key.sha256 }), key);
      expect(await storage.has(key)).toBe(true);
      expect((await place.fetchStored(storage.url(key), key)).equals(bytes)).toBe(true);
    });

    test("keeps the same image once, however often it is put", async () => {
      const { place, storage } = await open();
      const bytes = imageBytes(SMALL);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      const before = await place.listObjects();
      expect(before).toHaveLength(1);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      expect(await place.listObjects()).toEqual(before);
    });

    test("keeps the same image once, whatever it is called", async () => {
      if (!isOneObject) return;
      const { place, storage } = await open();
      const bytes = imageBytes(SMALL);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      expect(await storage.has(keyOf(bytes, OTHER_REFERENCE))).toBe(true);
      await storage.put(await imageFileOf(bytes), keyOf(bytes, OTHER_REFERENCE));
      expect(await place.listObjects()).toHaveLength(1);
      expect(storage.url(keyOf(bytes, OTHER_REFERENCE))).toBe(storage.url(keyOf(bytes)));
    });

    test("does not have an image whose object is of another size", async () => {
      if (!knowsSize) return;
      const { storage } = await open();
      const bytes = imageBytes(SMALL);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      expect(await storage.has({ ...keyOf(bytes), size: SMALL + 1 })).toBe(false);
    });

    test.each([SMALL, LARGE])(
      "refuses %i bytes that are not the expected ones, and takes the right ones afterwards",
      async (size) => {
        const { place, storage } = await open();
        const bytes = imageBytes(size);
        const key = keyOf(bytes);
        const file = await imageFileOf(imageBytes(size, "swapped"), { expected: key.sha256 });
        const error: unknown = await storage.put(file, key).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StowageError);
        expect(error).toMatchObject({ code: "image", message: /is not the image that was built/ });
        await expectNothing(place, storage, key);
        await expectPut(place, storage, bytes);
      },
    );

    test("leaves nothing under the final name when the upload breaks, and the next one finishes it", async () => {
      const { place, storage } = await open();
      const bytes = imageBytes(LARGE);
      const error: unknown = await storage
        .put(await brokenFileOf(bytes), keyOf(bytes))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "StowageError", code: "storage" });
      await expectNothing(place, storage, keyOf(bytes));
      await expectPut(place, storage, bytes);
    });

    test("leaves nothing under the final name when it is killed, and the next run finishes it", async () => {
      const { place, storage } = await open();
      const bytes = imageBytes(LARGE);
      await putAndBeKilled(place, bytes);
      await expectNothing(place, storage, keyOf(bytes));
      await expectPut(place, storage, bytes);
    });

    test("gives an address that works for a while without one's own credentials", async () => {
      const { storage } = await open();
      if (!storage.presign) return;
      const bytes = imageBytes(SMALL);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      const response = await fetch(await storage.presign(keyOf(bytes), 60));
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
      const altered = await fetch(
        (await storage.presign(keyOf(bytes), 60)).replace(/Expires=60/, "Expires=61"),
      );
      expect(altered.status).toBe(403);
    });

    test("takes an image away, and does nothing where there is none", async () => {
      const { place, storage } = await open();
      if (!storage.remove) return;
      const bytes = imageBytes(SMALL);
      await storage.put(await imageFileOf(bytes), keyOf(bytes));
      await storage.remove(keyOf(bytes));
      await expectNothing(place, storage, keyOf(bytes));
      await storage.remove(keyOf(bytes));
      await expectPut(place, storage, bytes);
    });

    test("refuses a link in the image's place", async () => {
      const { place, storage } = await open();
      if (!place.linkInPlace) return;
      const bytes = imageBytes(SMALL);
      const target = join(temporaryFolder(), "elsewhere.sif");
      writeFileSync(target, bytes);
      place.linkInPlace(keyOf(bytes), target);
      expect(await storage.has(keyOf(bytes))).toBe(false);
      await expect(storage.put(await imageFileOf(bytes), keyOf(bytes))).rejects.toMatchObject({
        code: "storage",
      });
    });

    test("says what the service refused, and no secret", async () => {
      const { refusing } = await setup();
      for (const { because, config, context, secret, reason } of refusing) {
        const bytes = imageBytes(SMALL);
        const error: unknown = await putInto(config, context, bytes).catch((thrown: unknown) => thrown);
        expect({ because, error }).toMatchObject({ error: { name: "StowageError", code: "storage" } });
        const { message } = error as Error;
        expect(message).toMatch(reason);
        if (secret !== undefined) expect(message).not.toContain(secret);
        expect(message).not.toMatch(/signature=|bearer /i);
      }
    });
  });
}

async function putInto(config: StorageConfig, context: StorageContext, bytes: Buffer): Promise<void> {
  const storage = await openStorage(config, context);
  await storage.put(await imageFileOf(bytes), keyOf(bytes));
}

async function expectNothing(place: StorageSetup, storage: Storage, key: ImageKey): Promise<void> {
  expect(await storage.has(key)).toBe(false);
  expect(await place.listObjects()).toEqual([]);
}

/** The image can be put, and arrives. */
async function expectPut(place: StorageSetup, storage: Storage, bytes: Buffer): Promise<void> {
  const key = keyOf(bytes);
  await storage.put(await imageFileOf(bytes, { expected: key.sha256 }), key);
  expect(await storage.has(key)).toBe(true);
  expect((await place.fetchStored(storage.url(key), key)).equals(bytes)).toBe(true);
}

const KILLED_PUT = join(PROJECT, "test/support/killed-put.ts");

/** Puts an image in a process of its own, which is killed when half of it was read. */
async function putAndBeKilled({ config, context }: StorageSetup, bytes: Buffer): Promise<void> {
  const path = join(temporaryFolder(), "image.sif");
  writeFileSync(path, bytes);
  const order = JSON.stringify({ config, context, path, key: keyOf(bytes) });
  const child = spawn(process.execPath, ["--import", "tsx", KILLED_PUT], {
    cwd: PROJECT,
    env: { ...process.env, ...context.env, STOWAGE_KILLED_PUT: order },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 50_000,
    killSignal: "SIGKILL",
  });
  const closed = once(child, "close");
  const [line] = (await Promise.race([once(createInterface(child.stdout), "line"), closed])) as [unknown];
  child.kill("SIGKILL");
  await closed;
  expect(line).toBe("half");
}
