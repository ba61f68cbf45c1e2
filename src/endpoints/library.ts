import { libraryParts, libraryRefusal } from "../protocols/library.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetsOf } from "../protocols/target.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { type Endpoint, compactJsonEndpoint, imageEndpoint, jsonEndpoint } from "./endpoint.ts";
import {
  LIBRARY_CONFIG_PATH,
  LIBRARY_SEARCH_PATH,
  LIBRARY_VERSION_PATH,
  libraryFilePath,
  libraryImagePath,
} from "./paths.ts";

/** What the client takes for a library that answers; nothing of ours depends on it. */
const LIBRARY_VERSION = { version: "v1.0.0", apiVersion: "2.0.0-alpha.2" };

/**
 * `/v1/`, for library:// and `apptainer search`. The client asks for what its user typed, so an image answers to
 * `ns/name:tag`, to `ns/default/name:tag` (as search prints it), and to both with `sha256.<hex>` for the tag.
 *
 *     {"data":{"hash":"sha256.6c9b857f…","size":184320,…}}
 */
export function* libraryEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  const url = site.to("");
  yield jsonEndpoint(LIBRARY_CONFIG_PATH, { libraryAPI: { uri: url }, keystoreAPI: { uri: url } });
  yield jsonEndpoint(LIBRARY_VERSION_PATH, { data: LIBRARY_VERSION });
  const names = new Set<string>(collections.map(({ name }) => name));
  const found: object[] = [];
  for (const collection of collections) {
    const targets = [...targetsOf(collection, site)].filter((target) => libraryRefusal(target) === undefined);
    for (const entry of searchEntries(collection, targets)) found.push(entry);
    for (const name of spellings(collection, names)) yield* imagesOf(name, targets);
  }
  const data = { entity: [], collection: [], container: [], image: found };
  yield compactJsonEndpoint(LIBRARY_SEARCH_PATH, { data });
}

/** `ns/name`, and `ns/default/name` unless that is a collection of its own. */
function spellings({ name }: Collection, names: ReadonlySet<string>): string[] {
  const parts = libraryParts(name);
  const full = parts?.join("/");
  return full === undefined || full === name || names.has(full) ? [name] : [name, full];
}

/** Every tag, and every image by its hash. */
function* imagesOf(name: string, targets: readonly PullTarget[]): Iterable<Endpoint> {
  for (const target of targets) yield* imageAt(`${name}:${target.reference.tag}`, target);
  const byHash = new Map(targets.map((target) => [hashOf(target), target]));
  for (const [hash, target] of byHash) yield* imageAt(`${name}:${hash}`, target);
}

function* imageAt(reference: string, target: PullTarget): Iterable<Endpoint> {
  const { record, image } = target;
  const data = {
    hash: hashOf(target),
    size: image.size,
    ...(record.architecture !== undefined && { architecture: record.architecture }),
    ...(record.created !== undefined && { createdAt: record.created }),
    uploaded: true,
  };
  yield compactJsonEndpoint(libraryImagePath(reference), { data });
  yield imageEndpoint(libraryFilePath(reference), image);
}

/** One entry for each image, with all its tags. */
function searchEntries({ name, description }: Collection, targets: readonly PullTarget[]): object[] {
  const [entityName, collectionName, containerName] = libraryParts(name) ?? [];
  const tagsByHash = new Map<string, string[]>();
  for (const target of targets) {
    const tags = tagsByHash.get(hashOf(target));
    if (tags) tags.push(target.reference.tag);
    else tagsByHash.set(hashOf(target), [target.reference.tag]);
  }
  return [...tagsByHash].map(([hash, tags]) => ({
    hash,
    entityName,
    collectionName,
    containerName,
    tags,
    description: description ?? "",
  }));
}

/** As the library writes it: with a dot, not a colon. */
function hashOf({ image: { sha256 = "" } }: PullTarget): string {
  return `sha256.${sha256}`;
}
