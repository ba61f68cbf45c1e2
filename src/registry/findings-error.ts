import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";

/** Findings that stop a command; whoever catches it prints them. */
export class FindingsError extends StowageError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[], message: string) {
    super("findings", message);
    this.findings = findings;
  }
}

/** Throws FindingsError where anything is wrong: what `--strict` asks for. */
export function refuseFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const count = findings.length === 1 ? "one finding" : `${findings.length} findings`;
  throw new FindingsError(findings, `${count}, and --strict was asked for`);
}
