import { styleText } from "node:util";
import { formatFinding } from "../check/formats/text.ts";
import type { Finding } from "../finding.ts";
import { printableJson } from "../printable.ts";

/** Results go to stdout, everything else to stderr. Each may be JSON with a stranger's words in it. */
export function printResult(text: string): void {
  process.stdout.write(`${printableJson(text)}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colours only where a terminal shows them and nobody objects (NO_COLOR). */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}

/** Each finding on a line of its own, where findings are not what was asked for. */
export function printFindings(findings: readonly Finding[]): void {
  for (const finding of findings)
    printNote(formatFinding(finding, (style, text) => styled(style, text, process.stderr)));
}

/** Rows as columns, two spaces apart; the last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
