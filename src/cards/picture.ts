import { crc32, deflateSync } from "node:zlib";
import { FULL_COVER, type Face, type Glyph } from "./glyphs.ts";

/*
 * A picture of 16 colours, and its file. Two pixels are a byte, as in the file, so that nothing is converted; a new
 * picture is empty: nothing but paper.
 */

/** What is drawn with; each has as many shades as a letter's pixel may be covered, from paper to itself. */
const INKS = ["text", "quiet", "accent"] as const;
export type Ink = (typeof INKS)[number];

/** Red, green and blue, 0 to 255. */
export type Colour = readonly number[];

/** 4 takes twice the time of 3 and saves a seventh. */
const DEFLATE_LEVEL = 3;
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

export class Picture {
  readonly width: number;
  readonly height: number;
  /** Rows as PNG has them: the number of a filter (0: none), then the pixels. */
  readonly #rows: Buffer;
  readonly #rowLength: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#rowLength = 1 + width / 2;
    this.#rows = Buffer.alloc(this.#rowLength * height);
  }

  /** Makes this picture the same as another of its size. */
  copy(other: Picture): void {
    other.#rows.copy(this.#rows);
  }

  /** Fills a box, whose `left` and `width` are even. */
  fill(ink: Ink, cover: number, box: { left: number; top: number; width: number; height: number }): void {
    const shade = shadeOf(ink, cover);
    for (let y = box.top; y < box.top + box.height; y++) {
      const start = y * this.#rowLength + 1 + box.left / 2;
      this.#rows.fill(shade * 0x11, start, start + box.width / 2);
    }
  }

  /** Draws a text with its pen at `x` on the baseline `y`. Characters that the face lacks are nothing. */
  write(text: string, face: Face, ink: Ink, { x, y }: { readonly x: number; readonly y: number }): void {
    let pen = x * 64;
    for (const character of text) {
      const glyph = face.get(character);
      if (!glyph) continue;
      this.#draw(glyph, ink, Math.round(pen / 64), y);
      pen += glyph.advance;
    }
  }

  /** Letters of one ink may overlap: a pixel keeps the darker shade. A letter that is not all inside is left out. */
  #draw({ left, top, width, height, pixels }: Glyph, ink: Ink, x: number, y: number): void {
    const [first, base, rows] = [x + left, shadeOf(ink, 0), this.#rows];
    if (first < 0 || first + width > this.width || y + top < 0 || y + top + height > this.height) return;
    let at = 0;
    for (let row = y + top; row < y + top + height; row++) {
      const start = row * this.#rowLength + 1;
      for (let column = first; column < first + width; column++) {
        const cover = pixels[at++] ?? 0;
        if (cover === 0) continue;
        const place = start + (column >> 1);
        const pair = rows[place] ?? 0;
        const shade = base + cover;
        if (column % 2 === 0) rows[place] = (Math.max(pair >> 4, shade) << 4) | (pair & 0x0f);
        else rows[place] = (pair & 0xf0) | Math.max(pair & 0x0f, shade);
      }
    }
  }

  /** The picture as a PNG (https://www.w3.org/TR/png-3/), in colours that {@link paletteOf} made. */
  toPng(palette: Buffer): Buffer {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(this.width, 0);
    header.writeUInt32BE(this.height, 4);
    // Four bits a pixel, of a palette; then the only compression and filter there are, and no interlacing.
    header.set([4, 3, 0, 0, 0], 8);
    return Buffer.concat([
      SIGNATURE,
      chunk("IHDR", header),
      chunk("PLTE", palette),
      chunk("IDAT", deflateSync(this.#rows, { level: DEFLATE_LEVEL })),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }
}

function shadeOf(ink: Ink, cover: number): number {
  return INKS.indexOf(ink) * FULL_COVER + cover;
}

/** Paper, and the shades of every ink on it. */
export function paletteOf(paper: Colour, inks: Readonly<Record<Ink, Colour>>): Buffer {
  const shades = INKS.flatMap((ink) =>
    Array.from({ length: FULL_COVER }, (_, index) => mix(paper, inks[ink], (index + 1) / FULL_COVER)),
  );
  return Buffer.from([paper, ...shades].flat());
}

function mix(from: Colour, to: Colour, share: number): Colour {
  return from.map((value, index) => Math.round(value + ((to[index] ?? value) - value) * share));
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
