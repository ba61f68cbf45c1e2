import { namespacePath } from "../endpoints/paths.ts";
import type { Site } from "../protocols/site.ts";

/** A link inside the site: a path from the host's root, so that it works wherever the host is reached. */
export function href(site: Site, path: string): string {
  return site.basePath + path;
}

interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** The namespaces above a page, from the outermost on. */
export function crumbsOf(namespace: string, site: Site): Crumb[] {
  const segments = namespace === "" ? [] : namespace.split("/");
  return segments.map((text, index) => ({
    text,
    href: href(site, namespacePath(segments.slice(0, index + 1).join("/"))),
  }));
}
