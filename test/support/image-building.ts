import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { scanRegistry } from "../../src/index.ts";
import { PROJECT } from "./cli.ts";
import { type Files, HEX, record2 } from "./registry.ts";

/** An image that the real apptainer built: it says its name when it is run. */
export interface TestImage {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly md5: string;
  readonly sha1: string;
}

type ImageOfEach<Words extends readonly string[]> = { [Index in keyof Words]: TestImage };

/**
 * Images for the suites of a file, which are skipped where there is a reason: no apptainer is asked for then, and what
 * is given back is nothing that a client would take.
 */
export async function imagesUnless<Words extends readonly string[]>(
  reason: string | undefined,
  ...words: Words
): Promise<ImageOfEach<Words>> {
  if (reason === undefined) return buildImages(...words);
  return words.map((word) => imageOfBytes(Buffer.from(word))) as ImageOfEach<Words>;
}

/** Builds an image for each word, from the smallest one of the example registry. */
export async function buildImages<Words extends readonly string[]>(
  ...words: Words
): Promise<ImageOfEach<Words>> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  try {
    copyFileSync(join(PROJECT, exampleImage()), join(folder, "base.sif"));
    const images: TestImage[] = [];
    for (const word of words) images.push(await buildImage(folder, word));
    return images as ImageOfEach<Words>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildImage(folder: string, word: string): Promise<TestImage> {
  const definition = `Bootstrap: localimage\nFrom: base.sif\n\n%runscript\n    echo ${word}\n`;
  writeFileSync(join(folder, `${word}.def`), definition);
  const env = { ...process.env, APPTAINER_CACHEDIR: join(folder, ".cache") };
  const line = ["build", `${word}.sif`, `${word}.def`];
  await promisify(execFile)("apptainer", line, { cwd: folder, env, timeout: 60_000 });
  return imageOfBytes(readFileSync(join(folder, `${word}.sif`)));
}

function exampleImage(): string {
  const tags = scanRegistry({ root: PROJECT }).collections.flatMap((collection) => collection.tags);
  const [smallest] = tags
    .flatMap(({ record }) => record?.layers ?? [])
    .sort((one, other) => one.size - other.size);
  if (!smallest) throw new Error("the example registry has no image");
  return smallest.url;
}

export function imageOfBytes(bytes: Buffer): TestImage {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  return { bytes, sha256: hash("sha256"), md5: hash("md5"), sha1: hash("sha1") };
}

/** Where a registry keeps an image. */
function pathOf({ sha256 }: TestImage): string {
  return `images/sha256/${sha256}.sif`;
}

/** The record of an image; without an address, the registry keeps it. `more` are further lines of front matter. */
export function recordOf(image: TestImage, { url = pathOf(image), more = "" } = {}): string {
  return record2(`md5: ${image.md5}\nsha1: ${image.sha1}\n${more}`, url)
    .replaceAll(HEX, image.sha256)
    .replaceAll("1048576", String(image.bytes.length));
}

/** A record as the registries of 2019 wrote it, when their storage told nothing but an md5. */
export function legacyRecordOf({ md5, bytes }: TestImage, url: string): string {
  const size = Math.round(bytes.length / 1024);
  return `---\nsize: ${size}\ndigest: md5:${md5}\nlayers:\n- size: ${size}\n  digest: "md5:${md5}"\n  url: "${url}"\n---\n`;
}

/** The files of a registry: a record for each reference, and the images that it keeps itself. */
export function registryFiles(
  records: Readonly<Record<string, string>>,
  images: readonly TestImage[] = [],
): Files {
  const files: Record<string, string | Buffer> = {};
  for (const [reference, record] of Object.entries(records)) {
    const [name = "", tag = ""] = reference.split(":");
    files[`registry/${name}/manifests/${tag}/README.md`] = record;
  }
  for (const image of images) files[pathOf(image)] = image.bytes;
  return files;
}
