import { resolve } from "node:path";
import type { HandOver } from "../build/hand-over.ts";
import { planBuilds } from "../build/plan.ts";
import { StowageError } from "../errors.ts";
import { readTextFile } from "../read-file.ts";
import { BUILD_LOG, type ImageRecord, type Registry, type Tag } from "../registry/model.ts";
import { type CollectionName, type Reference, formatReference } from "../registry/reference.ts";
import { recipeDigest } from "../registry/status.ts";
import type { Published } from "./destination.ts";
import { recordFiles, requireRecordPlace } from "./record-files.ts";
import { type OnProgress, type StoragePlace, storeImage } from "./store-image.ts";

export interface PublishOptions extends StoragePlace {
  readonly registry: Registry;
  /** The tree's folder. */
  readonly tree: string;
  readonly source?: ImageRecord["source"];
  /** Images of this collection are taken, and no others; without it, those that the registry's plan has. */
  readonly collection?: CollectionName;
  /** Only what these paths touch (relative to registry.yml): what was approved. */
  readonly changed?: readonly string[];
  readonly onProgress?: (handOver: HandOver) => OnProgress;
}

export type PublishOutcome =
  | { readonly handOver: HandOver; readonly published: Published }
  | { readonly handOver: HandOver; readonly error: StowageError };

/**
 * Stores what builds left, one image after the other, and says what each changes in the registry; nothing is written
 * into the tree. What a build says of itself is believed only as far as the registry and the bytes bear it out.
 */
export async function* storeHandOvers(
  handOvers: readonly HandOver[],
  options: PublishOptions,
): AsyncGenerator<PublishOutcome> {
  const tags = tagsByReference(options.registry);
  const expected = expectedBuilds(options, tags);
  for (const handOver of handOvers) {
    try {
      expected(handOver);
      yield { handOver, published: await storeHandOver(handOver, options, tags) };
    } catch (error) {
      if (!(error instanceof StowageError)) throw error;
      yield { handOver, error };
    }
  }
}

async function storeHandOver(
  handOver: HandOver,
  options: PublishOptions,
  tags: TagsByReference,
): Promise<Published> {
  const { reference, image, size, sha256, recipe, builder } = handOver;
  const { source, tree } = options;
  requireRecordPlace(tree, reference);
  const facts = { builder, ...(recipe && { recipe }), ...(source && { source }) };
  const candidate = { reference, image, expected: { sha256, size }, facts };
  const stored = await storeImage(candidate, options, options.onProgress?.(handOver));
  const log = readLog(handOver.log);
  const record = { ...stored.record, ...(log && { log: BUILD_LOG }) };
  const files = recordFiles({ tree, reference, record, ...(log && { log }) });
  const tag = options.collection === undefined ? tags.get(formatReference(reference)) : undefined;
  return {
    reference,
    record,
    files: [...files, ...stored.files],
    ...(tag?.definition && { builtFrom: resolve(options.root, tag.folder, tag.definition.fileName) }),
  };
}

/** Throws for an image that nobody asked for, or that was built from another definition file. */
function expectedBuilds(options: PublishOptions, tags: TagsByReference): (handOver: HandOver) => void {
  const { registry, collection, changed } = options;
  if (collection !== undefined) {
    return ({ reference }) => {
      if (reference.collection !== collection)
        throw unexpected(reference, `only images of ${collection} are taken`);
    };
  }
  const planned = new Set(
    planBuilds(registry, { withStale: true, ...(changed && { changed }) }).builds.map(({ reference }) =>
      formatReference(reference),
    ),
  );
  return ({ reference, recipe }) => {
    if (!planned.has(formatReference(reference)))
      throw unexpected(reference, "this registry's plan does not have it (stowage plan)");
    const definition = tags.get(formatReference(reference))?.definition;
    if (definition && recipe !== recipeDigest(definition))
      throw unexpected(reference, "it was built from another definition file than the one that is there now");
  };
}

function unexpected(reference: Reference, reason: string): StowageError {
  return new StowageError("image", `${formatReference(reference)}: is not published: ${reason}`);
}

type TagsByReference = ReadonlyMap<string, Tag>;

function tagsByReference({ collections }: Registry): TagsByReference {
  return new Map(
    collections.flatMap(({ name, tags }) =>
      tags.map((tag) => [formatReference({ collection: name, tag: tag.name }), tag] as const),
    ),
  );
}

const LARGEST_LOG = 4 * 1024 * 1024;

/** A build may have put anything in its log's place: what is not gzip, or too large, is left out. */
function readLog(path: string): Buffer | undefined {
  const file = readTextFile(path, LARGEST_LOG);
  // Its second byte keeps gzip from being UTF-8.
  const bytes = "problem" in file ? undefined : file.notUtf8;
  return bytes?.[0] === 0x1f && bytes[1] === 0x8b ? bytes : undefined;
}
