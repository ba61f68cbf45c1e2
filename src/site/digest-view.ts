import { highlightDefinition } from "../definition/highlight.ts";
import {
  COMPARE_PATH,
  collectionPath,
  digestDefinitionPath,
  digestManifestPath,
  digestPath,
  tagHistoryPath,
  tagPath,
} from "../endpoints/paths.ts";
import { formatBytes, formatNumber, shortDigest } from "../format.ts";
import { differenceOf } from "../history/difference.ts";
import type { CollectionHistory, Pointer, Version } from "../history/history.ts";
import { type Said, saidOf } from "../history/said.ts";
import { escapeHtml } from "../html.ts";
import { digestPull } from "../protocols/digest-pull.ts";
import type { Site } from "../protocols/site.ts";
import { layerUrl } from "../registry/local-images.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { differenceView } from "./difference-html.ts";
import { tagHealthView } from "./health-view.ts";
import { commitHtml, extentNote, linkHtml, rowHtml, timeHtml } from "./history-html.ts";
import { crumbsOf, href } from "./links.ts";

/** How many times when a tag pointed to an image are told, the newest. */
const MOST_POINTERS = 100;

/** One image by its digest: what it was, which tags had it, and how it differs from the one before. */
export function digestView(
  collection: CollectionHistory,
  version: Version,
  site: Site,
  repository: string | undefined,
): object {
  const { name } = collection;
  const { digest, record } = version;
  const said = saidOf(version);
  const pointers = collection.pointers.get(digest) ?? [];
  const current = pointers.filter(({ until }) => !until);
  return {
    title: `${name}@${shortDigest(digest)}`,
    path: digestPath(name, digest),
    name,
    crumbs: [
      ...crumbsOf(namespaceOf(name), site),
      { text: shortNameOf(name), href: href(site, collectionPath(name)) },
    ],
    shortName: shortDigest(digest),
    digest,
    current: current.map(({ tag }) => ({ name: tag, href: href(site, tagPath(name, tag)) })),
    note: extentNote(site.history.extent),
    pull: digestPull(name, digest, record, site),
    factsHtml: factsHtml(version, said, site),
    labelsHtml: labelsHtml(said),
    ...(current.length > 0 && { health: tagHealthView(record, site) }),
    manifestHref: href(site, digestManifestPath(name, digest)),
    pointersHtml: pointers
      .slice(-MOST_POINTERS)
      .map((pointer) => pointerRow(pointer, collection, site, repository))
      .join(""),
    compareHref: `${href(site, COMPARE_PATH)}?b=${encodeURIComponent(`${name}@${digest}`)}`,
    ...previousView(collection, version, pointers, site),
    ...definitionView(collection, version, said, site),
  };
}

function factsHtml({ record }: Version, { base }: Said, site: Site): string {
  const { schema, size, builder, source } = record;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [
      "Size",
      schema === 2
        ? `${formatBytes(size)} (${formatNumber(size)} bytes)`
        : `${size} (a record of 2019: KiB or bytes)`,
    ],
    ["Architecture", record.architecture],
    ["Base", base],
    ["Created", record.created],
    ["Built by", builder && [builder.name, builder.version].filter(Boolean).join(" ")],
    ["Source", source && [source.repository, source.revision].filter(Boolean).join(" at ")],
    ["Recipe", record.recipe],
    ["Address", record.layers.map((layer) => layerUrl(layer, site)).join(" ")],
  ];
  return termsHtml(facts);
}

function labelsHtml({ labels }: Said): string {
  return termsHtml(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is not known is left out. */
function termsHtml(terms: readonly (readonly [string, string | undefined])[]): string {
  return terms
    .map(([term, text]) =>
      text === undefined ? "" : `<div><dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd></div>\n`,
    )
    .join("");
}

function pointerRow(
  { tag, from, until }: Pointer,
  { name }: CollectionHistory,
  site: Site,
  repository: string | undefined,
): string {
  const commit = commitHtml(from.moment, repository);
  return rowHtml([
    linkHtml(escapeHtml(tag), href(site, tagHistoryPath(name, tag))),
    `<span class="narrow">from </span>${timeHtml(from.moment)}${commit && ` ${commit}`}`,
    until ? `<span class="narrow">until </span>${timeHtml(until.moment)}` : "to this day",
  ]);
}

/** The image that some tag had before this one: of several, as the latest of them tells. */
function previousView(
  collection: CollectionHistory,
  version: Version,
  pointers: readonly Pointer[],
  site: Site,
): object {
  const [pointer] = pointers
    .filter(({ from }) => from.previous && from.previous.digest !== version.digest)
    .sort((a, b) => b.from.moment.order - a.from.moment.order);
  const previous = pointer?.from.previous;
  if (!pointer || !previous) return {};
  const { digest } = previous;
  return {
    previous: {
      tag: pointer.tag,
      shortDigest: shortDigest(digest),
      href: collection.paged.has(digest) ? href(site, digestPath(collection.name, digest)) : undefined,
    },
    difference: differenceView(differenceOf(previous, version)),
  };
}

function definitionView(
  { name }: CollectionHistory,
  { definition, digest }: Version,
  { isOtherDefinition }: Said,
  site: Site,
): object {
  if (!definition) return {};
  const { fileName, text } = definition.read();
  return {
    fileName,
    definitionHref: href(site, digestDefinitionPath(name, digest)),
    isOtherDefinition,
    definitionHtml: highlightDefinition(text),
  };
}
