import {
  API_PAGE_PATH,
  CHANGES_PATH,
  COLLECTIONS_PATH,
  HEALTH_PATH,
  SIZES_PATH,
  groupsPath,
} from "../endpoints/paths.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import { href } from "./links.ts";

interface Destination {
  readonly text: string;
  readonly path: string;
  /** Default: always. */
  readonly isThere?: (site: Site) => boolean;
}

/** Where the header of every page leads, in this order. */
const DESTINATIONS: readonly Destination[] = [
  { text: "Collections", path: COLLECTIONS_PATH },
  { text: "Labels", path: groupsPath("labels") },
  { text: "Sizes", path: SIZES_PATH },
  { text: "Changes", path: CHANGES_PATH },
  { text: "Health", path: HEALTH_PATH, isThere: ({ health }) => health !== undefined },
  { text: "API", path: API_PAGE_PATH },
];

/**
 * The links of the header, marked where the page is or is below one of them. Their HTML is made once: a loop in the frame
 * of every page is what memory goes to (docs/performance.md).
 */
export function navigation(site: Site): (path: string) => string {
  const there = DESTINATIONS.filter(({ isThere }) => isThere?.(site) ?? true);
  const links = (path: string) => there.map((to) => link(to, path, site)).join("\n");
  const elsewhere = links("");
  return (path) => (there.some((to) => path.startsWith(to.path)) ? links(path) : elsewhere);
}

function link({ text, path }: Destination, current: string, site: Site): string {
  const mark =
    current === path ? ' aria-current="page"' : current.startsWith(path) ? ' aria-current="true"' : "";
  return `<a href="${escapeHtml(href(site, path))}"${mark}>${text}</a>`;
}
