import type { SifObject } from "../sif/objects.ts";
import { type SifPart, partsOf } from "../sif/parts.ts";
import type { Sif } from "../sif/sif.ts";
import { formatBytes } from "../format.ts";

/** A part of a file, as a map draws it. */
export interface MapPart {
  /** One character. */
  readonly mark: string;
  /** Undefined: no object. */
  readonly object?: SifObject;
  readonly title?: string;
  readonly offset: number;
  readonly size: number;
}

export interface SifMap {
  readonly parts: readonly MapPart[];
  /** One character for each so many bytes. */
  readonly bar: string;
  /** How to read it. */
  readonly scale: string;
}

const GAP_MARK = ".";

/** What is no object; one that is has a mark of its own. */
const MARKS: Readonly<Record<SifPart<SifObject>["kind"], Pick<MapPart, "mark" | "title">>> = {
  table: { mark: ":", title: "header, list of objects" },
  unused: { mark: GAP_MARK, title: "unused" },
  missing: { mark: "?", title: "missing" },
  object: { mark: "+" },
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** What an object is called in the map: its id, or where that has two digits a letter. */
export function markOf({ id }: Pick<SifObject, "id">): string {
  if (id < 10) return String(id);
  return LETTERS[id - 10] ?? "+";
}

/**
 * The file as one bar, to scale: each part is as wide as its share. What is smaller than a column has one nevertheless,
 * which the widest parts give up.
 *
 *     ::::::::::::::122333333333333333333333333333333333333333333333333333333333333334
 */
export function mapOf(sif: Sif, width: number): SifMap {
  const parts = markedParts(sif);
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const drawn = widest(
    parts.filter(({ mark, size }) => mark !== GAP_MARK || (size / total) * width >= 1),
    width,
  );
  const columns = columnsOf(drawn, width);
  const left = parts.filter((part) => part.object && !drawn.includes(part)).length;
  return {
    parts,
    bar: drawn.map(({ mark }, index) => mark.repeat(columns[index] ?? 0)).join(""),
    scale: scaleOf(total / width, left),
  };
}

function scaleOf(bytes: number, left: number): string {
  const column = `a column is ${formatBytes(bytes)}, and what is smaller has one to itself`;
  return left === 0 ? column : `${column}; ${left} small objects are left out`;
}

function markedParts({ descriptors, objects, size }: Sif): MapPart[] {
  const tableEnd = descriptors.offset + descriptors.size;
  return partsOf({ tableEnd, objects, size }).map(({ kind, object, offset, size: length }) => {
    const extent = { offset, size: length };
    return object ? { mark: markOf(object), object, ...extent } : { ...MARKS[kind], ...extent };
  });
}

/** As many parts as there are columns, the largest ones, in their order. */
function widest(parts: readonly MapPart[], width: number): MapPart[] {
  if (parts.length <= width) return [...parts];
  const kept = new Set([...parts].sort((a, b) => b.size - a.size).slice(0, width));
  return parts.filter((part) => kept.has(part));
}

function columnsOf(parts: readonly MapPart[], width: number): number[] {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const columns = parts.map(({ size }) => Math.max(1, Math.round((size / total) * width)));
  let excess = columns.reduce((sum, count) => sum + count, 0) - width;
  while (excess !== 0 && columns.length > 0) {
    const most = columns.indexOf(Math.max(...columns));
    columns[most] = (columns[most] ?? 0) - Math.sign(excess);
    excess -= Math.sign(excess);
  }
  return columns;
}
