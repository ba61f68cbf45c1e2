import { appendFileSync } from "node:fs";
import { formatGithub } from "../check/formats/github.ts";
import { formatJson } from "../check/formats/json.ts";
import { formatMarkdown } from "../check/formats/markdown.ts";
import { formatSarif } from "../check/formats/sarif.ts";
import { formatText } from "../check/formats/text.ts";
import { countOf, summarizeFindings } from "../check/severities.ts";
import { sourceLinesOf } from "../check/source-lines.ts";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { repositoryPrefix } from "../git/repository-prefix.ts";
import { printNote, printResult, styled } from "./output.ts";

export const FORMATS = ["text", "json", "github", "sarif", "markdown"] as const;

export interface ReportOptions {
  readonly root: string;
  readonly format: (typeof FORMATS)[number];
  /** A file that the Markdown table is put at the end of. */
  readonly summary?: string;
  readonly quiet?: boolean;
  /** Of Stowage. */
  readonly version: string;
  /** What JSON tells besides. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Prints findings as they were asked for. Throws StowageError ("findings") where there is an error among them. */
export function reportFindings(findings: readonly Finding[], options: ReportOptions): void {
  const { summary: file, quiet } = options;
  const report = formatFindings(findings, options);
  if (report !== "") printResult(report);
  // An empty line ends the table of another command.
  if (file !== undefined) appendFileSync(file, `\n${formatMarkdown(findings)}\n`);
  const summary = summarizeFindings(findings);
  if (countOf(findings, "error") > 0) throw new StowageError("findings", summary);
  if (!quiet) printNote(findings.length === 0 ? "Nothing is wrong." : summary);
}

function formatFindings(
  findings: readonly Finding[],
  { root, format, version, more }: ReportOptions,
): string {
  switch (format) {
    case "json":
      return formatJson(findings, more);
    case "github":
      return formatGithub(findings, { prefix: repositoryPrefix(root) });
    case "sarif":
      return formatSarif(findings, { version, prefix: repositoryPrefix(root) });
    case "markdown":
      return formatMarkdown(findings);
    default:
      return formatText(findings, {
        sourceLine: sourceLinesOf(root),
        paint: (style, text) => styled(style, text, process.stdout),
        width: widthOf(process.stdout),
      });
  }
}

/** Where nobody says how wide it is, lines are no longer than people like to read. */
const USUAL_WIDTH = 120;
const NARROWEST = 40;

function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? Math.max(columns, NARROWEST) : USUAL_WIDTH;
}
