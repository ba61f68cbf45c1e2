import { baseOf } from "../definition/base.ts";
import { highlightDefinition } from "../definition/highlight.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import {
  apiCollectionPath,
  buildLogPath,
  collectionPath,
  definitionPath,
  manifestPath,
  namespacePath,
  tagPath,
  tagsPath,
} from "../endpoints/paths.ts";
import { escapeHtml } from "../html.ts";
import { wayName } from "../protocols/pull-line.ts";
import { pullWays } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import { layerUrl } from "../registry/local-images.ts";
import {
  type Collection,
  type Definition,
  type ImageRecord,
  type Registry,
  type Tag,
  hasBuildLog,
} from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { countRegistry } from "../registry/summary.ts";
import { labelsOf } from "../registry/tag-labels.ts";
import { compareNatural, formatBytes, formatDay, formatNumber, plural, shortDigest } from "../format.ts";
import { failureNotice, failureOf, tagHealthView } from "./health-view.ts";
import { renderMarkdown } from "./markdown.ts";

/** What templates get: plain values, ready to be shown. Keys that end in `Html` are safe HTML; all else is text. */

interface Crumb {
  readonly text: string;
  readonly href: string;
}

export function homeView(registry: Registry, site: Site): object {
  const counts = countRegistry(registry);
  const waiting = registry.collections.flatMap(({ tags }) =>
    tags.filter(({ status }) => status === "to build"),
  );
  return {
    path: "",
    counts: [
      plural(counts.collections, "collection"),
      `${plural(counts.built, "image")} built`,
      `${waiting.length} to build`,
    ],
    failure: failureNotice(site),
    collections: collectionRows(registry.collections, site),
    curl: exampleCurl(registry, site),
  };
}

export function notFoundView(): object {
  return { title: "Page not found", path: "404.html" };
}

export function namespaceView(namespace: string, collections: readonly Collection[], site: Site): object {
  return {
    title: namespace,
    path: namespacePath(namespace),
    crumbs: crumbsOf(namespaceOf(namespace), site),
    shortName: shortNameOf(namespace),
    collections: collectionRows(collections, site),
  };
}

export function collectionView(collection: Collection, below: readonly Collection[], site: Site): object {
  const { name, description, topics, owners, license, deprecated, readme } = collection;
  const preferred = preferredTag(collection);
  return {
    title: name,
    description,
    path: collectionPath(name),
    crumbs: crumbsOf(namespaceOf(name), site),
    shortName: shortNameOf(name),
    topics,
    owners,
    license,
    deprecated: typeof deprecated === "string" ? deprecated : deprecated && "This collection is deprecated.",
    pull: preferred && pullView(collection, preferred, site),
    readmeHtml: readme.trim() === "" ? undefined : renderMarkdown(readme),
    tags: tagRows(collection, site),
    below: collectionRows(below, site),
    tagsHref: href(site, tagsPath(name)),
    apiHref: href(site, apiCollectionPath(name)),
  };
}

export function tagView(collection: Collection, tag: Tag, site: Site): object {
  const { name } = collection;
  const { record, definition } = tag;
  return {
    title: `${name}:${tag.name}`,
    description: collection.description,
    path: tagPath(name, tag.name),
    crumbs: [
      ...crumbsOf(namespaceOf(name), site),
      { text: shortNameOf(name), href: href(site, collectionPath(name)) },
    ],
    shortName: tag.name,
    status: tag.status,
    labels: Object.entries(labelsOf(tag)).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...(record && {
      image: imageView(record, site),
      health: tagHealthView(record, site),
      pull: pullView(collection, tag, site),
      manifestHref: href(site, manifestPath(name, tag.name)),
      ...(hasBuildLog(tag) && { logHref: href(site, buildLogPath(name, tag.name)) }),
    }),
    ...(definition && {
      fileName: definition.fileName,
      definitionHref: href(site, definitionPath(name, tag.name)),
      definitionHtml: highlightDefinition(definition.text),
      ...parsedView(definition),
    }),
  };
}

/** What a definition file says of the image; nothing where it cannot be parsed. */
function parsedView({ text }: Definition): object {
  const result = parseDefinition(text);
  if ("problem" in result) return {};
  const help = result.definition.stages.at(-1)?.sections["help"]?.script ?? "";
  return { base: baseOf(result.definition), help: help.replace(/^\s*\n/, "").trimEnd() };
}

/** A link inside the site: a path from the host's root, so that it works wherever the host is reached. */
function href(site: Site, path: string): string {
  return site.basePath + path;
}

