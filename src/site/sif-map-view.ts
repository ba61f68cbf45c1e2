import { formatBytes, formatNumber, plural } from "../format.ts";
import { escapeHtml } from "../html.ts";
import type { ImageObject, ImageRecord } from "../registry/model.ts";
import { type SifPart, partsOf } from "../sif/parts.ts";

type Part = SifPart<ImageObject>;

/** What is inside an image, as a picture to scale and as a table with the same. */
export interface SifMapView {
  readonly mapHtml: string;
  readonly rowsHtml: string;
}

/** Units of the picture, which the style sheet stretches. */
const WIDTH = 1000;
const HEIGHT = 24;
/** What is smaller is drawn so wide, or nobody would see it. */
const NARROWEST = 3;

/**
 * The map of an image from what its record tells. What lies before the first object is the header and the list of
 * objects. Undefined where the record does not say what is inside.
 */
export function sifMapView({
  objects,
  size,
  schema,
}: Pick<ImageRecord, "objects" | "size" | "schema">): SifMapView | undefined {
  if (!objects || objects.length === 0 || schema !== 2) return undefined;
  const tableEnd = objects.reduce((least, { offset }) => Math.min(least, offset), size);
  const parts = partsOf({ tableEnd, objects, size });
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  return { mapHtml: mapHtml(parts, total), rowsHtml: rowsHtml(parts, total) };
}

function mapHtml(parts: readonly Part[], total: number): string {
  const widths = widthsOf(parts, total);
  let x = 0;
  const rects = parts.map((part, index) => {
    const width = widths[index] ?? 0;
    const title = escapeHtml(`${nameOf(part)}, ${formatBytes(part.size)}`);
    const rect = `<rect class="${classOf(part)}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="${HEIGHT}"><title>${title}</title></rect>`;
    x += width;
    return rect;
  });
  const label = `The file from its beginning to its end, to scale: ${plural(parts.length, "part")} in ${formatBytes(total)}; the table has them all`;
  return `<svg class="sif-map" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
${rects.join("\n")}
</svg>`;
}

/** To scale, but for the smallest, whose room the others give up in proportion. */
function widthsOf(parts: readonly Part[], total: number): number[] {
  const scaled = parts.map(({ size }) => (total === 0 ? 0 : (size / total) * WIDTH));
  const small = scaled.filter((width) => width < NARROWEST);
  const rest = scaled.reduce((sum, width) => sum + (width < NARROWEST ? 0 : width), 0);
  const factor = rest === 0 ? 0 : (WIDTH - small.length * NARROWEST) / rest;
  return scaled.map((width) => (width < NARROWEST ? NARROWEST : width * factor));
}

function rowsHtml(parts: readonly Part[], total: number): string {
  const rows = parts.map((part) => {
    const swatch = `<svg class="swatch" viewBox="0 0 8 8" aria-hidden="true"><rect class="${classOf(part)}" width="8" height="8"/></svg>`;
    return `<tr><th scope="row">${swatch} ${escapeHtml(nameOf(part))}</th><td>${escapeHtml(detailsOf(part))}</td><td class="number">${formatBytes(part.size)}</td><td class="number">${shareOf(part.size, total)}</td><td class="number">${formatNumber(part.offset)}</td></tr>\n`;
  });
  return rows.join("");
}

function nameOf({ kind, object }: Part): string {
  if (object) return `${object.id} ${object.type}`;
  return { table: "header and list", unused: "unused", missing: "missing", object: "" }[kind];
}

function detailsOf({ kind, object }: Part): string {
  if (!object) return kind === "missing" ? "said to lie behind the end of the file" : "";
  const { fileSystem, partition, format, name } = object;
  return [fileSystem, partition, format, name].filter((detail) => detail !== undefined).join(", ");
}

/** Types that say something about an image have a colour of their own, and so have those that are the image. */
function classOf({ kind, object }: Part): string {
  switch (object?.type) {
    case undefined:
      return `part-${kind}`;
    case "partition":
      return "part-partition";
    case "signature":
    case "crypto message":
      return "part-signature";
    default:
      return "part-data";
  }
}

function shareOf(size: number, total: number): string {
  const percent = total === 0 ? 0 : (size / total) * 100;
  return percent > 0 && percent < 0.1 ? "&lt; 0.1 %" : `${percent.toFixed(1)} %`;
}
