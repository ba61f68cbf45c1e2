import { type HealthReport, countHealth, healthLine } from "../registry/health-report.ts";
import { escapeXml } from "../xml.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { HEALTH_BADGE_JSON_PATH, HEALTH_BADGE_PATH } from "./paths.ts";

const LABEL = "health";

type State = "well" | "failing" | "unknown";

/** As Shields calls colours, which knows these names for their meaning. */
const SHIELDS_COLORS: Readonly<Record<State, string>> = {
  well: "success",
  failing: "critical",
  unknown: "inactive",
};

/** Each dark enough for white text. */
const COLORS: Readonly<Record<State, string>> = { well: "#17653a", failing: "#a32a24", unknown: "#55626a" };

/** `/health/badge.svg`, and the same as data for whoever draws badges (https://shields.io/badges/endpoint-badge). */
export function* healthBadgeEndpoints(report: HealthReport): Iterable<Endpoint> {
  const message = healthLine(report);
  const state = stateOf(report);
  yield { path: HEALTH_BADGE_PATH, mediaType: "image/svg+xml", body: badgeSvg(message, COLORS[state]) };
  yield jsonEndpoint(HEALTH_BADGE_JSON_PATH, {
    schemaVersion: 1,
    label: LABEL,
    message,
    color: SHIELDS_COLORS[state],
    isError: state === "failing",
  });
}

function stateOf(report: HealthReport): State {
  const { well, failing } = countHealth(report);
  if (failing > 0) return "failing";
  return well > 0 ? "well" : "unknown";
}

/** Pixels of a character and beside a text, at 11 pixels: fonts differ, and the text is fitted to the room that this makes. */
const CHARACTER = 6.3;
const MARGIN = 7;

function badgeSvg(message: string, color: string): string {
  const [labelRoom, room] = [roomFor(LABEL), roomFor(message)];
  const name = escapeXml(`${LABEL}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${labelRoom + room}" height="20" role="img" aria-label="${name}">
<title>${name}</title>
<clipPath id="shape"><rect width="${labelRoom + room}" height="20" rx="3"/></clipPath>
<g clip-path="url(#shape)">
<rect width="${labelRoom}" height="20" fill="#3b4448"/>
<rect x="${labelRoom}" width="${room}" height="20" fill="${color}"/>
</g>
<g fill="#fff" font-family="Verdana,'DejaVu Sans',sans-serif" font-size="11">
${textSvg(LABEL, MARGIN)}
${textSvg(message, labelRoom + MARGIN)}
</g>
</svg>
`;
}

function textSvg(text: string, x: number): string {
  return `<text x="${x}" y="14" textLength="${widthOf(text)}">${escapeXml(text)}</text>`;
}

function roomFor(text: string): number {
  return widthOf(text) + 2 * MARGIN;
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER);
}