function crumbsOf(namespace: string, site: Site): Crumb[] {
  const segments = namespace === "" ? [] : namespace.split("/");
  return segments.map((text, index) => ({
    text,
    href: href(site, namespacePath(segments.slice(0, index + 1).join("/"))),
  }));
}

/** How many tags a listing of collections shows of each. */
const TAGS_IN_A_ROW = 4;

function collectionRows(collections: readonly Collection[], site: Site): object[] {
  return collections.map((collection) => {
    const { updated } = collection;
    const tags = naturalTags(collection);
    const record = preferredTag(collection)?.record;
    return {
      name: collection.name,
      namespace: namespaceOf(collection.name),
      shortName: shortNameOf(collection.name),
      href: href(site, collectionPath(collection.name)),
      description: collection.description,
      tags: tags.slice(0, TAGS_IN_A_ROW).map(({ name }) => name),
      moreTags: Math.max(tags.length - TAGS_IN_A_ROW, 0),
      size: record && sizeText(record),
      updated: updated && formatDay(updated),
    };
  });
}

function tagRows(collection: Collection, site: Site): object[] {
  return naturalTags(collection).map((tag) => ({
    name: tag.name,
    href: href(site, tagPath(collection.name, tag.name)),
    status: tag.status,
    ...(tag.record && {
      size: sizeText(tag.record),
      digest: tag.record.digest,
      shortDigest: shortDigest(tag.record.digest),
      created: tag.record.created && formatDay(tag.record.created),
      architecture: tag.record.architecture,
      failure: failureOf(tag.record, site),
    }),
  }));
}

function naturalTags({ tags }: Collection): Tag[] {
  return [...tags].sort((a, b) => compareNatural(a.name, b.name));
}

/** The tag whose pull line a collection shows first: `latest` where it is built, else the last built in natural order. */
function preferredTag(collection: Collection): Tag | undefined {
  const built = naturalTags(collection).filter(({ record }) => record);
  return built.find(({ name }) => name === "latest") ?? built.at(-1);
}

/** Commands, best first, with what people call them, and why there are no more. */
interface PullView {
  readonly tag: string;
  readonly lines: readonly { name: string; command: string }[];
  readonly refusals: readonly { name: string; reason: string }[];
  /** All but the first line, as the entries of a definition list. */
  readonly waysHtml: string;
}

function pullView(collection: Collection, tag: Tag, site: Site): PullView {
  const ways = pullWays(collection, tag, site).map((way) => ({ name: wayName(way), ...way }));
  const lines = ways.filter((way) => "command" in way);
  const refusals = ways.filter((way) => "reason" in way);
  return { tag: tag.name, lines, refusals, waysHtml: waysHtml(lines.slice(1), refusals) };
}

/** Written here, for it is on every page of a tag: a template would take a fourth of a large build for it. */
function waysHtml(lines: PullView["lines"], refusals: PullView["refusals"]): string {
  const entries = [
    ...lines.map(({ name, command }) => [
      name,
      `<dd><pre class="command"><code>${escapeHtml(command)}</code></pre></dd>`,
    ]),
    ...refusals.map(({ name, reason }) => [
      name,
      `<dd class="refusal">Not here: ${escapeHtml(reason)}.</dd>`,
    ]),
  ];
  return entries.map(([name, content]) => `<div><dt>${name}</dt>${content}</div>\n`).join("");
}

function sizeText({ schema, size }: ImageRecord): string | undefined {
  return schema === 2 ? formatBytes(size) : undefined;
}

function imageView(record: ImageRecord, site: Site): object {
  const { schema, size, builder, source } = record;
  return {
    digest: record.digest,
    size:
      schema === 2
        ? `${formatBytes(size)} (${formatNumber(size)} bytes)`
        : `${size} (a record of 2019: KiB or bytes)`,
    architecture: record.architecture,
    created: record.created,
    builder: builder && [builder.name, builder.version].filter(Boolean).join(" "),
    source: source && [source.repository, source.revision].filter(Boolean).join(" at "),
    recipe: record.recipe,
    md5: record.md5,
    addresses: record.layers.map((layer) => layerUrl(layer, site)),
  };
}

/** A line that asks this very site for an address, in the manner of 2019; undefined where nothing is built. */
function exampleCurl({ collections }: Registry, site: Site): string | undefined {
  for (const collection of collections) {
    const tag = preferredTag(collection);
    if (tag)
      return `curl -sL ${site.to(manifestPath(collection.name, tag.name))} | jq -r '.layers[].urls[0]'`;
  }
  return undefined;
}
