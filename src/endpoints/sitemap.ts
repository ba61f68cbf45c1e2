import type { SiteAddress } from "../address.ts";
import type { Registry } from "../registry/model.ts";
import { namespaceOf } from "../registry/reference.ts";
import { escapeXml } from "../xml.ts";
import type { Endpoint } from "./endpoint.ts";
import { ROBOTS_PATH, SITEMAP_PATH, collectionPath, namespacePath, sitemapPartPath } from "./paths.ts";

/** As many as a sitemap may have (sitemaps.org). */
const MOST_PAGES = 50_000;

interface ListedPage {
  readonly path: string;
  /** RFC 3339. */
  readonly updated?: string | undefined;
}

/**
 * `/robots.txt` and `/sitemap.xml` with the pages of namespaces and collections, which link to all others: nothing where
 * the site's address is not known, for a sitemap has whole addresses.
 */
export function* sitemapEndpoints(registry: Registry, site: SiteAddress): Iterable<Endpoint> {
  if (site.url === undefined) return;
  yield {
    path: ROBOTS_PATH,
    mediaType: "text/plain",
    body: `User-agent: *\nAllow: /\n\nSitemap: ${site.to(SITEMAP_PATH)}\n`,
  };
  const pages = listedPages(registry);
  if (pages.length <= MOST_PAGES) {
    yield sitemap(SITEMAP_PATH, "urlset", "url", pages, site);
    return;
  }
  const parts: ListedPage[] = [];
  for (let start = 0; start < pages.length; start += MOST_PAGES) {
    const path = sitemapPartPath(parts.length + 1);
    parts.push({ path });
    yield sitemap(path, "urlset", "url", pages.slice(start, start + MOST_PAGES), site);
  }
  yield sitemap(SITEMAP_PATH, "sitemapindex", "sitemap", parts, site);
}

function listedPages({ collections }: Registry): ListedPage[] {
  const namespaces = new Set<string>();
  for (const { name } of collections) {
    for (let outer = namespaceOf(name); outer !== ""; outer = namespaceOf(outer)) namespaces.add(outer);
  }
  for (const { name } of collections) namespaces.delete(name);
  return [
    { path: "" },
    ...[...namespaces].sort().map((namespace) => ({ path: namespacePath(namespace) })),
    ...collections.map(({ name, updated }) => ({ path: collectionPath(name), updated })),
  ];
}

function sitemap(
  path: string,
  list: string,
  entry: string,
  pages: readonly ListedPage[],
  site: SiteAddress,
): Endpoint {
  const lines = pages.map(({ path: page, updated }) => {
    const modified = updated === undefined ? "" : `<lastmod>${escapeXml(dayOf(updated))}</lastmod>`;
    return `<${entry}><loc>${escapeXml(encodeURI(site.to(page)))}</loc>${modified}</${entry}>\n`;
  });
  const start = `<?xml version="1.0" encoding="UTF-8"?>\n<${list} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n`;
  return { path, mediaType: "application/xml", body: `${start}${lines.join("")}</${list}>\n` };
}

/** Of a time as RFC 3339 has it, which a sitemap takes with a `T` alone. */
function dayOf(time: string): string {
  return time.slice(0, "2026-01-31".length);
}
