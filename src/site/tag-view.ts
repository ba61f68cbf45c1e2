import {
  apiCollectionPath,
  buildLogPath,
  collectionPath,
  architecturePath,
  basePath,
  definitionPath,
  digestPath,
  manifestPath,
  tagHistoryPath,
  tagPath,
} from "../endpoints/paths.ts";
import { formatBytes, formatNumber } from "../format.ts";
import { escapeHtml } from "../html.ts";
import { commandOf, fileNameOf } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import type { Config } from "../registry/config.ts";
import type { Digest } from "../registry/digest.ts";
import { layerUrl } from "../registry/local-images.ts";
import {
  type Collection,
  type Definition,
  type ImageRecord,
  type Tag,
  hasBuildLog,
} from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { recipeDigest } from "../registry/status.ts";
import { basesOf } from "../registry/tag-base.ts";
import { cardView } from "./card-view.ts";
import { definitionView } from "./definition-view.ts";
import { forgeLink } from "./forge.ts";
import { linkHtml } from "./history-html.ts";
import { tagHealthView } from "./health-view.ts";
import { tagJsonLd } from "./json-ld.ts";
import { labelsHtml } from "./labels-html.ts";
import { crumbsOf, href } from "./links.ts";
import { pullView } from "./pull-view.ts";
import { sifMapView } from "./sif-map-view.ts";
import { useForms } from "./use-forms.ts";

/** One tag: its image, and the definition file that made it. */
export function tagView(collection: Collection, tag: Tag, site: Site, { repository }: Config): object {
  const { name } = collection;
  const { record, definition, folder } = tag;
  const file = fileNameOf({ reference: { collection: name, tag: tag.name } });
  const said = definition && definitionView(collection, tag, definition, site, file);
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
    isFrozen: tag.isFrozen,
    isStale: tag.status === "stale",
    apiHref: href(site, apiCollectionPath(name)),
    ...pastLinks(name, tag, site),
    jsonLd: tagJsonLd(collection, tag, site),
    ...cardView(collection, site),
    ...said,
    baseHtml: said?.base && baseHtml(said.base, tag, site),
    labelsHtml: labelsHtml(said?.labels ?? record?.labels ?? {}),
    forge: definition && forgeLink(repository, `${folder}/${definition.fileName}`, "file"),
    ...(record
      ? imageParts(collection, tag, record, site)
      : definition && buildParts(collection, tag, site, file)),
  };
}

/** Where it is told what the tag has been, and where its image stays when it moves on. */
function pastLinks(name: Collection["name"], { name: tag, record }: Tag, site: Site): object {
  const past = site.history.collections.get(name);
  return {
    ...(past?.tags.has(tag) && { historyHref: href(site, tagHistoryPath(name, tag)) }),
    ...(record &&
      past?.paged.has(record.digest) && { permalink: href(site, digestPath(name, record.digest)) }),
  };
}

/** The base as the definition file says it, linked to what else is built on it. */
function baseHtml(base: string, tag: Tag, site: Site): string {
  const name = basesOf(tag).at(-1)?.name;
  const path = name === undefined ? undefined : basePath(site, name);
  return groupHtml(base, path, site);
}

/** A word, linked to the page of what has it in common where there is one. */
function groupHtml(text: string, path: string | undefined, site: Site): string {
  const html = escapeHtml(text);
  return path === undefined ? html : linkHtml(html, href(site, path));
}

/** What a tag with an image has. */
function imageParts(collection: Collection, tag: Tag, record: ImageRecord, site: Site): object {
  const { name } = collection;
  return {
    image: imageView(tag, record, site),
    health: tagHealthView(record, site),
    pull: pullView(collection, tag, site),
    use: useForms(collection, tag, site),
    map: sifMapView(record),
    manifestHref: href(site, manifestPath(name, tag.name)),
    ...(hasBuildLog(tag) && { logHref: href(site, buildLogPath(name, tag.name)) }),
  };
}

/** How somebody who cannot wait builds it. */
function buildParts({ name }: Collection, tag: Tag, site: Site, file: string): object {
  const definition = site.to(definitionPath(name, tag.name));
  const recipe = file.replace(/\.sif$/, ".def");
  const lines = [
    commandOf("curl", "-fL", "-o", recipe, definition),
    commandOf("apptainer", "build", file, recipe),
  ];
  return { build: { command: lines.join("\n"), canFetch: site.url !== undefined } };
}

function imageView({ definition, status }: Tag, record: ImageRecord, site: Site): object {
  const { schema, size, builder, source, recipe, objects, signers } = record;
  return {
    digest: record.digest,
    size:
      schema === 2
        ? `${formatBytes(size)} (${formatNumber(size)} bytes)`
        : `${size} (a record of 2019: KiB or bytes)`,
    architectureHtml:
      record.architecture &&
      groupHtml(record.architecture, architecturePath(site, record.architecture), site),
    created: record.created,
    builder: builder && [builder.name, builder.version].filter(Boolean).join(" "),
    source: source && [source.repository, source.revision].filter(Boolean).join(" at "),
    recipe,
    isOfRecipe: recipe !== undefined && definition !== undefined && isOfRecipe(status, recipe, definition),
    md5: record.md5,
    signers,
    isSigned: objects?.some(({ type }) => type === "signature"),
    addressesHtml: record.layers
      .map((layer) => `<code>${escapeHtml(layerUrl(layer, site))}</code> `)
      .join(""),
  };
}

/** Whether a definition file is the one that an image was built from; of a frozen tag the status does not tell. */
function isOfRecipe(status: Tag["status"], recipe: Digest, definition: Definition): boolean {
  return status === "frozen" ? recipe === recipeDigest(definition) : status === "built";
}
