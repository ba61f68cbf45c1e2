import type { Place } from "./errors.ts";

/**
 * Something wrong with one entry of a registry, as data: its words stand in check/catalogue.ts.
 * A finding never stops the rest of the registry from being read.
 */
export interface Finding extends Place {
  readonly code: FindingCode;
  /** What fills the words: names, limits, what was found. */
  readonly args: Readonly<Record<string, string>>;
}

export const FINDING_CODES = [
  "bad-name",
  "reserved-name",
  "no-namespace",
  "case-clash",
  "symbolic-link",
  "not-a-file",
  "unreadable",
  "too-large",
  "not-utf8",
  "bad-front-matter",
  "bad-value",
  "bad-record",
  "two-definition-files",
  "image-missing",
  "image-size",
  "image-digest",
  "image-unreachable",
  "image-busy",
  "image-differs",
  "image-expires",
  "stale-record",
  "record-2019",
  "image-conflict",
  "image-not-sif",
  "image-architecture",
  "bad-health",
  "no-description",
  "no-latest",
  "unknown-owner",
  "dead-key",
  "dead-link",
  "unpullable",
  "bad-definition",
  "unpinned-base",
  "end-of-life-base",
  "record-scope",
  "frozen-changed",
  "record-changed",
  "bad-key",
  "protocol-refused",
  "protocol-skips",
  "site-size",
  "site-files",
  "site-redirects",
  "image-too-large",
  "git-too-large",
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

/** Byte-wise order of file, then line, then code: the order in which findings are shown. */
export function compareFindings(a: Finding, b: Finding): number {
  return compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.code, b.code);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
