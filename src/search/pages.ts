/** In characters of JSON: some 4 kB on its way. A page is closed by the first item that fills it. */
const PAGE_SIZE = 12 * 1024;
/** A beginning of words that lies on more pages than this gets an answer of its own. */
const PAGES_TO_READ = 2;

/** Sorted items, cut into pages of about the same size; `at` is where each page begins. */
export interface Pages<T> {
  readonly pages: readonly (readonly T[])[];
  readonly at: readonly number[];
}

export function cutPages<T>(items: readonly T[], sizeOf: (item: T) => number): Pages<T> {
  const pages: T[][] = [];
  const at: number[] = [];
  let size = PAGE_SIZE;
  for (const [index, item] of items.entries()) {
    if (size >= PAGE_SIZE) {
      pages.push([]);
      at.push(index);
      size = 0;
    }
    pages.at(-1)?.push(item);
    size += sizeOf(item);
  }
  return { pages, at };
}

/** Some of the sorted words that begin alike: from `start` up to, not including, `end`. */
export interface Beginning {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The beginnings that lie on too many pages to read them all, shorter ones before those within them. */
export function wideBeginnings(terms: readonly string[], at: readonly number[]): Beginning[] {
  const found: Beginning[] = [];
  const pageOf = pageNumbers(terms.length, at);
  const isWide = (start: number, end: number) =>
    (pageOf[end - 1] ?? 0) - (pageOf[start] ?? 0) >= PAGES_TO_READ;
  const look = (start: number, end: number, length: number): void => {
    for (let from = start; from < end;) {
      const text = (terms[from] ?? "").slice(0, length);
      let to = from + 1;
      while (to < end && (terms[to] ?? "").slice(0, length) === text) to++;
      if (text.length === length && isWide(from, to)) {
        found.push({ text, start: from, end: to });
        look(from, to, length + 1);
      }
      from = to;
    }
  };
  look(0, terms.length, 1);
  return found;
}

/** The page of each item. */
function pageNumbers(count: number, at: readonly number[]): Uint32Array {
  const pageOf = new Uint32Array(count);
  for (const [page, start] of at.entries()) pageOf.fill(page, start);
  return pageOf;
}
