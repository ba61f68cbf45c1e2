import { tagPath } from "../endpoints/paths.ts";
import { formatBytes, formatDay, formatNumber, plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { formatReference } from "../registry/reference.ts";
import { type Advice, OLD, type SizedImage, freedBytes } from "../registry/sizes.ts";
import { href } from "./links.ts";

/** How many images each list names; the API has all. */
const MOST_IN_A_LIST = 20;
/** How many tags of one image a row names. */
const MOST_TAGS = 5;

interface List {
  readonly heading: string;
  readonly lead: string;
  readonly isIn: (image: SizedImage) => boolean;
  /** Whether deleting them gives something back. */
  readonly isFreeing: boolean;
  readonly compare?: (a: SizedImage, b: SizedImage) => number;
}

const has = (image: SizedImage, ...advice: readonly Advice[]) =>
  advice.some((each) => image.advice.includes(each));

const LISTS: readonly List[] = [
  {
    heading: "Superseded",
    lead: "All tags of these are stale (the definition file changed after the image was built) or of a deprecated collection.",
    isIn: (image) => has(image, "stale", "deprecated"),
    isFreeing: true,
  },
  {
    heading: "Old",
    lead: `Made more than ${OLD} days before the newest, and nothing younger is built on them. Somebody may still pull them.`,
    isIn: (image) => has(image, "old"),
    isFreeing: true,
    compare: (a, b) => (b.age ?? 0) - (a.age ?? 0),
  },
  {
    heading: "Failing",
    lead: "The image is gone, or not what its record says: there the record is to be put right, and how much room that frees nobody knows.",
    isIn: (image) => has(image, "failing"),
    isFreeing: false,
  },
];

/** What somebody may want to delete: images as they come, the largest first. */
export function cleanupView(images: readonly SizedImage[], site: Site): object {
  const freeing = images.filter((image) => has(image, "stale", "deprecated", "old"));
  return {
    largest: images.slice(0, MOST_IN_A_LIST / 2).map((image) => imageRow(image, site)),
    lists: LISTS.map((list) => listView(list, images, site)).filter(({ rows }) => rows.length > 0),
    freed: freeing.length > 0 && {
      images: plural(freeing.length, "image"),
      bytes: formatBytes(freedBytes(freeing)),
    },
  };
}

function listView(
  { heading, lead, isIn, isFreeing, compare }: List,
  images: readonly SizedImage[],
  site: Site,
): { readonly rows: readonly object[] } {
  const found = images.filter(isIn);
  const sorted = compare ? found.sort(compare) : found;
  const view = {
    id: heading.toLowerCase(),
    heading,
    lead,
    count: plural(found.length, "image"),
    ...(isFreeing && { freed: formatBytes(freedBytes(found)) }),
    rows: sorted.slice(0, MOST_IN_A_LIST).map((image) => imageRow(image, site)),
    more: formatNumber(found.length - MOST_IN_A_LIST),
    hasMore: found.length > MOST_IN_A_LIST,
  };
  return view;
}

function imageRow({ tags, size, created, advice }: SizedImage, site: Site): object {
  return {
    tags: tags.slice(0, MOST_TAGS).map(({ collection, tag }) => ({
      name: formatReference({ collection: collection.name, tag: tag.name }),
      href: href(site, tagPath(collection.name, tag.name)),
    })),
    more: Math.max(tags.length - MOST_TAGS, 0),
    size: formatBytes(size),
    created: created && formatDay(created),
    reasons: advice.join(", "),
  };
}
