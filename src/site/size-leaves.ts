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
  /** What lies together: what is directly below the namespace. */
  readonly group: string;
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
  /** The largest first. */
  readonly images: readonly SizedImage[];
}

/** Some of them, which may become one rectangle. */
interface Part {
  /** Of a namespace, a collection, or the only image in it. */
  readonly name: string;
  readonly group: string;
  readonly bytes: number;
  readonly images: readonly SizedImage[];
}

/**
 * What a map of a place shows, largest first: what is directly below it, and of that the largest taken apart, down to
 * single images, as long as there is room. What does not fit at all is one leaf, the last.
 */
export function leavesOf({ namespace, images }: SizedPlace, site: Site, most = MOST_LEAVES): Leaf[] {
  const sized = images.filter(({ size }) => size > 0);
  const parts = takeApart(partsBelow(commonNamespace(sized), sized), most);
  const sorted = [...parts].sort((a, b) => b.bytes - a.bytes);
  return foldLeaves(
    sorted.map((part) => leafOf(part, namespace, site)),
    most,
  );
}

function takeApart(parts: readonly Part[], most: number): ReadonlySet<Part> {
  const open = new Set(parts);
  const whole = new Set<Part>();
  while (open.size + whole.size < most) {
    const largest = largestOf(open);
    if (!largest) break;
    open.delete(largest);
    const smaller = partsOf(largest);
    const fits = smaller.length > 0 && open.size + whole.size + smaller.length <= most;
    if (fits) for (const part of smaller) open.add(part);
    else whole.add(largest);
  }
  return new Set([...whole, ...open]);
}

function largestOf(parts: Iterable<Part>): Part | undefined {
  let largest: Part | undefined;
  for (const part of parts) if (!largest || part.bytes > largest.bytes) largest = part;
  return largest;
}

/** None where it is one image. */
function partsOf({ name, group, images }: Part): Part[] {
  if (images.length === 1) return [];
  if (images.some((image) => collectionOf(image) !== name))
    return partsBelow(name, images).map((part) => ({ ...part, group }));
  return images.map((image) => ({ name, group, bytes: image.size, images: [image] }));
}

function partsBelow(namespace: string, images: readonly SizedImage[]): Part[] {
  return [...groupBy(images, (image) => [childOf(image, namespace)])].map(([name, members]) => ({
    name,
    group: name,
    bytes: members.reduce((sum, { size }) => sum + size, 0),
    images: members,
  }));
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

function leafOf(part: Part, namespace: string, site: Site): Leaf {
  const { name, group, bytes, images } = part;
  const newest = images.reduce((found, image) =>
    (image.age ?? Infinity) < (found.age ?? Infinity) ? image : found,
  );
  const { text, path } = images.length === 1 ? nameOfImage(newest) : nameOfPart(name, images);
  return {
    name: namespace !== "" && text.startsWith(`${namespace}/`) ? text.slice(namespace.length + 1) : text,
    group,
    bytes,
    images: images.length,
    ...(newest.age !== undefined && { age: newest.age }),
    ...(newest.created !== undefined && { created: newest.created }),
    href: href(site, path),
  };
}

function nameOfImage({ tags: [first, ...others] }: SizedImage): { text: string; path: string } {
  if (!first) return { text: "", path: "" };
  const { collection, tag } = first;
  const name = formatReference({ collection: collection.name, tag: tag.name });
  return {
    text: others.length > 0 ? `${name} +${others.length}` : name,
    path: tagPath(collection.name, tag.name),
  };
}

function nameOfPart(name: string, images: readonly SizedImage[]): { text: string; path: string } {
  const collection = images[0]?.tags[0]?.collection.name;
  const isCollection = collection !== undefined && images.every((image) => collectionOf(image) === name);
  return isCollection
    ? { text: name, path: collectionPath(collection) }
    : { text: `${name}/`, path: namespaceSizesPath(name) };
}

/** So many leaves at most: the last stands for those that are left out. */
function foldLeaves(leaves: readonly Leaf[], most: number): Leaf[] {
  if (leaves.length <= most) return [...leaves];
  const rest = leaves.slice(most - 1);
  const newest = rest.reduce((found, leaf) =>
    (leaf.age ?? Infinity) < (found.age ?? Infinity) ? leaf : found,
  );
  const { href: _, ...others } = {
    ...newest,
    name: `${rest.length} others`,
    group: "",
    bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0),
    images: rest.reduce((sum, { images }) => sum + images, 0),
  };
  return [...leaves.slice(0, most - 1), others];
}
