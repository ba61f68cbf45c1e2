import { baseOf } from "../definition/base.ts";
import { highlightDefinition } from "../definition/highlight.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import {
  buildLogPath,
  collectionPath,
  definitionPath,
  manifestPath,
  tagHistoryPath,
  tagPath,
} from "../endpoints/paths.ts";
import { formatBytes, formatNumber } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { layerUrl } from "../registry/local-images.ts";
import {
  type Collection,
  type Definition,
  type ImageRecord,
  type Tag,
  hasBuildLog,
} from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { labelsOf } from "../registry/tag-labels.ts";
import { tagHealthView } from "./health-view.ts";
import { crumbsOf, href } from "./links.ts";
import { pullView } from "./pull-view.ts";

/** One tag: its image, and the definition file that made it. */
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
      historyHref: href(site, tagHistoryPath(name, tag.name)),
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
