import { escapeXml } from "./xml.ts";

/** Two words beside each other, as https://shields.io draws them. */
export interface Badge {
  readonly label: string;
  readonly message: string;
  readonly state: BadgeState;
}

type BadgeState = "well" | "failing" | "plain" | "unknown";

/** As Shields calls colours, which knows these names for their meaning. */
const SHIELDS_COLORS: Readonly<Record<BadgeState, string>> = {
  well: "success",
  failing: "critical",
  plain: "informational",
  unknown: "inactive",
};

/** Each dark enough for white text. */
const COLORS: Readonly<Record<BadgeState, string>> = {
  well: "#17653a",
  failing: "#a32a24",
  plain: "#2c4f8c",
  unknown: "#55626a",
};

/** Pixels of a character and beside a text, at 11 pixels: fonts differ, and the text is fitted to the room that this makes. */
const CHARACTER = 6.3;
const MARGIN = 7;

/** A badge as data, for whoever draws badges (https://shields.io/badges/endpoint-badge). */
export function badgeJson({ label, message, state }: Badge): object {
  return { schemaVersion: 1, label, message, color: SHIELDS_COLORS[state] };
}

/** Pixels that a badge is wide; all are 20 high. */
export function badgeWidth({ label, message }: Badge): number {
  return roomFor(label) + roomFor(message);
}

/** A badge as a picture that loads nothing: the same bytes for the same words. */
export function badgeSvg(badge: Badge): string {
  const { label, message, state } = badge;
  const [labelRoom, room] = [roomFor(label), roomFor(message)];
  const name = escapeXml(`${label}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${labelRoom + room}" height="20" role="img" aria-label="${name}">
<title>${name}</title>
<clipPath id="shape"><rect width="${labelRoom + room}" height="20" rx="3"/></clipPath>
<g clip-path="url(#shape)">
<rect width="${labelRoom}" height="20" fill="#3b4448"/>
<rect x="${labelRoom}" width="${room}" height="20" fill="${COLORS[state]}"/>
</g>
<g fill="#fff" font-family="Verdana,'DejaVu Sans',sans-serif" font-size="11">
${textSvg(label, MARGIN)}
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
