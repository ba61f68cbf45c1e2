import { collectionPath, tagPath } from "../endpoints/paths.ts";
import { compareNatural, formatNumber, plural } from "../format.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import type { Member } from "../registry/groups.ts";
import type { Collection, Tag } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { href } from "./links.ts";
import { pageLinks } from "./page-links.ts";
import type { Page } from "./page.ts";

/** Collections on a page. */
const ROWS_ON_A_PAGE = 250;
/** How many tags of one collection a row names. */
const TAGS_IN_A_ROW = 20;

/** What has something in common, and the pages that list it. */
export interface MemberListing {
  readonly members: readonly Member[];
  readonly pathOf: (page: number) => string;
  /** What all the pages say above the list: their title, crumbs and so on. */
  readonly head: (count: string) => object;
}

/** A collection, and which of its tags are meant; none where all of it is. */
interface Row {
  readonly collection: Collection;
  readonly tags: readonly Tag[];
}

/** The pages of a listing: as many as its collections need. */
export function* memberPages({ members, pathOf, head }: MemberListing, site: Site): Iterable<Page> {
  const rows = rowsOf(members);
  const collections = plural(rows.length, "collection");
  const hasTags = members[0]?.tag !== undefined;
  const count = hasTags ? `${plural(members.length, "tag")} of ${collections}` : collections;
  const pageCount = Math.ceil(rows.length / ROWS_ON_A_PAGE);
  for (let number = 1; number <= pageCount; number++) {
    const path = pathOf(number);
    const shown = rows.slice((number - 1) * ROWS_ON_A_PAGE, number * ROWS_ON_A_PAGE);
    yield {
      path,
      template: "group.njk",
      view: () => ({
        ...head(count),
        path,
        hasTags,
        rowsHtml: shown.map(({ collection, tags }) => rowHtml(collection, tags, site)).join(""),
        pages: pageLinks(number, pageCount, (page) => href(site, pathOf(page))),
      }),
    };
  }
}

function rowsOf(members: readonly Member[]): Row[] {
  const rows = new Map<Collection, Row & { readonly tags: Tag[] }>();
  for (const { collection, tag } of members) {
    const row = rows.get(collection) ?? { collection, tags: [] };
    rows.set(collection, row);
    if (tag) row.tags.push(tag);
  }
  return [...rows.values()];
}

/** Written here: a template's loops over the cells of large groups take several times as long. */
function rowHtml(collection: Collection, tags: readonly Tag[], site: Site): string {
  const { name, description } = collection;
  const sorted = tags.length > 1 ? [...tags].sort((a, b) => compareNatural(a.name, b.name)) : tags;
  const links = sorted.slice(0, TAGS_IN_A_ROW).map((tag) => tagLink(collection, tag, tag.name, site));
  const more = tags.length - links.length;
  return [
    `<tr><th scope="row"><a href="${escapeHtml(href(site, collectionPath(name)))}">`,
    `<span class="quiet">${escapeHtml(namespaceOf(name))}/</span>${escapeHtml(shortNameOf(name))}</a>`,
    description === undefined ? "" : `<p>${escapeHtml(description)}</p>`,
    "</th>",
    tags.length === 0 ? "" : `<td>${links.join(" ")}`,
    more > 0 ? ` <span class="quiet">and ${formatNumber(more)} more</span>` : "",
    tags.length === 0 ? "" : "</td>",
    "</tr>\n",
  ].join("");
}

/** A link to a tag. */
export function tagLink(collection: Collection, tag: Tag, text: string, site: Site): string {
  return `<a href="${escapeHtml(href(site, tagPath(collection.name, tag.name)))}">${escapeHtml(text)}</a>`;
}
