import type { Finding } from "../finding.ts";
import { withoutByteOrderMark } from "../read-file.ts";
import { BUILD_SCRIPT, type Definition, type ImageRecord, type Registry } from "../registry/model.ts";
import { parseRecord } from "../registry/readme.ts";
import { formatReference } from "../registry/reference.ts";
import { recipeDigest } from "../registry/status.ts";
import { type ChangedTag, changedRecords } from "./check-pull-request.ts";
import { type ReadSource, placeOfKey } from "./sources.ts";

/** Files as they were where a pull request began; undefined where there were none. */
export type ReadBefore = (file: string) => string | undefined;

/** The files of which {@link checkRecordChanges} wants to know what they were. */
export function filesToCompare(registry: Registry, paths: readonly string[]): string[] {
  const changed = new Set(paths);
  const files = [...changedRecords(registry, changed)].flatMap(({ tag: { folder, definition } }) => [
    `${folder}/README.md`,
    ...(definition ? [`${folder}/${definition.fileName}`] : []),
  ]);
  return files.filter((file) => changed.has(file));
}

/**
 * Records that a pull request gives another image though nothing says that it was built from something else: neither the
 * definition file, nor a recipe that can be its, nor the revision of its source. One that was not there before is free: a
 * record that was deleted asks for a rebuild.
 */
export function* checkRecordChanges(
  registry: Registry,
  paths: readonly string[],
  readBefore: ReadBefore,
  readSource: ReadSource,
): Iterable<Finding> {
  const changed = new Set(paths);
  for (const changedTag of changedRecords(registry, changed)) {
    const { collection, tag } = changedTag;
    const file = `${tag.folder}/README.md`;
    if (!tag.record || !changed.has(file)) continue;
    const before = recordIn(readBefore(file), file);
    const found = before && newDigest(before, tag.record);
    if (!found || isFromSomethingElse(before, tag.record, changedTag, changed, readBefore)) continue;
    const reference = formatReference({ collection: collection.name, tag: tag.name });
    const { digest, path } = found;
    yield {
      code: "record-changed",
      ...placeOfKey(file, path, readSource),
      args: { reference, digest, before: before.digest },
    };
  }
}

function recordIn(text: string | undefined, file: string): ImageRecord | undefined {
  return text === undefined ? undefined : parseRecord(withoutByteOrderMark(text), file).value;
}

interface NewDigest {
  readonly digest: string;
  readonly path: readonly string[];
}

/** The first digest that the old record did not have; one of another kind must be of the same file. */
function newDigest(before: ImageRecord, record: ImageRecord): NewDigest | undefined {
  const known = digestsOf(before);
  const digests = [
    { digest: record.digest, path: ["digest"] },
    ...record.layers.map(({ digest }, index) => ({ digest, path: ["layers", String(index), "digest"] })),
  ];
  const found = digests.find(({ digest }) => !known.has(digest.toLowerCase()));
  if (!found) return undefined;
  const isMeasuredAnew = [`md5:${record.md5}`, `sha1:${record.sha1}`].some((digest) => known.has(digest));
  return isMeasuredAnew ? undefined : found;
}

function digestsOf({ digest, layers }: ImageRecord): ReadonlySet<string> {
  return new Set([digest, ...layers.map((layer) => layer.digest)].map((text) => text.toLowerCase()));
}

function isFromSomethingElse(
  before: ImageRecord,
  record: ImageRecord,
  { tag: { folder, definition } }: ChangedTag,
  changed: ReadonlySet<string>,
  readBefore: ReadBefore,
): boolean {
  return (
    isNewRecipe(before, record, definition) ||
    isNew(before.source?.revision, record.source?.revision) ||
    changed.has(`${folder}/${BUILD_SCRIPT}`) ||
    (definition !== undefined && isNewText(definition, folder, changed, readBefore))
  );
}

/** Where the tag has a definition file, a recipe that is not that one's is anybody's word. */
function isNewRecipe(
  { recipe: old }: ImageRecord,
  { recipe }: ImageRecord,
  definition?: Definition,
): boolean {
  return isNew(old, recipe) && (definition === undefined || recipe === recipeDigest(definition));
}

/** What a record no longer says explains nothing. */
function isNew(before: string | undefined, now: string | undefined): boolean {
  return now !== undefined && now !== before;
}

/** A file may be among the changed for its mode alone. */
function isNewText(
  { fileName, text }: Definition,
  folder: string,
  changed: ReadonlySet<string>,
  readBefore: ReadBefore,
): boolean {
  const file = `${folder}/${fileName}`;
  return changed.has(file) && readBefore(file) !== text;
}
