import { StowageError } from "./errors.ts";

/** Where a site answers. Every link in it is made by {@link SiteAddress.to}. */
export interface SiteAddress {
  /** With a trailing slash; undefined where nobody said it. */
  readonly url: string | undefined;
  /** The path below the host, with slashes at both ends: `/` or `/registry/`. */
  readonly basePath: string;
  /** The address of a path of the site, such as `vanessa/greeting/`: absolute where the URL is known. */
  to(path: string): string;
}

/** As long as any address of a registry; a host name of many accents takes time that grows with its square. */
const LONGEST_URL = 2048;

/** The address of a site at a URL (`https://lab.github.io/registry`), or of one that only knows that it is at a root. */
export function siteAddress(url?: string): SiteAddress {
  if (url === undefined) return { url: undefined, basePath: "/", to: (path) => `/${path}` };
  const parsed = parseHttpUrl(url);
  const basePath = parsed.pathname.endsWith("/") ? parsed.pathname : `${parsed.pathname}/`;
  const base = parsed.origin + basePath;
  return { url: base, basePath, to: (path) => base + path };
}

function parseHttpUrl(text: string): URL {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined;
  const isUsable =
    url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
  if (isUsable && /^https?:\/\//i.test(text) && canDecode(url.pathname)) return url;
  throw new StowageError(
    "usage",
    `${JSON.stringify(text)} is not the address of a site; expected http:// or https://, a host and perhaps a path, such as https://lab.github.io/registry/`,
  );
}

function canDecode(path: string): boolean {
  try {
    decodeURI(path);
    return true;
  } catch {
    return false;
  }
}

/** An absolute address in the characters that a header can carry; one that is so already stays as it is. */
export function asciiUrl(url: string): string {
  return /^[\x21-\x7e]*$/.test(url) ? url : new URL(url).href;
}
