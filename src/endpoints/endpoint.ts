/**
 * One thing that is served to programs. A path that ends in a slash is a folder with an index; it is written as
 * the host wants it (`index.json` on GitHub Pages).
 */
export interface Endpoint {
  /** Relative to the site, without a leading slash: `vanessa/greeting/tags/`. */
  readonly path: string;
  readonly mediaType: string;
  readonly body: string | Buffer;
}

const JSON_TYPE = "application/json";

/** A JSON endpoint. `<` is written as an escape, so that no browser finds markup in a stranger's text. */
export function jsonEndpoint(path: string, value: unknown): Endpoint {
  const body = `${JSON.stringify(value, null, 2).replaceAll("<", "\\u003c")}\n`;
  return { path, mediaType: JSON_TYPE, body };
}
