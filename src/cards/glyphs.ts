import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/*
 * The letters of cards as pixels, drawn once by tools/card-font.mjs, which says how the file is made up. No font is read
 * when a site is built, and no program draws: a card is copied together.
 */

const FILE = new URL("../../templates/card/glyphs.bin.gz", import.meta.url);

/** How much of a pixel a letter covers: 0 to this. */
export const FULL_COVER = 5;

export interface Glyph {
  /** How far the pen moves on, in 64ths of a pixel. */
  readonly advance: number;
  /** The upper left corner of its box as seen from the pen, which is on the baseline. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Row by row, a byte each, 0 to {@link FULL_COVER}. */
  readonly pixels: Uint8Array;
}

/** The letters of one size and weight, by their characters. */
export type Face = ReadonlyMap<string, Glyph>;

export type FaceName =
  | "nameLarge"
  | "nameMedium"
  | "nameSmall"
  | "namespace"
  | "fact"
  | "text"
  | "label"
  | "icon";

type Box = readonly [code: number, advance: number, left: number, top: number, width: number, height: number];

/** Every face, of which `text` has Latin, Greek and Cyrillic letters, `icon` the site's icon (`#`), the others ASCII. */
export function readFaces(): Readonly<Record<FaceName, Face>> {
  const file = gunzipSync(readFileSync(FILE));
  const listEnd = 4 + file.readUInt32BE(0);
  const list = JSON.parse(file.toString("utf8", 4, listEnd)) as Readonly<Record<FaceName, readonly Box[]>>;
  let at = listEnd;
  const faceOf = (boxes: readonly Box[]): Face =>
    new Map(
      boxes.map(([code, advance, left, top, width, height]) => {
        const pixels = file.subarray(at, (at += width * height));
        return [String.fromCodePoint(code), { advance, left, top, width, height, pixels }];
      }),
    );
  // In the order of the file, for pixels follow each other in it.
  const faces = Object.entries(list).map(([name, boxes]) => [name, faceOf(boxes)] as const);
  return Object.fromEntries(faces) as Record<FaceName, Face>;
}
