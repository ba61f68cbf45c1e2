import { formatBytes, formatDay } from "../format.ts";
import { escapeHtml } from "../html.ts";
import { ageClass } from "./age.ts";
import { groupBy } from "../group-by.ts";
import { type Leaf, MOST_LEAVES } from "./size-leaves.ts";
import { type Box, type Placed, type Rectangle, layTreemap } from "./treemap.ts";

/** How a map is drawn: units become pixels by what room the page gives it. */
interface Drawing extends Box {
  /** Which of the two a page shows (style.css). */
  readonly className: "wide" | "tall";
  readonly fontSize: number;
  readonly most: number;
  /** The least of a rectangle's sides that a finger hits, in units: 24 pixels at the smallest scale. */
  readonly leastTarget: number;
  readonly isRow?: boolean;
}

/** Shown from 48rem on, where it is at least 0.71 times as wide; text of 16 units is 11 pixels and more. */
const WIDE: Drawing = {
  className: "wide",
  width: 1024,
  height: 480,
  fontSize: 16,
  most: MOST_LEAVES,
  leastTarget: 34,
};
/** Shown below, at 0.84 times and more, with fewer rectangles: the table has all. */
const TALL: Drawing = { className: "tall", width: 340, height: 480, fontSize: 14, most: 24, leastTarget: 29 };

/** So many leaves at most, largest first. */
type LeavesOf = (most: number) => readonly Leaf[];

/** A map, as two drawings, of which a page shows the one that fits. */
export function treemapSvg(leavesOf: LeavesOf, title: string): string {
  return [WIDE, TALL].map((drawing) => drawingSvg(leavesOf, title, drawing)).join("");
}

const WIDE_STRIP: Drawing = { ...WIDE, height: 76, most: 10, isRow: true };
const TALL_STRIP: Drawing = { ...TALL, height: 66, most: 3, isRow: true };

/** The largest in one row. */
export function stripSvg(leavesOf: LeavesOf, title: string): string {
  return [WIDE_STRIP, TALL_STRIP].map((drawing) => drawingSvg(leavesOf, title, drawing)).join("");
}

function drawingSvg(leavesOf: LeavesOf, title: string, drawing: Drawing): string {
  const { width, height, className, fontSize, most, isRow } = drawing;
  const { items, groups } = layTreemap(groupsOf(leavesOf(most), isRow), drawing, isRow);
  return `<svg class="treemap ${className}" viewBox="0 0 ${width} ${height}" font-size="${fontSize}" role="group" aria-label="${escapeHtml(title)}">
${items.map((each) => leafSvg(each, drawing)).join("")}${isRow ? "" : groups.map(outlineSvg).join("")}</svg>
`;
}

/** What belongs together, the largest first, and what is left over last; in a row nothing does. */
function groupsOf(leaves: readonly Leaf[], isRow = false): readonly (readonly Leaf[])[] {
  if (isRow) return leaves.map((leaf) => [leaf]);
  const groups = [...groupBy(leaves, ({ group }) => [group]).values()];
  return groups.sort((a, b) => bytesOf(b) - bytesOf(a));
}

/** Less than all others for what is left over. */
function bytesOf(group: readonly Leaf[]): number {
  return group[0]?.href === undefined ? -1 : group.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Around what is in one namespace. */
function outlineSvg({ x, y, width, height }: Rectangle): string {
  return `<rect class="outline" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/>\n`;
}

/** A box of its own for each: whatever font a reader has, no text leaves it. */
function leafSvg(placed: Placed<Leaf>, drawing: Drawing): string {
  const { item, x, y, width, height } = placed;
  const label = escapeHtml(labelOf(item));
  const isTarget = Math.min(width, height) >= drawing.leastTarget;
  const box = `<svg class="${ageClass(item.age)}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"><title>${label}</title><rect width="100%" height="100%"/>${linesSvg(placed, drawing)}</svg>`;
  return item.href !== undefined && isTarget
    ? `<a href="${escapeHtml(item.href)}" aria-label="${label}">${box}</a>\n`
    : `<g role="img" aria-label="${label}">${box}</g>\n`;
}

/** What a rectangle says to who cannot see its size and colour. */
function labelOf({ name, bytes, images, created }: Leaf): string {
  const many = images > 1 ? `, ${images} images` : "";
  const made = created === undefined ? "" : `, ${images > 1 ? "newest " : ""}made on ${formatDay(created)}`;
  return `${name}: ${formatBytes(bytes)}${many}${made}`;
}

const MARGIN = 6;
const LINE = 1.25;

function linesSvg({ item, width, height }: Placed<Leaf>, { fontSize }: Drawing): string {
  const lines = [item.name, formatBytes(item.bytes), ...(item.created ? [formatDay(item.created)] : [])];
  const most = Math.max(Math.floor((height - MARGIN) / (fontSize * LINE)), 0);
  const texts: string[] = [];
  for (const line of lines.slice(0, most)) {
    const room = (width - 2 * MARGIN) / fontSize;
    const text = line === item.name ? fitName(line, room) : fitText(line, room);
    // A size or a day that is cut is a wrong one.
    if (text === undefined || (texts.length > 0 && text !== line)) break;
    const at = round(MARGIN / 2 + fontSize * (LINE * texts.length + 1.05));
    texts.push(`<text x="${MARGIN}" y="${at}">${escapeHtml(text)}</text>`);
  }
  return texts.join("");
}

/** The whole of a name, or where that is too long what comes last in it. */
function fitName(name: string, room: number): string | undefined {
  const whole = fitText(name, room);
  return whole === name ? whole : fitText(name.slice(name.lastIndexOf("/", name.length - 2) + 1), room);
}

/** Fewer characters say nothing. */
const LEAST_CHARACTERS = 4;

/** As much of a text as is no wider than `room` (in em), with an ellipsis where it is cut; undefined where that is too little. */
export function fitText(text: string, room: number): string | undefined {
  const ellipsis = widthOf("…");
  let width = 0;
  let cut = 0;
  for (let index = 0; index < text.length; index++) {
    width += widthOf(text.charAt(index));
    if (width <= room - ellipsis) cut = index + 1;
    if (width > room) return cut < LEAST_CHARACTERS ? undefined : `${text.slice(0, cut)}…`;
  }
  return text;
}

/** In em, on the safe side of the fonts that systems have. */
function widthOf(character: string): number {
  if (/[.,:;'|!/ijlft -]/.test(character)) return 0.4;
  if (/[mwMWG@%…]/.test(character)) return 1;
  return /[A-Z+~]/.test(character) ? 0.78 : 0.63;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
