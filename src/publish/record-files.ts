import { lstatSync } from "node:fs";
import { join } from "node:path";
import { describeFinding } from "../check/catalogue.ts";
import { StowageError } from "../errors.ts";
import type { NewFile } from "../new-file.ts";
import { readTextFile, withoutByteOrderMark } from "../read-file.ts";
import { splitFrontMatter } from "../registry/front-matter.ts";
import { BUILD_LOG, type ImageRecord } from "../registry/model.ts";
import { parseRecord } from "../registry/readme.ts";
import { type Reference, formatReference, shortNameOf } from "../registry/reference.ts";
import { recordText } from "./record-text.ts";

export interface RecordFilesOptions {
  /** The tree's folder. */
  readonly tree: string;
  readonly reference: Reference;
  readonly record: ImageRecord;
  /** Gzipped. */
  readonly log?: Buffer;
}

/**
 * Throws StowageError ("tree") where no record may be written: in a frozen tag, or through a link, for links in a tree
 * are strangers', and lead to other tags or out of it. Asks the disk: a tag that cannot be served may be frozen, too.
 */
export function requireRecordPlace(tree: string, reference: Reference): void {
  let path = tree;
  for (const segment of [...reference.collection.split("/"), "manifests", reference.tag]) {
    path = join(path, segment);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats || stats.isDirectory()) continue;
    const what = stats.isSymbolicLink() ? "is a link" : "is not a folder";
    throw new StowageError("tree", `${path}: ${what}, so no record is written there; choose another tag`);
  }
  if (!lstatSync(join(path, ".frozen"), { throwIfNoEntry: false })) return;
  throw new StowageError(
    "tree",
    `${formatReference(reference)}: is frozen, so it keeps its image; choose another tag`,
  );
}

/** No README of a person is longer; a longer one does not lend its text. */
const LONGEST_BODY = 1024 * 1024;

/**
 * What a published image changes in a tree: its record, the log of its build, and, where they are missing, the README.md
 * of its collection and the marker that the registries of 2019 have. What a person wrote below a record stays.
 */
export function recordFiles({ tree, reference, record, log }: RecordFilesOptions): NewFile[] {
  const { collection, tag } = reference;
  requireRecordPlace(tree, reference);
  const folder = join(tree, collection, "manifests", tag);
  const readme = join(folder, "README.md");
  const text = recordText(record, bodyOf(readme) ?? defaultBody(record));
  requireReadable(text, readme);
  const files: NewFile[] = [
    {
      path: readme,
      content: text,
      onto: (existing) => recordText(record, bodyIn(existing) ?? defaultBody(record)),
    },
    { path: join(tree, collection, "README.md"), content: collectionText(collection), isOnlyIfMissing: true },
  ];
  const tags = join(tree, collection, "tags");
  // Behind a link it would be another collection's, or outside of the tree.
  if (lstatSync(tags, { throwIfNoEntry: false })?.isDirectory() ?? true)
    files.push({ path: join(tags, "README.md"), content: TAGS_TEXT, isOnlyIfMissing: true });
  if (log) files.push({ path: join(folder, BUILD_LOG), content: log });
  return files;
}

/** A record in place of the one that a tag has: nothing else of its README.md changes, nor any other file. */
export function renewedRecord({ tree, reference, record }: Omit<RecordFilesOptions, "log">): NewFile {
  requireRecordPlace(tree, reference);
  const readme = join(tree, reference.collection, "manifests", reference.tag, "README.md");
  const content = recordText(record, bodyOf(readme) ?? "");
  requireReadable(content, readme);
  return { path: readme, content };
}

/** What this registry could not read again would be lost in it. */
function requireReadable(text: string, readme: string): void {
  const [finding] = parseRecord(text, readme).findings;
  const why = finding ? describeFinding(finding) : undefined;
  if (why === undefined && Buffer.byteLength(text) <= LONGEST_BODY) return;
  throw new StowageError("image", `${readme}: is not written: ${why ?? "it would be longer than 1 MiB"}`);
}

/** The Markdown of a record that is there. Throws StowageError ("tree") where it would be lost. */
function bodyOf(readme: string): string | undefined {
  const file = readTextFile(readme, LONGEST_BODY);
  if ("problem" in file && (file.problem === "missing" || file.problem === "not-a-file")) return undefined;
  if ("problem" in file || file.notUtf8) {
    const what = "problem" in file ? file.problem : "it is not UTF-8";
    throw new StowageError("tree", `${readme}: its text cannot be kept (${what}); mend or delete it`);
  }
  return bodyIn(file.text);
}

function bodyIn(text: string): string | undefined {
  return splitFrontMatter(withoutByteOrderMark(text)).body.trim() || undefined;
}

function defaultBody({ recipe }: ImageRecord): string {
  return recipe === undefined
    ? "Built elsewhere; this registry has the record of it."
    : "Built from the definition file that the record names.";
}

const TAGS_TEXT = "---\nlayout: tags/singularity\n---\n";

function collectionText(collection: string): string {
  return `---\nlayout: singularity\n---\n\n# ${shortNameOf(collection)}\n`;
}
