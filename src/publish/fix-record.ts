import { lstatSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ChangedTag } from "../check/check-pull-request.ts";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { readTextFile, statsOf, withoutByteOrderMark } from "../read-file.ts";
import { splitFrontMatter } from "../registry/front-matter.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { Definition, ImageRecord, Layer, StoredImages } from "../registry/model.ts";
import { parseRecord } from "../registry/readme.ts";
import type { Reference } from "../registry/reference.ts";
import { recipeDigest } from "../registry/status.ts";
import { parseYamlMapping } from "../registry/yaml.ts";
import type { MeasuredImage, Unmeasurable } from "./measure-image.ts";
import { renewedRecord } from "./record-files.ts";
import { writeFiles } from "./write-files.ts";

/** A record of 2019 that nothing says has to stay. */
export interface OldRecord {
  readonly reference: Reference;
  /** Its README.md, relative to registry.yml. */
  readonly file: string;
  readonly record: ImageRecord;
  readonly definition?: Definition;
}

/** What became of a record: it was mended, it was left for a reason, or its image is not what it says. */
export type FixOutcome =
  | { readonly file: string; readonly mended: ImageRecord }
  | { readonly file: string; readonly left: string }
  | { readonly file: string; readonly finding: Finding };

export interface FixRecordOptions {
  /** The tree's folder. */
  readonly tree: string;
  /** The images that the registry keeps. */
  readonly images: StoredImages;
  readonly measure: (layer: Layer, old: OldRecord) => Promise<MeasuredImage | Unmeasurable>;
}

/** Those among some tags that have a record of 2019; neither what is frozen, nor what is another tag's. */
export function* oldRecords(tags: Iterable<ChangedTag>): Iterable<OldRecord> {
  for (const { collection, tag } of tags) {
    const { record, definition, folder, isFrozen, isLink } = tag;
    if (record?.schema !== 2019 || isFrozen || isLink) continue;
    const reference = { collection: collection.name, tag: tag.name };
    yield { reference, file: `${folder}/README.md`, record, ...(definition && { definition }) };
  }
}

/**
 * Measures the images of a record of 2019 and writes it anew, as schema 2, where each of them has the digest that the
 * record says. Where anything cannot be proved the record stays as it is.
 */
export async function fixRecord(old: OldRecord, options: FixRecordOptions): Promise<FixOutcome> {
  const { file, reference } = old;
  const { tree, images } = options;
  const readme = join(tree, reference.collection, "manifests", reference.tag, "README.md");
  const reason = whyNotRead(old, images) ?? whyNotWritten(readme);
  if (reason !== undefined) return { file, left: reason };
  const mended = await measureRecord(old, options);
  if ("code" in mended) return { file, finding: { ...mended, file } };
  // Fetching took a while: what somebody did to the record meanwhile stays.
  if (!isStill(old.record, readme)) return { file, left: "it was changed meanwhile" };
  try {
    writeFiles([renewedRecord({ tree, reference, record: mended })]);
  } catch (error) {
    if (!(error instanceof StowageError) || error.code === "output") throw error;
    return { file, left: error.message };
  }
  return { file, mended };
}

const COMPARED = new Set(["sha256", "sha1", "md5"]);

function whyNotRead({ record: { digest, layers } }: OldRecord, images: StoredImages): string | undefined {
  const algorithms = [digest, ...layers.map((layer) => layer.digest)].map(algorithmOf);
  const unknown = algorithms.find((algorithm) => !COMPARED.has(algorithm));
  if (unknown !== undefined) return `its digest is a ${unknown}, which is not compared`;
  const missing = layers.find(({ url }) => isLocalImage(url) && !images.has(url));
  return missing && `${missing.url} is not there`;
}

/** What a record of 2019 consists of, and its layers. */
const KEYS = new Set(["layout", "size", "digest", "layers"]);
const LAYER_KEYS = new Set(["size", "digest", "url"]);
/** Behind a space; in quotes it would be none, but no record of 2019 has any there. */
const COMMENT = /(?:^|[ \t])#/m;

/** A record of schema 2 has no place for what else stands in the front matter. */
function whyNotWritten(readme: string): string | undefined {
  if (statsOf(readme, lstatSync)?.isSymbolicLink()) return "it is a link";
  const { yaml = "" } = splitFrontMatter(readTextOf(readme) ?? "");
  if (COMMENT.test(yaml)) return "its front matter has a comment, which would be lost";
  const front = parseYamlMapping(yaml);
  const layers = Array.isArray(front["layers"]) ? front["layers"] : [];
  const key =
    Object.keys(front).find((name) => !KEYS.has(name)) ??
    layers.flatMap((layer: object) => Object.keys(layer)).find((name) => !LAYER_KEYS.has(name));
  return key === undefined ? undefined : `its front matter has ${JSON.stringify(key)}, which would be lost`;
}

/** The record of the first image, with a layer for each of them. */
async function measureRecord(
  old: OldRecord,
  { measure }: FixRecordOptions,
): Promise<ImageRecord | Unmeasurable> {
  const records: ImageRecord[] = [];
  for (const layer of old.record.layers) {
    const image = await measure(layer, old);
    if ("code" in image) return image;
    // The digest of the record is that of its first layer.
    const expected = records.length === 0 ? [old.record.digest, layer.digest] : [layer.digest];
    const difference = differenceOf(image.record, expected, layer.url);
    if (difference) return difference;
    records.push({ ...image.record, ...recipeOf(image, old) });
  }
  const [first, ...others] = records;
  if (!first) throw new Error(`${old.file}: the schema asks for a layer`);
  return { ...first, layers: [...first.layers, ...others.flatMap(({ layers }) => layers)] };
}

function differenceOf(
  record: ImageRecord,
  expected: readonly string[],
  image: string,
): Unmeasurable | undefined {
  for (const digest of expected) {
    const found = digestLike(digest, record);
    if (found !== digest.toLowerCase()) return { code: "image-differs", args: { image, digest, found } };
  }
  return undefined;
}

/** The digest of a measured image by the algorithm that another one is by. */
function digestLike(other: string, { digest, md5, sha1 }: ImageRecord): string {
  if (algorithmOf(other) === "md5") return `md5:${md5}`;
  return algorithmOf(other) === "sha1" ? `sha1:${sha1}` : digest;
}

function algorithmOf(digest: string): string {
  return digest.slice(0, digest.indexOf(":"));
}

/** The tag's definition file built an image where that carries it byte for byte. */
function recipeOf(
  { definition: carried }: MeasuredImage,
  { definition }: OldRecord,
): Pick<ImageRecord, "recipe"> {
  if (!definition || definition.bytes || definition.text !== carried) return {};
  return { recipe: recipeDigest(definition) };
}

/** Whether a file still says what a record was read from. */
function isStill(record: ImageRecord, readme: string): boolean {
  return isDeepStrictEqual(parseRecord(readTextOf(readme) ?? "", readme).value, record);
}

/** As much as the scan reads. */
const LARGEST_README = 1024 * 1024;

function readTextOf(readme: string): string | undefined {
  const file = readTextFile(readme, LARGEST_README);
  return "problem" in file ? undefined : withoutByteOrderMark(file.text);
}
