import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import packedChromium from "@sparticuz/chromium";
import { chromium } from "playwright-core";

/*
 * Draws the letters of cards once, with a browser, for src/cards/glyphs.ts to read:
 *
 *     node tools/card-font.mjs
 *
 * The file is gzipped. In it are four bytes (big-endian) that say how long the JSON is, the JSON
 * { face: [[code point, advance in 64ths of a pixel, left, top, width, height], …] } with boxes as seen from the pen on
 * the baseline, and then a byte for each pixel of each glyph in turn, row by row: how much of it is covered, 0 to 5.
 */

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = join(PROJECT, "templates/card");
const FONT = dirname(fileURLToPath(import.meta.resolve("@fontsource/inter/400.css")));

/** Names of collections and tags, sizes and days are ASCII; what people write is in many languages. */
const ASCII = [
  [0x20, 0x7e],
  [0x2026, 0x2026],
];
const WRITTEN = [
  ...ASCII,
  [0xa1, 0x24f],
  [0x2b0, 0x2dd],
  [0x370, 0x4ff],
  [0x1e00, 0x1eff],
  [0x2010, 0x205e],
  [0x2070, 0x20bf],
  [0x2100, 0x22ff],
];

/** Large letters stand too far apart as they are; `tracking` is in parts of the size. */
const FACES = {
  nameLarge: { size: 104, weight: 600, tracking: -0.028, ranges: ASCII },
  nameMedium: { size: 76, weight: 600, tracking: -0.024, ranges: ASCII },
  nameSmall: { size: 52, weight: 600, tracking: -0.02, ranges: ASCII },
  namespace: { size: 44, weight: 400, tracking: -0.014, ranges: ASCII },
  fact: { size: 38, weight: 600, tracking: -0.014, ranges: ASCII },
  text: { size: 36, weight: 400, tracking: -0.01, ranges: WRITTEN },
  label: { size: 28, weight: 400, tracking: 0, ranges: ASCII },
};

const ICON_SIZE = 56;

const executablePath = process.env["CHROMIUM_PATH"] ?? (await packedChromium.executablePath());
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
await page.setContent(`<style>${fontCss()}</style>`);
const faces = {};
const pixels = [];
for (const [name, face] of Object.entries(FACES)) add(name, await page.evaluate(drawFace, face));
add("icon", [await page.evaluate(drawIcon, { svg: icon(), size: ICON_SIZE })]);
await browser.close();

const list = Buffer.from(JSON.stringify(faces));
const length = Buffer.alloc(4);
length.writeUInt32BE(list.length);
writeFileSync(
  join(TARGET, "glyphs.bin.gz"),
  gzipSync(Buffer.concat([length, list, ...pixels]), { level: 9 }),
);
copyFileSync(join(FONT, "LICENSE"), join(TARGET, "LICENSE"));

function add(name, glyphs) {
  faces[name] = glyphs.map(({ box }) => box);
  pixels.push(...glyphs.map((glyph) => Buffer.from(glyph.pixels)));
}

/** The style sheets of the font with its files in them, so that the page asks nobody. */
function fontCss() {
  const sheets = [400, 600].map((weight) => readFileSync(join(FONT, `${weight}.css`), "utf8"));
  return sheets.join("\n").replaceAll(/url\((\.\/files\/[^)]+\.woff2)\)/g, (_, file) => {
    return `url(data:font/woff2;base64,${readFileSync(join(FONT, file)).toString("base64")})`;
  });
}

/** The site's icon in one colour: its lines are what is left out. */
function icon() {
  return readFileSync(join(PROJECT, "templates/assets/icon.svg"), "utf8");
}

/** Runs in the browser: the glyphs that the font has. */
async function drawFace({ size, weight, tracking, ranges }) {
  const canvas = new OffscreenCanvas(size * 4, size * 3);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [penX, penY] = [size, size * 2];
  const draw = (text, families) => {
    context.font = `${weight} ${size}px ${families}`;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillText(text, penX, penY);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return Uint8Array.from({ length: data.length / 4 }, (_, at) => Math.round((data[at * 4 + 3] / 255) * 5));
  };
  const codes = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  await document.fonts.load(`${weight} ${size}px Inter`, String.fromCodePoint(...codes));
  const glyphs = [];
  for (const code of codes) {
    const text = String.fromCodePoint(code);
    const other = draw(text, "serif");
    const drawn = draw(text, "Inter, serif");
    // What looks the same without the font is not in it; marks are part of letters here.
    const isOurs = code === 0x20 || drawn.some((value, at) => value !== other[at]);
    if (!isOurs || /\p{M}/u.test(text)) continue;
    const advance = Math.round((context.measureText(text).width + tracking * size) * 64);
    const inked = [...drawn.keys()].filter((at) => drawn[at] > 0);
    if (inked.length === 0) {
      glyphs.push({ box: [code, advance, 0, 0, 0, 0], pixels: [] });
      continue;
    }
    const xs = inked.map((at) => at % canvas.width);
    const left = Math.min(...xs);
    const width = Math.max(...xs) - left + 1;
    const top = Math.floor(inked[0] / canvas.width);
    const height = Math.floor(inked.at(-1) / canvas.width) - top + 1;
    const box = [code, advance, left - penX, top - penY, width, height];
    const rows = Array.from({ length: height }, (_, row) => {
      const start = (top + row) * canvas.width + left;
      return [...drawn.subarray(start, start + width)];
    });
    glyphs.push({ box, pixels: rows.flat() });
  }
  return glyphs;
}

/** Runs in the browser. */
async function drawIcon({ svg, size }) {
  const image = new Image(size, size);
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, size, size);
  const { data } = context.getImageData(0, 0, size, size);
  // Dark is covered; white is a line, or the page.
  const covers = Array.from({ length: size * size }, (_, at) =>
    Math.round((data[at * 4 + 3] / 255) * ((255 - data[at * 4]) / (255 - 0x0b)) * 5),
  );
  return { box: ["#".codePointAt(0), size * 64, 0, -size, size, size], pixels: covers };
}
