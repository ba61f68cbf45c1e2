import { apiCollectionPath, badgePath, collectionPath, tagsPath, topicPath } from "../endpoints/paths.ts";
import { badgeWidth } from "../badge.ts";
import { escapeHtml } from "../html.ts";
import { collectionBadge } from "../registry/collection-badge.ts";
import type { Site } from "../protocols/site.ts";
import type { Config } from "../registry/config.ts";
import type { Collection, Tag } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { preferredTag } from "../registry/preferred-tag.ts";
import { labelsOf } from "../registry/tag-labels.ts";
import { cardView } from "./card-view.ts";
import { citationOf } from "./citation.ts";
import { collectionRows } from "./collection-rows.ts";
import { forgeLink } from "./forge.ts";
import { linkHtml } from "./history-html.ts";
import { collectionJsonLd } from "./json-ld.ts";
import { labelsHtml } from "./labels-html.ts";
import { crumbsOf, href } from "./links.ts";
import { renderMarkdown } from "./markdown.ts";
import { pullView } from "./pull-view.ts";
import { sizesChart } from "./sizes-chart.ts";
import { datedTags, tagRowsHtml } from "./tag-rows.ts";

/** One collection, and the collections below it. */
export function collectionView(
  collection: Collection,
  below: readonly Collection[],
  site: Site,
  config: Config,
): object {
  const { name, description, topics, owners, license, deprecated, readme } = collection;
  const preferred = preferredTag(collection);
  const dated = datedTags(collection.tags);
  return {
    title: name,
    description,
    path: collectionPath(name),
    crumbs: crumbsOf(namespaceOf(name), site),
    shortName: shortNameOf(name),
    topicsHtml: topicsHtml(topics, site),
    owners,
    license,
    deprecated: typeof deprecated === "string" ? deprecated : deprecated && "This collection is deprecated.",
    ...(preferred && defaultTagParts(collection, preferred, site, config)),
    readmeHtml: readme.trim() === "" ? undefined : renderMarkdown(readme),
    rowsHtml: tagRowsHtml(collection, dated, site),
    sizes: sizesChart(dated),
    below: collectionRows(below, site),
    badge: badgeView(collection, site),
    forge: forgeOf(collection, config),
    jsonLd: collectionJsonLd(collection, preferred, site),
    ...cardView(collection, site),
    tagsHref: href(site, tagsPath(name)),
    apiHref: href(site, apiCollectionPath(name)),
  };
}

/** Topics, each linked to the others that have it where there are such. */
function topicsHtml(topics: readonly string[], site: Site): string {
  const words = topics.map((topic) => {
    const path = topicPath(site, topic);
    return path === undefined ? escapeHtml(topic) : linkHtml(escapeHtml(topic), href(site, path));
  });
  return words.join(", ");
}

/** What is said of the tag that is pulled where nobody names one. */
function defaultTagParts(collection: Collection, tag: Tag, site: Site, { title }: Config): object {
  const labels = labelsOf(tag);
  return {
    pull: pullView(collection, tag, site),
    labelsHtml: labelsHtml(labels),
    citation: citationOf(collection, tag, labels, { title, site }),
  };
}

/** The badge, and how it is shown elsewhere: in Markdown, HTML and reStructuredText. */
function badgeView(collection: Collection, site: Site): object {
  const { name } = collection;
  const badge = collectionBadge(collection);
  const [image, page] = [site.to(badgePath(name)), site.to(collectionPath(name))];
  const [source, target] = [escapeHtml(image), escapeHtml(page)];
  return {
    href: href(site, badgePath(name)),
    width: badgeWidth(badge),
    alt: `${badge.label}: ${badge.message}`,
    markdown: `[![${name}](${image})](${page})`,
    html: `<a href="${target}"><img src="${source}" alt="${name}"></a>`,
    rst: `.. image:: ${image}\n   :alt: ${name}\n   :target: ${page}`,
  };
}

/** The README.md where there is one to change, else the folder that lacks it. */
function forgeOf({ folder, readme, description }: Collection, { repository }: Config): object | undefined {
  const hasReadme = readme.trim() !== "" || description !== undefined;
  return hasReadme
    ? forgeLink(repository, `${folder}/README.md`, "file")
    : forgeLink(repository, folder, "folder");
}
