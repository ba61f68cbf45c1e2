import { collectionPath, tagPath } from "../endpoints/paths.ts";
import { isHttp } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import { layerUrl } from "../registry/local-images.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";

/** One licence as SPDX names it: an expression of several has no page. */
const ONE_LICENSE = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,60}$/;

/** A collection for search engines, in the words of schema.org; `tag` is the one that is pulled by default. */
export function collectionJsonLd(collection: Collection, tag: Tag | undefined, site: Site): object {
  const { name, topics } = collection;
  return jsonLd({
    name,
    url: site.url && site.to(collectionPath(name)),
    keywords: topics.length > 0 ? topics.join(", ") : undefined,
    ...aboutCollection(collection),
    ...(tag?.record && aboutImage(tag, tag.record, site)),
  });
}

/** A tag for search engines. */
export function tagJsonLd(collection: Collection, tag: Tag, site: Site): object {
  const { name } = collection;
  return jsonLd({
    name: formatReference({ collection: name, tag: tag.name }),
    url: site.url && site.to(tagPath(name, tag.name)),
    ...aboutCollection(collection),
    ...(tag.record && aboutImage(tag, tag.record, site)),
  });
}

function aboutCollection({ description, license }: Collection): object {
  const isOne = license !== undefined && ONE_LICENSE.test(license);
  return { description, license: isOne ? `https://spdx.org/licenses/${license}` : undefined };
}

function aboutImage({ name }: Tag, record: ImageRecord, site: Site): object {
  const [layer] = record.layers;
  const url = layer && layerUrl(layer, site);
  return {
    softwareVersion: name,
    // Of a record of 2019 nobody knows the unit.
    fileSize: record.schema === 2 ? `${Math.ceil(record.size / 1000)}KB` : undefined,
    downloadUrl: url !== undefined && isHttp(url) ? url : undefined,
    datePublished: record.created,
    identifier: record.digest,
    processorRequirements: record.architecture,
  };
}

function jsonLd(about: object): object {
  return {
    "@context": "https://schema.org",
    "@type": "SoftwareApplication",
    applicationCategory: "Container image",
    operatingSystem: "Linux",
    ...about,
  };
}
