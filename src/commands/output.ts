import { styleText } from "node:util";
import { describeFinding, severityOf } from "../check/catalogue.ts";
import { formatPlace } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { printable } from "../printable.ts";

/** Results go to stdout, everything else to stderr. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colours only where a terminal shows them and nobody objects (NO_COLOR). */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}

/** Each finding on a line of its own: place, severity, sentence. */
export function printFindings(findings: readonly Finding[]): void {
  for (const finding of findings) {
    const severity = severityOf(finding);
    const word = styled(severity === "error" ? "red" : "yellow", severity, process.stderr);
    printNote(`${printable(formatPlace(finding))}: ${word}: ${describeFinding(finding)} [${finding.code}]`);
  }
}

/** Rows as columns, two spaces apart; the last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(column === row.length - 1 ? 0 : (widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
