import { COLLECTIONS_PATH, SEARCH_PATH } from "../endpoints/paths.ts";
import { plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { href } from "./links.ts";
import type { Page } from "./page.ts";

/** The page to search on. What it finds is up to its script, templates/assets/search.js. */
export function* searchPages({ collections }: Registry, site: Site): Iterable<Page> {
  yield {
    path: SEARCH_PATH,
    template: "search.njk",
    view: () => ({
      title: "Search",
      path: SEARCH_PATH,
      shortName: "Search",
      count: plural(collections.length, "collection"),
      ...waysToFind(site),
    }),
  };
}

/** Whatever is not there. A script says what has a similar name. */
export function notFoundView(site: Site): object {
  return { title: "Page not found", path: "404.html", ...waysToFind(site) };
}

function waysToFind(site: Site): object {
  return { searchHref: href(site, SEARCH_PATH), collectionsHref: href(site, COLLECTIONS_PATH) };
}
