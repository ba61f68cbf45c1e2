import type { Digest } from "./digest.ts";
import type { Groups, Member } from "./groups.ts";
import { type HealthReport, tagHealth } from "./health-report.ts";
import type { Collection, Registry } from "./model.ts";
import { formatReference } from "./reference.ts";

/**
 * How much room images take: each once, however many tags have it. Made once for a site. There is no clock in it: ages
 * are counted back from the newest time that the registry itself knows.
 */
export interface Sizes {
  /** The largest first, then in the order of their digests. */
  readonly images: readonly SizedImage[];
  /** In bytes. */
  readonly total: number;
  /** How many bytes more it would be if no two tags shared an image. */
  readonly saved: number;
  /** Tags whose record is one of 2019: the unit of its size is not known, so that it is in none of this. */
  readonly unknown: number;
  /** When the newest image was made, or health was last checked, whichever is later (RFC 3339). */
  readonly newest?: string;
}

export interface SizedImage {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** When it was made (RFC 3339): where records differ, the earliest. */
  readonly created?: string;
  /** Whole days from then to the newest time that is known. */
  readonly age?: number;
  /** The tags that have it; never none, in the order of the registry. */
  readonly tags: readonly Required<Member>[];
  /** Why somebody may want to delete it. */
  readonly advice: readonly Advice[];
}

/**
 * `stale`, `deprecated`: all its tags are to be built anew, or of a collection that nobody should use. `old`: older than
 * {@link OLD} days, and nothing younger is built on it. `failing`: the image is not what its record says, or gone.
 */
export type Advice = "stale" | "deprecated" | "old" | "failing";

/** In days. */
export const OLD = 365;
const DAY = 24 * 60 * 60 * 1000;

/** Measures the images that records name. */
export function measureImages(
  { collections, health }: Pick<Registry, "collections" | "health">,
  { builtOn }: Pick<Groups, "builtOn">,
  report?: HealthReport,
): Sizes {
  const newest = newestTime(collections, health?.checked);
  const byDigest = new Map<Digest, Required<Member>[]>();
  const counts = { all: 0, unknown: 0 };
  for (const collection of collections) {
    for (const tag of collection.tags) {
      if (!tag.record) continue;
      const { schema, digest, size } = tag.record;
      if (schema === 2) counts.all += size;
      else counts.unknown++;
      if (schema !== 2) continue;
      const tags = byDigest.get(digest);
      if (tags) tags.push({ collection, tag });
      else byDigest.set(digest, [{ collection, tag }]);
    }
  }
  const images = [...byDigest].map(([digest, tags]) => sizedImage(digest, tags, { newest, builtOn, report }));
  const total = images.reduce((sum, { size }) => sum + size, 0);
  return {
    images: images.sort((a, b) => b.size - a.size || (a.digest < b.digest ? -1 : 1)),
    total,
    saved: Math.max(counts.all - total, 0),
    unknown: counts.unknown,
    ...(newest !== undefined && { newest }),
  };
}

/** The newest time that a registry knows: of an image, or of a check (RFC 3339). */
function newestTime(collections: readonly Collection[], checked: string | undefined): string | undefined {
  const times = collections.flatMap(({ updated }) => updated ?? []);
  return (checked === undefined ? times : [...times, checked]).reduce<string | undefined>(
    (newest, time) => (newest === undefined || Date.parse(time) > Date.parse(newest) ? time : newest),
    undefined,
  );
}

interface Known {
  readonly newest: string | undefined;
  readonly builtOn: Groups["builtOn"];
  readonly report: HealthReport | undefined;
}

function sizedImage(digest: Digest, tags: readonly Required<Member>[], known: Known): SizedImage {
  let size = 0;
  let created: string | undefined;
  for (const { tag } of tags) {
    const record = tag.record;
    if (!record) continue;
    // Records of one image should agree; where they do not, nobody is told of less than one says.
    size = Math.max(size, record.size);
    created = earlier(created, record.created);
  }
  const age = ageOf(created, known.newest);
  return {
    digest,
    size,
    ...(created !== undefined && { created }),
    ...(age !== undefined && { age }),
    tags,
    advice: adviceOf(tags, age, known),
  };
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b) < Date.parse(a) ? b : a;
}

function adviceOf(
  tags: readonly Required<Member>[],
  age: number | undefined,
  known: Known,
): readonly Advice[] {
  const advice: Advice[] = [];
  const { report } = known;
  if (report && tags.some(({ tag }) => tag.record && tagHealth(report, tag.record)?.problem))
    advice.push("failing");
  const isOld = age !== undefined && age > OLD;
  const isSuperseded = tags.every((member) => isStale(member) || isDeprecated(member));
  if (!isOld && !isSuperseded) return advice;
  if (tags.some(({ tag }) => tag.isFrozen) || isNeeded(tags, known)) return advice;
  if (isSuperseded && tags.some(isStale)) advice.push("stale");
  if (isSuperseded && tags.some(isDeprecated)) advice.push("deprecated");
  if (isOld) advice.push("old");
  return advice;
}

function isStale({ tag }: Required<Member>): boolean {
  return tag.status === "stale";
}

function isDeprecated({ collection }: Member): boolean {
  return Boolean(collection.deprecated);
}

/** Whether something is built on an image that is not old itself, or not built yet. */
function isNeeded(tags: readonly Required<Member>[], { builtOn, newest }: Known): boolean {
  if (builtOn.size === 0) return false;
  return tags.some(({ collection, tag }) => {
    const name = formatReference({ collection: collection.name, tag: tag.name });
    return builtOn.get(name)?.some((member) => (ageOf(member.tag?.record?.created, newest) ?? 0) <= OLD);
  });
}

function ageOf(created: string | undefined, newest: string | undefined): number | undefined {
  if (created === undefined || newest === undefined) return undefined;
  const days = Math.floor((Date.parse(newest) - Date.parse(created)) / DAY);
  return Number.isNaN(days) ? undefined : Math.max(days, 0);
}

/** How many bytes deleting some images would give back: those that fail may be gone already, and are not counted. */
export function freedBytes(images: readonly SizedImage[]): number {
  return images.reduce((sum, { size, advice }) => (advice.includes("failing") ? sum : sum + size), 0);
}
