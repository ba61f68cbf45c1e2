import { join } from "node:path";
import { StowageError, messageOf } from "../errors.ts";
import { parseJson } from "../json.ts";
import { readTextFile, statsOf } from "../read-file.ts";
import type { Digest } from "../registry/digest.ts";
import { type Reference, formatReference, parseReference } from "../registry/reference.ts";
import { validate } from "../registry/schema.ts";
import { sortedEntries } from "../registry/tree-reader.ts";
import type { BuilderVersion } from "./builder.ts";
import { DESCRIPTION, type HandOver, handOverFiles, handOverFolder } from "./hand-over.ts";
import type { githubMatrix } from "./shards.ts";

const LARGEST_DESCRIPTION = 64 * 1024;
/** Folders below one another that are looked at: a name of 255 characters has fewer segments. */
const DEEPEST = 130;

/** What was found where builds leave images. */
export interface FoundHandOvers {
  /** In the order of their places. */
  readonly handOvers: readonly HandOver[];
  /** What is there and is no hand-over: a build may have written anything. */
  readonly problems: readonly StowageError[];
}

/**
 * Everything that builds left below a folder. A build.json that is not what {@link writeHandOver} writes, or lies where
 * that would not have put it, is a problem and keeps no other from being found. Throws StowageError ("usage") where
 * there is no such folder.
 */
export function readHandOvers(out: string): FoundHandOvers {
  requireFolder(out);
  const handOvers: HandOver[] = [];
  const problems: StowageError[] = [];
  for (const folder of foldersBelow(out, 0)) {
    try {
      handOvers.push(readHandOver(out, folder));
    } catch (error) {
      if (!(error instanceof StowageError)) throw error;
      problems.push(error);
    }
  }
  return { handOvers, problems };
}

/**
 * The same where each job of a matrix left a folder of its own, called `stowage-image-<id>`. An image is taken from the
 * job that was to build it, and from no other: one recipe must not reach another's image.
 */
export function readJobHandOvers(out: string, { include }: ReturnType<typeof githubMatrix>): FoundHandOvers {
  requireFolder(out);
  const planned = new Map(include.map(({ id, references }) => [id, new Set(references.split(" "))]));
  const found: { handOvers: HandOver[]; problems: StowageError[] } = { handOvers: [], problems: [] };
  for (const entry of sortedEntries(out).filter((each) => each.isDirectory())) {
    const job = planned.get(/^stowage-image-(\d+)$/.exec(entry.name)?.[1] ?? "");
    const { handOvers, problems } = readHandOvers(join(out, entry.name));
    // One by one: a build may have left more of them than a call has room for.
    for (const problem of problems) found.problems.push(problem);
    for (const handOver of handOvers) {
      const name = formatReference(handOver.reference);
      if (job?.has(name)) found.handOvers.push(handOver);
      else
        found.problems.push(
          new StowageError("image", `${name}: is not published: the job ${entry.name} was not to build it`),
        );
    }
  }
  return found;
}

function requireFolder(out: string): void {
  if (statsOf(out)?.isDirectory()) return;
  throw new StowageError("usage", `no folder at ${out}; expected what stowage build --out wrote`);
}

/** The folders with a build.json; links are not followed. */
function* foldersBelow(folder: string, depth: number): Iterable<string> {
  if (depth > DEEPEST) return;
  const entries = sortedEntries(folder);
  if (entries.some(({ name }) => name === DESCRIPTION)) yield folder;
  for (const entry of entries)
    if (entry.isDirectory()) yield* foldersBelow(join(folder, entry.name), depth + 1);
}

interface Description {
  readonly reference: string;
  readonly size: number;
  readonly digest: Digest;
  readonly recipe?: Digest;
  readonly builder: BuilderVersion;
}

function readHandOver(out: string, folder: string): HandOver {
  const file = join(folder, DESCRIPTION);
  const { reference: text, size, digest, recipe, builder } = readDescription(file);
  const reference = parseReferenceIn(text, file);
  if (handOverFolder(out, reference) !== join(folder)) {
    throw new StowageError(
      "image",
      `is about ${text}, which belongs into ${handOverFolder(out, reference)}`,
      {
        place: { file },
      },
    );
  }
  const sha256 = digest.slice("sha256:".length);
  return { reference, ...handOverFiles(folder), size, sha256, builder, ...(recipe && { recipe }) };
}

function parseReferenceIn(text: string, file: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    throw new StowageError("image", messageOf(error), { place: { file }, cause: error });
  }
}

function readDescription(file: string): Description {
  const read = readTextFile(file, LARGEST_DESCRIPTION);
  const data = "problem" in read ? undefined : parseJson(read.text);
  const [issue] = validate("build", data);
  if (!issue) return data as Description;
  const where = issue.path.join(".") || "the file";
  throw new StowageError("image", `${where} is not right; expected ${issue.expected}`, { place: { file } });
}
