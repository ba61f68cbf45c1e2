import type { Dirent } from "node:fs";
import { join } from "node:path";
import { BUILD_LOG, BUILD_SCRIPT, type Definition, type ImageRecord, type Tag } from "./model.ts";
import { parseRecord } from "./readme.ts";
import { statusOf } from "./status.ts";
import { type TagName, tagProblem } from "./reference.ts";
import type { TreeReader } from "./tree-reader.ts";

/** In order of preference. */
const DEFINITION_FILES = ["Singularity", "Apptainer"];

/** Reads the tags of one `manifests/` folder, in code-point order. Files beside the tag folders are no tags. */
export function scanTags(reader: TreeReader, manifests: string): Tag[] {
  const folders = reader
    .list(manifests)
    .filter((entry) => !entry.name.startsWith(".") && reader.isFolder(entry, join(manifests, entry.name)));
  reader.checkCase(manifests, folders);
  return folders.flatMap((entry) => scanTag(reader, join(manifests, entry.name), entry) ?? []);
}

/** Undefined where the folder holds no tag, or one that must not be served. */
function scanTag(reader: TreeReader, folder: string, place: Dirent): Tag | undefined {
  const { name } = place;
  const problem = tagProblem(name);
  if (problem) {
    reader.report(problem.code, folder, { name, expected: problem.expected });
    return undefined;
  }
  const entries = reader.list(folder);
  const definition = readDefinition(reader, folder, entries);
  const record = readRecord(reader, folder, entries);
  if (record === "withheld" || (!definition && !record)) return undefined;
  const tag = {
    name: name as TagName,
    folder: reader.labelOf(folder),
    isFrozen: entries.some((entry) => entry.name === ".frozen"),
    isLink: place.isSymbolicLink(),
    hasBuildScript: hasFile(entries, BUILD_SCRIPT),
    hasLog: hasFile(entries, BUILD_LOG),
    ...(definition && { definition }),
    ...(record && { record }),
  };
  return { ...tag, status: statusOf(tag) };
}

/** A link does not count. */
function hasFile(entries: readonly Dirent[], name: string): boolean {
  return entries.some((entry) => entry.name === name && entry.isFile());
}

function readDefinition(
  reader: TreeReader,
  folder: string,
  entries: readonly Dirent[],
): Definition | undefined {
  const [entry, other] = DEFINITION_FILES.flatMap(
    (name) => entries.find((found) => found.name === name) ?? [],
  );
  if (!entry) return undefined;
  if (other)
    reader.report("two-definition-files", join(folder, other.name), { name: other.name, other: entry.name });
  const file = reader.readFile(entry, join(folder, entry.name));
  return file && { fileName: entry.name, text: file.text, ...(file.notUtf8 && { bytes: file.notUtf8 }) };
}

/** A record that is there and cannot be used withholds its tag: it is neither built nor asking to be. */
function readRecord(
  reader: TreeReader,
  folder: string,
  entries: readonly Dirent[],
): ImageRecord | "withheld" | undefined {
  const entry = entries.find(({ name }) => name === "README.md");
  if (!entry) return undefined;
  const path = join(folder, entry.name);
  const text = reader.readText(entry, path);
  if (text === undefined) return "withheld";
  const { value, findings } = parseRecord(text, reader.labelOf(path));
  reader.findings.push(...findings);
  return value ?? "withheld";
}
