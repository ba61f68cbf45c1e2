import { asciiUrl } from "../address.ts";
import type { Image } from "../protocols/image.ts";

/**
 * One thing that is served to programs: a text of ours, an image that the site keeps, or the way to one that lies
 * elsewhere.
 */
export type Endpoint = TextEndpoint | ImageEndpoint | RedirectEndpoint;

interface Served {
  /**
   * Relative to the site, without a leading slash: `vanessa/greeting/tags/`. One that ends in a slash is a folder
   * with an index; it is written as the host wants it (`index.json` on GitHub Pages).
   */
  readonly path: string;
  /** The same in lower case: needless on a disk that takes both spellings for one. */
  readonly isAlias?: true;
}

export interface TextEndpoint extends Served {
  readonly mediaType: string;
  readonly body: string | Buffer;
}

/** The file is the same as that of another path, and takes no room of its own where the disk has hard links. */
export interface ImageEndpoint extends Served {
  /** Relative to registry.yml and to the site: `images/sha256/<hex>.sif`. */
  readonly image: string;
}

/** Only on hosts that have redirects. */
export interface RedirectEndpoint extends Served {
  /** Absolute. */
  readonly redirectTo: string;
}

/** The way to an image: the file itself where the site keeps it, else to where it lies. */
export function imageEndpoint(path: string, { path: file, url }: Image): ImageEndpoint | RedirectEndpoint {
  return file === undefined ? { path, redirectTo: asciiUrl(url) } : { path, image: file };
}

const JSON_TYPE = "application/json";

/** A JSON endpoint. `<` is written as an escape, so that no browser finds markup in a stranger's text. */
export function jsonEndpoint(path: string, value: unknown): TextEndpoint {
  return { path, mediaType: JSON_TYPE, body: jsonText(value, 2) };
}

/** A JSON endpoint in one line: for what only programs read, and is there once for each tag. */
export function compactJsonEndpoint(path: string, value: unknown, mediaType = JSON_TYPE): TextEndpoint {
  return { path, mediaType, body: jsonText(value) };
}

function jsonText(value: unknown, indent?: number): string {
  return `${JSON.stringify(value, null, indent).replaceAll("<", "\\u003c")}\n`;
}
