import { hierarchy, treemap, treemapDice, treemapSquarify } from "d3-hierarchy";

/** A rectangle in a box, in its units. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed<T> extends Rectangle {
  readonly item: T;
}

export type Box = Pick<Rectangle, "width" | "height">;

/** Where items lie, and what belongs together. */
export interface Treemap<T> {
  readonly items: readonly Placed<T>[];
  readonly groups: readonly Rectangle[];
}

interface Node<T> {
  readonly children?: readonly Node<T>[];
  readonly item?: T;
}

/**
 * Fills a box with rectangles whose areas are as the bytes of the items, each as square as may be, or in one row. A
 * group lies together. Both are placed in the order that they come in, which should be the largest first.
 */
export function layTreemap<T extends { readonly bytes: number }>(
  groups: readonly (readonly T[])[],
  { width, height }: Box,
  isRow = false,
): Treemap<T> {
  const all: Node<T> = {
    children: groups.map((items) => ({ children: items.map((item) => ({ item })) })),
  };
  const root = hierarchy(all).sum(({ item }) => item?.bytes ?? 0);
  const tile = isRow ? treemapDice : treemapSquarify;
  const placed = treemap<Node<T>>().tile(tile).size([width, height])(root);
  return {
    items: placed
      .leaves()
      .flatMap((leaf) =>
        leaf.data.item === undefined ? [] : [{ item: leaf.data.item, ...rectangle(leaf) }],
      ),
    groups: (placed.children ?? []).map(rectangle),
  };
}

interface Corners {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

function rectangle({ x0, y0, x1, y1 }: Corners): Rectangle {
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}
