import { formatDay, formatNumber } from "../format.ts";
import type { Digest } from "./digest.ts";
import { type Health, type HealthProblem, type ImageHealth, imageKey } from "./health.ts";
import type { Collection, ImageRecord, Layer } from "./model.ts";
import type { Reference } from "./reference.ts";

/**
 * What health.json says of the images that some collections name: made once for a site, of which every page and
 * endpoint asks it.
 */
export interface HealthReport {
  /** When the last check ended (RFC 3339). */
  readonly checked: string;
  /** Every image that a record names, each once; in code-point order of address and digest. */
  readonly images: readonly ReportedImage[];
  /** What is known of an image, by {@link imageKey}. */
  readonly known: ReadonlyMap<string, ImageHealth>;
}

export interface ReportedImage {
  readonly url: string;
  readonly digest: Digest;
  /** The tags that have it; never none. */
  readonly references: readonly Reference[];
  /** Absent: it was never asked for. */
  readonly health?: ImageHealth;
}

/** The part that is about images of these collections. */
export function healthOf(health: Health, collections: readonly Collection[]): Health {
  const named = new Set<string>();
  for (const { tags } of collections) {
    for (const { record } of tags) for (const layer of record?.layers ?? []) named.add(imageKey(layer));
  }
  return { ...health, images: health.images.filter((image) => named.has(imageKey(image))) };
}

/** Puts what health.json says beside the images that collections name. */
export function reportHealth({ checked, images }: Health, collections: readonly Collection[]): HealthReport {
  const known = new Map(images.map((image) => [imageKey(image), image]));
  const named = new Map<string, ReportedImage & { readonly references: Reference[] }>();
  for (const { name: collection, tags } of collections) {
    for (const { name: tag, record } of tags) {
      for (const [key, { url, digest }] of record ? layersOf(record) : []) {
        const health = known.get(key);
        const image = named.get(key) ?? { url, digest, references: [], ...(health && { health }) };
        image.references.push({ collection, tag });
        named.set(key, image);
      }
    }
  }
  const sorted = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
  return { checked, images: sorted.map(([, image]) => image), known };
}

/** The images of a record, each once. */
function layersOf({ layers }: ImageRecord): ReadonlyMap<string, Layer> {
  return new Map(layers.map((layer) => [imageKey(layer), layer]));
}

/** What is known of the image of one tag. */
export type TagHealth = Pick<ImageHealth, "checked" | "verified" | "problem">;

/** What is known of all that a record names, as far back as its least known part; undefined where one was not asked for. */
export function tagHealth({ known }: HealthReport, record: ImageRecord): TagHealth | undefined {
  const images: ImageHealth[] = [];
  for (const key of layersOf(record).keys()) {
    const image = known.get(key);
    if (!image) return undefined;
    images.push(image);
  }
  const failing = images.find(({ problem }) => problem);
  if (failing) return failing;
  const verified = images.map((image) => image.verified);
  const isVerified = verified.every((time) => time !== undefined);
  return {
    checked: earliest(images.map((image) => image.checked)),
    ...(isVerified && { verified: earliest(verified) }),
  };
}

/** An image of which something is wrong. */
export interface FailingImage extends ReportedImage {
  readonly health: ImageHealth & { readonly problem: HealthProblem };
}

export function isFailing(image: ReportedImage): image is FailingImage {
  return image.health?.problem !== undefined;
}

/** How many images there are, by what is known of them. */
export interface HealthCounts {
  readonly images: number;
  /** They answered, and nothing was found to differ from their records. */
  readonly well: number;
  readonly failing: number;
  /** Never asked for. */
  readonly unknown: number;
  /** Of those that are well: how many had their digest recomputed, once. */
  readonly verified: number;
}

export function countHealth({ images }: HealthReport): HealthCounts {
  const asked = images.filter(({ health }) => health);
  const well = asked.filter((image) => !isFailing(image));
  return {
    images: images.length,
    well: well.length,
    failing: asked.length - well.length,
    unknown: images.length - asked.length,
    verified: well.filter(({ health }) => health?.verified !== undefined).length,
  };
}

/** `122 of 123 images there on 2026-11-20`: of those that were asked for, with the day or days of that. */
export function healthLine(report: HealthReport): string {
  const { images, well, unknown } = countHealth(report);
  const days = report.images.flatMap(({ health }) => (health ? [health.checked] : []));
  if (days.length === 0) return "no image was asked for yet";
  const [first, last] = [formatDay(earliest(days)), formatDay(latest(days))];
  const when = first === last ? `on ${first}` : `between ${first} and ${last}`;
  const asked = images - unknown;
  return `${formatNumber(well)} of ${formatNumber(asked)} ${asked === 1 ? "image" : "images"} there ${when}`;
}

/** What a code means, in words that fit in front of `since`. */
export function problemWords({ code }: HealthProblem): string {
  return code === "image-unreachable" ? "not there" : "not what its record says";
}

/** The earliest of some times (RFC 3339), of which there is one at least. */
export function earliest(times: readonly string[]): string {
  return times.reduce((found, time) => (Date.parse(time) < Date.parse(found) ? time : found));
}

function latest(times: readonly string[]): string {
  return times.reduce((found, time) => (Date.parse(time) > Date.parse(found) ? time : found));
}
