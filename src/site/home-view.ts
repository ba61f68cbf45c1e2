import {
  CHANGES_PATH,
  COLLECTIONS_PATH,
  HEALTH_PATH,
  SEARCH_PATH,
  SIZES_PATH,
  manifestPath,
  namespacePath,
  tagPath,
} from "../endpoints/paths.ts";
import { formatBytes, formatDay, formatNumber, plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Registry, Tag } from "../registry/model.ts";
import { formatReference, namespaceOf, shortNameOf } from "../registry/reference.ts";
import { countHealth } from "../registry/health-report.ts";
import { preferredTag } from "../registry/preferred-tag.ts";
import { sizeText } from "./collection-rows.ts";
import { newestCollections, placeInListing, sortedRows } from "./collections-view.ts";
import { failureNotice } from "./health-view.ts";
import { crumbsOf, href } from "./links.ts";
import { newRecipeLink } from "./new-recipe-link.ts";
import { type RegistryTag, newestTags, storedBytes, tagsOf } from "./newest-tags.ts";
import { pullView } from "./pull-view.ts";
import { sizesStrip } from "./sizes-view.ts";

const MOST_NEWEST_TAGS = 8;
const MOST_WAITING_TAGS = 8;
const MOST_COLLECTIONS = 12;

/** What this registry is, what it has, and how to begin with it. */
export function homeView(registry: Registry, site: Site): object {
  const { collections, config } = registry;
  const tags = [...tagsOf(collections)];
  const waiting = tags.filter(({ tag }) => tag.status === "to build");
  return {
    path: "",
    numbers: numbersOf(registry, tags, waiting, site),
    failure: failureNotice(site),
    sizes: sizesStrip(registry, site),
    pull: firstPull(collections, site),
    publishes: config.builder.kind !== "none",
    recipe: newRecipeLink(config.repository, config.tree ?? "registry"),
    tree: config.tree === "." ? "" : `${config.tree ?? "registry"}/`,
    newest: newestTags(tags, MOST_NEWEST_TAGS).map(({ collection, tag }) => ({
      ...linkTo({ collection, tag }, site),
      created: tag.record?.created,
      day: tag.record?.created && formatDay(tag.record.created),
      size: tag.record && sizeText(tag.record),
      architecture: tag.record?.architecture,
    })),
    waiting: waiting.slice(0, MOST_WAITING_TAGS).map((each) => linkTo(each, site)),
    moreWaiting: Math.max(waiting.length - MOST_WAITING_TAGS, 0),
    collections: newestCollections(registry, site, MOST_COLLECTIONS),
    changesHref: href(site, CHANGES_PATH),
    hasMoreCollections: collections.length > MOST_COLLECTIONS,
    collectionCount: formatNumber(collections.length),
    collectionsHref: href(site, COLLECTIONS_PATH),
    jsonLd: site.url === undefined ? undefined : describeSite(registry, site),
  };
}

/** Four numbers, each with the page that tells more. */
function numbersOf(
  { collections }: Registry,
  tags: readonly RegistryTag[],
  waiting: readonly RegistryTag[],
  site: Site,
): object[] {
  const built = tags.filter(({ tag }) => tag.record).length;
  const bytes = storedBytes(tags);
  const failing = site.health ? countHealth(site.health).failing : 0;
  return [
    numberOf(collections.length, "collection", href(site, COLLECTIONS_PATH)),
    numberOf(built, "tag", href(site, `${COLLECTIONS_PATH}by-updated/`), " built"),
    ...(bytes > 0 ? [{ value: formatBytes(bytes), label: "of images", href: href(site, SIZES_PATH) }] : []),
    failing > 0
      ? { value: formatNumber(failing), label: "failing", href: href(site, HEALTH_PATH) }
      : {
          value: formatNumber(waiting.length),
          label: "to build",
          href: waiting.length > 0 ? "#waiting-heading" : href(site, COLLECTIONS_PATH),
        },
  ];
}

function numberOf(count: number, noun: string, to: string, rest = ""): object {
  return { value: formatNumber(count), label: `${noun}${count === 1 ? "" : "s"}${rest}`, href: to };
}

/** The commands that somebody can begin with: of the first collection that a client can pull. */
function firstPull(collections: readonly Collection[], site: Site): object | undefined {
  for (const collection of collections) {
    const tag = preferredTag(collection);
    const command = tag && pullView(collection, tag, site).lines[0]?.command;
    if (tag && command !== undefined)
      return { ...linkTo({ collection, tag }, site), command, curl: curlLine(collection, tag, site) };
  }
  return undefined;
}

/** Asks this very site for the address of an image, in the manner of 2019. */
function curlLine(collection: Collection, tag: Tag, site: Site): string {
  return `curl -sL ${site.to(manifestPath(collection.name, tag.name))} | jq -r '.layers[].urls[0]'`;
}

function linkTo({ collection, tag }: RegistryTag, site: Site): { name: string; href: string } {
  const reference = { collection: collection.name, tag: tag.name };
  return { name: formatReference(reference), href: href(site, tagPath(collection.name, tag.name)) };
}

/** What search engines are told: a catalogue, and how it is searched. */
function describeSite({ config }: Registry, site: Site): object {
  return {
    "@context": "https://schema.org",
    "@type": "DataCatalog",
    name: config.title,
    description: config.description,
    url: site.to(""),
    potentialAction: {
      "@type": "SearchAction",
      target: `${site.to(SEARCH_PATH)}?q={query}`,
      "query-input": "required name=query",
    },
  };
}

/** More rows than these make a page that a phone does not like to hold; the A–Z list goes on where they end. */
const MOST_ROWS = 500;

/** The collections below a namespace. */
export function namespaceView(
  namespace: string,
  collections: readonly Collection[],
  registry: Registry,
  site: Site,
): object {
  const rows = sortedRows(collections, site);
  const next = rows[MOST_ROWS];
  return {
    title: namespace,
    description: `${plural(collections.length, "collection")} of images below ${namespace}.`,
    path: namespacePath(namespace),
    crumbs: crumbsOf(namespaceOf(namespace), site),
    shortName: shortNameOf(namespace),
    count: plural(collections.length, "collection"),
    collections: rows.slice(0, MOST_ROWS),
    isWhole: next === undefined,
    searchHref: href(site, SEARCH_PATH),
    ...(next && {
      moreCount: plural(rows.length - MOST_ROWS, "more collection"),
      moreHref: placeInListing(next.name, registry, site),
    }),
  };
}
