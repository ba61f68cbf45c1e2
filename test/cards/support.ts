import { inflateSync } from "node:zlib";

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Index of a colour for each pixel, row by row. */
  readonly pixels: Uint8Array;
  /** As `#rrggbb`. */
  readonly palette: readonly string[];
}

/** Reads a PNG of four bits a pixel without filters; that browsers read it too is another test's business. */
export function decodePng(png: Buffer): DecodedPng {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get("IDAT")!);
  const pixels = Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const pair = rows[y * (1 + width / 2) + 1 + (x >> 1)]!;
    return x % 2 === 0 ? pair >> 4 : pair & 0x0f;
  });
  const palette = chunks
    .get("PLTE")!
    .toString("hex")
    .match(/.{6}/g)!
    .map((colour) => `#${colour}`);
  return { width, height, pixels, palette };
}

/** The box of what is drawn in some rows, in pixels; undefined where nothing is. */
export function inkedBox(
  { width, pixels }: DecodedPng,
  [first, end]: readonly [number, number],
): { left: number; right: number; top: number; bottom: number } | undefined {
  let box: { left: number; right: number; top: number; bottom: number } | undefined;
  for (let y = first; y < end; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] === 0) continue;
      box ??= { left: x, right: x, top: y, bottom: y };
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.bottom = y;
    }
  }
  return box;
}
