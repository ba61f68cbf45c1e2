import { collectionPath, namespaceSizesPath, tagPath } from "../endpoints/paths.ts";
import { groupBy } from "../group-by.ts";
import type { Site } from "../protocols/site.ts";
import { formatReference, namespaceOf } from "../registry/reference.ts";
import type { SizedImage } from "../registry/sizes.ts";
import { href } from "./links.ts";

/** One rectangle of a map: an image, or all of a collection or of a namespace. */
export interface Leaf {
  /** Below the namespace that is shown. */
  readonly name: string;
  readonly bytes: number;
  /** How many images it stands for. */
  readonly images: number;
  /** Of the newest of them, in days; absent where no record says. */
  readonly age?: number;
  /** When that was made. */
  readonly created?: string;
  /** Absent: it is what was left over. */
  readonly href?: string;
}

/** The most rectangles in a map. */
export const MOST_LEAVES = 60;

/** The images of a registry or of one namespace, each where the first of its tags is. */
export interface SizedPlace {
  /** Empty: all of the registry. */
  readonly namespace: string;
  readonly images: readonly SizedImage[];
}

/**
 * What a map of a place shows: its images, where there are not too many, else its collections, else what is directly
 * below it. Largest first; what does not fit is one leaf, the last.
 */
export function leavesOf(place: SizedPlace, namespaces: ReadonlySet<string>, site: Site): Leaf[] {
  const images = place.images.filter(({ size }) => size > 0);
  if (images.length <= MOST_LEAVES) return images.map((image) => imageLeaf(image, place.namespace, site));
  const common = commonNamespace(images);
  const collections = groupBy(images, (image) => [collectionOf(image)]);
  const groups =
    collections.size <= MOST_LEAVES ? collections : groupBy(images, (image) => [childOf(image, common)]);
  const leaves = [...groups].map(([name, members]) => groupLeaf(name, members, place, namespaces, site));
  return fold(leaves.sort((a, b) => b.bytes - a.bytes), MOST_LEAVES);
}

/** So many leaves at most: the last stands for those that are left out. */
export function fold(leaves: readonly Leaf[], most: number): Leaf[] {
  if (leaves.length <= most) return [...leaves];
  const rest = leaves.slice(most - 1);
  const count = rest.reduce((sum, { images }) => sum + images, 0);
  const { href: _, ...others } = joinLeaves(`${rest.length} others`, rest, count);
  return [...leaves.slice(0, most - 1), others];
}

function joinLeaves(name: string, parts: readonly Omit<Leaf, "name">[], images: number, to?: string): Leaf {
  const newest = parts.reduce<Omit<Leaf, "name"> | undefined>(
    (found, part) => ((part.age ?? Infinity) < (found?.age ?? Infinity) ? part : found),
    undefined,
  );
  return {
    name,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    images,
    ...(newest?.age !== undefined && { age: newest.age }),
    ...(newest?.created !== undefined && { created: newest.created }),
    ...(to !== undefined && { href: to }),
  };
}

function imageLeaf(image: SizedImage, namespace: string, site: Site): Leaf {
  const { size, age, created, tags } = image;
  const [first] = tags;
  const more = tags.length > 1 ? ` +${tags.length - 1}` : "";
  const name = first
    ? formatReference({ collection: first.collection.name, tag: first.tag.name }) + more
    : image.digest;
  return {
    name: below(name, namespace),
    bytes: size,
    images: 1,
    ...(age !== undefined && { age }),
    ...(created !== undefined && { created }),
    ...(first && { href: href(site, tagPath(first.collection.name, first.tag.name)) }),
  };
}

function groupLeaf(
  name: string,
  images: readonly SizedImage[],
  { namespace }: SizedPlace,
  namespaces: ReadonlySet<string>,
  site: Site,
): Leaf {
  const parts = images.map((image) => imageLeaf(image, namespace, site));
  const collection = images[0]?.tags[0]?.collection.name;
  const isNamespace = namespaces.has(name) && name !== namespace;
  const to = isNamespace ? namespaceSizesPath(name) : collection && collectionPath(collection);
  return joinLeaves(
    below(name, namespace) + (isNamespace ? "/" : ""),
    parts,
    images.length,
    to && href(site, to),
  );
}

/** Where an image is counted: in the first collection that has it. */
export function collectionOf({ tags }: SizedImage): string {
  return tags[0]?.collection.name ?? "";
}

/** The namespace or collection directly below a namespace that an image is in. */
function childOf(image: SizedImage, namespace: string): string {
  const name = collectionOf(image);
  const end = name.indexOf("/", namespace === "" ? 0 : namespace.length + 1);
  return end === -1 ? name : name.slice(0, end);
}

/** The innermost namespace that has all images: what is above it would be a map of one rectangle. */
function commonNamespace(images: readonly SizedImage[]): string {
  let common = namespaceOf(images[0] ? collectionOf(images[0]) : "");
  for (const image of images)
    while (common !== "" && !collectionOf(image).startsWith(`${common}/`)) common = namespaceOf(common);
  return common;
}

function below(name: string, namespace: string): string {
  return namespace !== "" && name.startsWith(`${namespace}/`) ? name.slice(namespace.length + 1) : name;
}
