import { formatBytes } from "../format.ts";
import { escapeHtml } from "../html.ts";
import type { DatedTag } from "./tag-rows.ts";

/** The size of a collection's images over time, as a picture, and what stands beside it. */
export interface SizesChart {
  readonly svgHtml: string;
  readonly largest: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** Units of the picture, which the style sheet stretches. */
const WIDTH = 1000;
const HEIGHT = 100;
/** So that no dot is cut off. */
const MARGIN = 6;

/** Undefined where there are no two moments to draw a line between. `dated` is the oldest first. */
export function sizesChart(dated: readonly DatedTag[]): SizesChart | undefined {
  const [first, last] = [dated[0], dated.at(-1)];
  if (!first || !last || first.time === last.time) return undefined;
  const largest = dated.reduce((most, { size }) => Math.max(most, size), 0);
  const points = dated.map(({ time, size }) => {
    const x = MARGIN + ((time - first.time) / (last.time - first.time)) * (WIDTH - 2 * MARGIN);
    const y = HEIGHT - MARGIN - (largest === 0 ? 0 : size / largest) * (HEIGHT - 2 * MARGIN);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return {
    svgHtml: svgHtml(dated, points),
    largest: formatBytes(largest),
    firstDay: first.day,
    lastDay: last.day,
  };
}

function svgHtml(dated: readonly DatedTag[], points: readonly string[]): string {
  // A path of no length has a round end: a dot that stays round however the picture is stretched.
  const dots = dated.map(
    (tag, index) =>
      `<path class="dot" d="M${points[index]}h0"><title>${escapeHtml(pointText(tag))}</title></path>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(summaryOf(dated))}">
<path class="line" d="M${points.join("L")}"/>
${dots.join("\n")}
</svg>`;
}

function pointText({ name, size, day }: DatedTag): string {
  return `${name}: ${formatBytes(size)}, ${day}`;
}

/** The first and the last in words; the table of tags has them all. */
function summaryOf(dated: readonly DatedTag[]): string {
  const [first, last] = [dated[0], dated.at(-1)];
  if (!first || !last) return "";
  return `Sizes of ${dated.length} images, from ${pointText(first)} to ${pointText(last)}`;
}
