import { formatPlace } from "../../errors.ts";
import type { Finding } from "../../finding.ts";
import { printable } from "../../printable.ts";
import { describeFinding, severityOf } from "../catalogue.ts";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: "red" | "yellow" | "cyan" | "dim", text: string) => string;

export interface TextOptions {
  /** The line of the file that a finding is about; undefined where it cannot be shown. */
  readonly sourceLine: (finding: Finding) => string | undefined;
  readonly paint: Paint;
  /** Columns of the terminal: no source line is longer. */
  readonly width: number;
}

const COLOURS = { error: "red", warning: "yellow", note: "cyan" } as const;

/** Each finding on a line of its own, as compilers have them, and below it what the file says there. */
export function formatText(findings: readonly Finding[], options: TextOptions): string {
  return findings
    .map((finding) => formatFinding(finding, options.paint) + excerpt(finding, options))
    .join("\n");
}

/** `file:line: severity: sentence [code]` */
export function formatFinding(finding: Finding, paint: Paint): string {
  const severity = severityOf(finding);
  const place = printable(formatPlace(finding));
  const code = paint("dim", `[${finding.code}]`);
  return `${place}: ${paint(COLOURS[severity], severity)}: ${describeFinding(finding)} ${code}`;
}

/** `    3 | size: x`, on a line of its own; nothing where there is no such line. */
function excerpt(finding: Finding, { sourceLine, paint, width }: TextOptions): string {
  const source = sourceLine(finding);
  if (source === undefined) return "";
  const margin = `${String(finding.line).padStart(5)} | `;
  return `\n${paint("dim", margin)}${fit(source, width - margin.length)}`;
}

const TAB = "    ";

/** A stranger's line in so many columns; what is too much gives way to `…`. */
function fit(source: string, columns: number): string {
  // No character is narrower than one column for each of its code units.
  const shown = printable(source.slice(0, columns + 1).replaceAll("\t", TAB));
  let used = 0;
  let short = "";
  for (const character of shown) {
    used += columnsOf(character);
    // One column is left for the mark.
    if (used < columns) short += character;
  }
  return used <= columns ? shown : `${short}…`;
}

/** The scripts with characters of two columns begin at U+1100; a guess that is too wide only cuts more. */
function columnsOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}
