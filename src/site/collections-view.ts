import { COLLECTIONS_PATH, SEARCH_PATH } from "../endpoints/paths.ts";
import { compareNatural, formatNumber, plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { type CollectionRow, collectionRows } from "./collection-rows.ts";
import { href } from "./links.ts";
import { pageLinks } from "./page-links.ts";
import type { Page } from "./page.ts";

/*
 * All collections, in several orders that need no script, each cut into pages that a phone can hold. `by-…` and the
 * numbers of pages are the only names below `collections/`, where no collection can be.
 */

/** Rows; with a sentence of description in each a page has some 20 kB on the network (test/site-budget). */
const ROWS_ON_A_PAGE = 250;

interface Order {
  readonly path: string;
  /** In the list of orders, and behind "Collections" in titles. */
  readonly text: string;
  readonly title: string;
  /** Rows that are equal in it stay A–Z; default: all of them. */
  readonly compare?: (a: CollectionRow, b: CollectionRow) => number;
  /** What letters of the alphabet it goes by. */
  readonly letter?: (row: CollectionRow) => string;
}

const newestFirst = (a: CollectionRow, b: CollectionRow) => timeOf(b) - timeOf(a);

const ORDERS: readonly Order[] = [
  {
    path: COLLECTIONS_PATH,
    text: "A–Z",
    title: "Collections",
    letter: ({ name }) => name,
  },
  {
    path: `${COLLECTIONS_PATH}by-name/`,
    text: "name without namespace",
    title: "Collections by name",
    compare: (a, b) => compareNatural(a.shortName, b.shortName),
    letter: ({ shortName }) => shortName,
  },
  {
    path: `${COLLECTIONS_PATH}by-updated/`,
    text: "newest",
    title: "Collections, newest first",
    compare: newestFirst,
  },
  {
    path: `${COLLECTIONS_PATH}by-size/`,
    text: "largest",
    title: "Collections, largest first",
    compare: (a, b) => (b.bytes ?? -1) - (a.bytes ?? -1),
  },
];

/** The listings of all collections. */
export function* collectionsPages({ collections }: Registry, site: Site): Iterable<Page> {
  const alphabetical = sortedRows(collections, site);
  for (const order of ORDERS) {
    const sorted = order.compare ? [...alphabetical].sort(order.compare) : alphabetical;
    const letters = order.letter && letterLinks(sorted, order, order.letter, site);
    const pageCount = Math.max(Math.ceil(sorted.length / ROWS_ON_A_PAGE), 1);
    for (let number = 1; number <= pageCount; number++) {
      yield {
        path: pathOf(order, number),
        template: "collections.njk",
        view: () => ({ ...listingView(sorted, order, number, pageCount, site), letters }),
      };
    }
  }
}

/** Collections of which the newest image was made last, newest first. */
export function newestCollections({ collections }: Registry, site: Site, count: number): CollectionRow[] {
  return sortedRows(collections, site).sort(newestFirst).slice(0, count);
}

/** Where a collection stands in the A–Z list of all. */
export function placeInListing(name: string, { collections }: Registry, site: Site): string {
  const before = collections.filter((each) => compareNatural(each.name, name) < 0).length;
  return `${href(site, pathOf({ path: COLLECTIONS_PATH }, pageOf(before)))}#${name}`;
}

/** A–Z, as people read it. */
export function sortedRows(collections: readonly Collection[], site: Site): CollectionRow[] {
  return collectionRows(collections, site).sort((a, b) => compareNatural(a.name, b.name));
}

function listingView(
  sorted: readonly CollectionRow[],
  order: Order,
  number: number,
  pageCount: number,
  site: Site,
): object {
  const first = (number - 1) * ROWS_ON_A_PAGE;
  const rows = sorted.slice(first, first + ROWS_ON_A_PAGE);
  return {
    title: number === 1 ? order.title : `${order.title}, page ${number}`,
    description: `${plural(sorted.length, "collection")} of images, with sizes, dates and architectures.`,
    path: pathOf(order, number),
    shortName: "Collections",
    heading: order.title,
    count:
      pageCount === 1
        ? plural(sorted.length, "collection")
        : `${formatNumber(first + 1)} to ${formatNumber(first + rows.length)} of ${formatNumber(sorted.length)} collections`,
    orders: ORDERS.map((each) => ({
      text: each.text,
      href: href(site, each.path),
      isCurrent: each === order,
    })),
    collections: rows,
    isWhole: pageCount === 1,
    pages: pageLinks(number, pageCount, (page) => href(site, pathOf(order, page))),
    searchHref: href(site, SEARCH_PATH),
  };
}

/** Where the names of each letter begin, whatever page that is on. */
function letterLinks(
  sorted: readonly CollectionRow[],
  order: Order,
  nameOf: (row: CollectionRow) => string,
  site: Site,
): object[] {
  const links = new Map<string, { text: string; href: string }>();
  for (const [index, row] of sorted.entries()) {
    const initial = nameOf(row).charAt(0).toUpperCase();
    const text = /\d/.test(initial) ? "0–9" : initial;
    if (links.has(text)) continue;
    links.set(text, { text, href: `${href(site, pathOf(order, pageOf(index)))}#${row.name}` });
  }
  return [...links.values()];
}

/** The page of a row; rows count from 0, pages from 1. */
function pageOf(index: number): number {
  return Math.floor(index / ROWS_ON_A_PAGE) + 1;
}

function pathOf({ path }: Pick<Order, "path">, page: number): string {
  return page === 1 ? path : `${path}${page}/`;
}

function timeOf({ time }: CollectionRow): number {
  return time === undefined ? 0 : Date.parse(time);
}
