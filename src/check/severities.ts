import type { Finding } from "../finding.ts";
import { plural } from "../format.ts";
import { severityOf } from "./catalogue.ts";
import type { Severity } from "./words/words.ts";

/** From the worst on. */
const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** How many findings there are of one severity. */
export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((finding) => severityOf(finding) === severity).length;
}

/** Errors before warnings before notes, each in the order that they have: for those who show no more than the first. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return SEVERITIES.flatMap((severity) => findings.filter((finding) => severityOf(finding) === severity));
}

/** `1 error, 2 warnings, 3 notes`; notes only where there are any. */
export function summarizeFindings(findings: readonly Finding[]): string {
  return SEVERITIES.map((severity) => ({ severity, count: countOf(findings, severity) }))
    .filter(({ severity, count }) => severity !== "note" || count > 0)
    .map(({ severity, count }) => plural(count, severity))
    .join(", ");
}
