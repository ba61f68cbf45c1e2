import { apiGroupPath, groupPath, groupsPath, labelValuePath } from "../endpoints/paths.ts";
import { formatNumber, plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { type Group, type LabelGroup, isShared } from "../registry/groups.ts";
import { formatReference } from "../registry/reference.ts";
import { href } from "./links.ts";
import { memberPages, tagLink } from "./member-pages.ts";
import { pageLinks } from "./page-links.ts";
import type { Page } from "./page.ts";
import { mostFirst, wordText } from "./word.ts";

/** Values on a page. */
const VALUES_ON_A_PAGE = 100;
/** How many of the values that one tag alone has are listed. */
const MOST_ALONE = 50;

/** The pages of a label's key, and of those of its values that have more tags than fit beside them. */
export function* labelPages(label: LabelGroup, site: Site): Iterable<Page> {
  const { slug } = label;
  if (slug === undefined) return;
  const all = [...label.values.values()];
  const values = all.filter(isShared).sort(mostFirst);
  const alone = all.filter((value) => !isShared(value));
  const pageCount = Math.max(Math.ceil(values.length / VALUES_ON_A_PAGE), 1);
  for (let number = 1; number <= pageCount; number++) {
    const shown = values.slice((number - 1) * VALUES_ON_A_PAGE, number * VALUES_ON_A_PAGE);
    yield {
      path: groupPath("labels", slug, number),
      template: "label.njk",
      view: () => ({
        ...keyView(label, slug, site),
        path: groupPath("labels", slug, number),
        values: shown.map((value) => valueRow(value, slug, site)),
        alone: alone.slice(0, MOST_ALONE).map((value) => valueRow(value, slug, site)),
        aloneCount: formatNumber(alone.length),
        moreAlone: formatNumber(alone.length - MOST_ALONE),
        hasMoreAlone: alone.length > MOST_ALONE,
        pages: pageLinks(number, pageCount, (page) => href(site, groupPath("labels", slug, page))),
      }),
    };
  }
  for (const value of values) yield* valuePages(label, slug, value, site);
}

function keyView({ name, members, values }: LabelGroup, slug: string, site: Site): object {
  const text = wordText(name);
  return {
    title: `${text} · Labels`,
    shortName: text,
    crumbs: [{ text: "Labels", href: href(site, groupsPath("labels")) }],
    heading: text,
    lead: `${plural(members.length, "tag")}, ${plural(values.size, "value")}`,
    apiHref: href(site, apiGroupPath("labels", slug)),
  };
}

function valueRow({ name, slug: valueSlug, members }: Group, slug: string, site: Site): object {
  const links = (valueSlug === undefined ? members : []).map(({ collection, tag }) => {
    const text = tag && formatReference({ collection: collection.name, tag: tag.name });
    return tag && text !== undefined ? tagLink(collection, tag, text, site) : "";
  });
  return {
    name: wordText(name),
    count: formatNumber(members.length),
    href: valueSlug === undefined ? undefined : href(site, labelValuePath(slug, valueSlug)),
    tagsHtml: links.join(", "),
  };
}

function* valuePages(label: LabelGroup, slug: string, value: Group, site: Site): Iterable<Page> {
  const { slug: valueSlug, members } = value;
  if (valueSlug === undefined) return;
  const [key, text] = [wordText(label.name), wordText(value.name)];
  const head = (count: string) => ({
    title: `${key}: ${text} · Labels`,
    shortName: text,
    heading: text,
    crumbs: [
      { text: "Labels", href: href(site, groupsPath("labels")) },
      { text: key, href: href(site, groupPath("labels", slug)) },
    ],
    lead: `${key}: ${count}`,
    apiHref: href(site, apiGroupPath("labels", slug)),
  });
  yield* memberPages({ members, pathOf: (page) => labelValuePath(slug, valueSlug, page), head }, site);
}
