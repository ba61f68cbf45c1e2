import type { Extent } from "./header.ts";

/** A part of an image's file. `missing` is what objects are said to have behind its end. */
export interface SifPart<T> extends Extent {
  readonly kind: "table" | "object" | "unused" | "missing";
  readonly object?: T;
}

/** What is known of where things lie in a file. */
export interface SifLayout<T> {
  /** Where the header and the list of objects end. */
  readonly tableEnd: number;
  readonly objects: readonly T[];
  /** Bytes of the whole file; undefined where nobody says. */
  readonly size?: number | undefined;
}

/** The file from its beginning to its end: each byte is in one part, and no part is empty. */
export function partsOf<T extends Extent>({ tableEnd, objects, size }: SifLayout<T>): SifPart<T>[] {
  const parts: SifPart<T>[] = [];
  const end = size ?? Infinity;
  let position = 0;
  const add = (part: SifPart<T>) => {
    if (part.offset > position) parts.push(unused(position, Math.min(part.offset, end)));
    const start = Math.max(part.offset, position);
    const stop = Math.min(part.offset + part.size, end);
    if (stop > start) parts.push({ ...part, offset: start, size: stop - start });
    position = Math.max(position, stop);
  };
  add({ kind: "table", offset: 0, size: tableEnd });
  const sorted = [...objects].sort((a, b) => a.offset - b.offset);
  for (const object of sorted) add({ kind: "object", object, offset: object.offset, size: object.size });
  if (size !== undefined && position < size) parts.push(unused(position, size));
  const furthest = sorted.reduce((most, object) => Math.max(most, object.offset + object.size), 0);
  if (furthest > end) parts.push({ kind: "missing", offset: end, size: furthest - end });
  return parts.filter((part) => part.size > 0);
}

function unused<T>(start: number, end: number): SifPart<T> {
  return { kind: "unused", offset: start, size: end - start };
}
