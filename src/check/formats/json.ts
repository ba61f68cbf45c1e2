import type { Finding } from "../../finding.ts";
import { describeFinding, severityOf } from "../catalogue.ts";

/** `{"findings": [{code, file, line?, args, severity, message}]}`, and what else is to be told. */
export function formatJson(
  findings: readonly Finding[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ ...more, findings: findings.map(described) }, null, 2);
}

function described(finding: Finding): object {
  return { ...finding, severity: severityOf(finding), message: describeFinding(finding) };
}
