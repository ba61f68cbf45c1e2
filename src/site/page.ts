/** One HTML page: where it lies, what draws it, and what it shows (made when it is drawn, and not kept). */
export interface Page {
  /** Relative to the site; a folder (ending in a slash, or empty) is served by its index.html. */
  readonly path: string;
  readonly template: string;
  /** Plain values, ready to be shown: keys that end in `Html` are safe HTML, all else is text. */
  readonly view: () => object;
}
