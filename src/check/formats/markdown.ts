import { formatPlace } from "../../errors.ts";
import type { Finding } from "../../finding.ts";
import { markdownCode, markdownRow, markdownSentence, markdownTable } from "../../markdown-table.ts";
import { describeFinding, severityOf } from "../catalogue.ts";
import { summarizeFindings, worstFirst } from "../severities.ts";

/** GitHub takes 1 MiB as the summary of a step; this leaves room for what another command writes there. */
const LONGEST = 960 * 1024;

/** A table for a pull request or the summary of a workflow, the worst first; `longest` is in bytes. */
export function formatMarkdown(findings: readonly Finding[], { longest = LONGEST } = {}): string {
  if (findings.length === 0) return "Nothing is wrong.";
  const summary = `${summarizeFindings(findings)}:\n`;
  const lines = [summary, markdownTable(["severity", "where", "what is wrong"], [])];
  let room = longest;
  let shown = 0;
  for (const finding of worstFirst(findings)) {
    const row = rowOf(finding);
    const cost = Buffer.byteLength(row) + 1;
    if (cost > room) continue;
    room -= cost;
    lines.push(row);
    shown++;
  }
  if (shown < findings.length)
    lines.push(`\nAnd ${findings.length - shown} more, which stowage check tells.`);
  return lines.join("\n");
}

function rowOf(finding: Finding): string {
  const what = `${markdownSentence(describeFinding(finding))} (\`${finding.code}\`)`;
  return markdownRow([severityOf(finding), markdownCode(formatPlace(finding)), what]);
}
