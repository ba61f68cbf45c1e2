/** A link to one page of several; without an address it stands for those that are left out. */
export interface PageLink {
  readonly text: string;
  readonly href?: string;
  readonly isCurrent?: boolean;
  readonly rel?: "prev" | "next";
}

/** How many pages on either side of the one that is shown are named. */
const NEIGHBOURS = 2;

/** Links to the other pages of a listing: the neighbours, the first and the last; none where there is but one page. */
export function pageLinks(current: number, count: number, hrefOf: (page: number) => string): PageLink[] {
  if (count === 1) return [];
  const links: PageLink[] = [];
  if (current > 1) links.push({ text: "Previous", href: hrefOf(current - 1), rel: "prev" });
  let last = 0;
  for (let page = 1; page <= count; page++) {
    const isNamed = page === 1 || page === count || Math.abs(page - current) <= NEIGHBOURS;
    if (!isNamed) continue;
    if (page > last + 1) links.push({ text: "…" });
    links.push({ text: String(page), href: hrefOf(page), isCurrent: page === current });
    last = page;
  }
  if (current < count) links.push({ text: "Next", href: hrefOf(current + 1), rel: "next" });
  return links;
}
