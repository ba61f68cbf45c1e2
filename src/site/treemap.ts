import { hierarchy, treemap, treemapDice, treemapSquarify } from "d3-hierarchy";

/** Where something lies in a box, in its units. */
export interface Placed<T> {
  readonly item: T;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Something that takes room: bytes, above 0. */
interface Weighed {
  readonly bytes: number;
}

interface Node<T> {
  readonly items?: readonly T[];
  readonly item?: T;
}

/**
 * Fills a box with rectangles whose areas are as the bytes of the items, the largest first, each as square as may be,
 * or in one row.
 */
export function layTreemap<T extends Weighed>(
  items: readonly T[],
  { width, height }: Box,
  isRow = false,
): Placed<T>[] {
  const all: Node<T> = { items };
  const root = hierarchy(all, (node) => node.items?.map((item): Node<T> => ({ item })))
    .sum(({ item }) => item?.bytes ?? 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<Node<T>>()
    .tile(isRow ? treemapDice : treemapSquarify)
    .size([width, height])(root);
  return placed.leaves().flatMap(({ data, x0, y0, x1, y1 }) => {
    if (data.item === undefined) return [];
    return [{ item: data.item, x: x0, y: y0, width: x1 - x0, height: y1 - y0 }];
  });
}
