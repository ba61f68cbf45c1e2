import { apiCollectionPath, collectionPath, tagPath, tagsPath } from "../endpoints/paths.ts";
import { formatDay, shortDigest } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { collectionRows, naturalTags, preferredTag, sizeText } from "./collection-rows.ts";
import { failureOf } from "./health-view.ts";
import { crumbsOf, href } from "./links.ts";
import { renderMarkdown } from "./markdown.ts";
import { pullView } from "./pull-view.ts";

/** One collection, and the collections below it. */
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
