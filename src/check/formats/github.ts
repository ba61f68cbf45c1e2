import type { Finding } from "../../finding.ts";
import { describeFinding, severityOf } from "../catalogue.ts";
import { worstFirst } from "../severities.ts";
import { repositoryPath } from "./repository-path.ts";

const COMMANDS = { error: "error", warning: "warning", note: "notice" } as const;

/**
 * Workflow commands of GitHub Actions, which make annotations of a step. GitHub shows ten of each kind, so that the
 * worst come first. `prefix` is the folder of registry.yml in its repository.
 */
export function formatGithub(findings: readonly Finding[], { prefix }: { readonly prefix: string }): string {
  return worstFirst(findings)
    .map((finding) => annotation(finding, prefix))
    .join("\n");
}

/** What ends a line, a property or a value is escaped as GitHub asks. */
function annotation(finding: Finding, prefix: string): string {
  const { file, line, code } = finding;
  const place = `file=${property(repositoryPath(file, prefix))}${line === undefined ? "" : `,line=${line}`}`;
  return `::${COMMANDS[severityOf(finding)]} ${place},title=${code}::${data(describeFinding(finding))}`;
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
