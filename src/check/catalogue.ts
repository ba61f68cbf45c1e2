import type { Finding, FindingCode } from "../finding.ts";
import { printable } from "../printable.ts";
import { COLLECTIONS_WORDS } from "./words/collections.ts";
import { DEFINITIONS_WORDS } from "./words/definitions.ts";
import { PULL_REQUEST_WORDS } from "./words/pull-request.ts";
import { RECORDS_WORDS } from "./words/records.ts";
import { SITE_WORDS } from "./words/site.ts";
import { TREE_WORDS } from "./words/tree.ts";
import type { Severity, Words } from "./words/words.ts";

/** The words of findings by what they are about, in the order of docs/findings.md. */
export const SUBJECTS: readonly {
  readonly title: string;
  readonly words: Readonly<Record<string, Words>>;
}[] = [
  { title: "Files and names", words: TREE_WORDS },
  { title: "Collections", words: COLLECTIONS_WORDS },
  { title: "Definition files", words: DEFINITIONS_WORDS },
  { title: "Records and images", words: RECORDS_WORDS },
  { title: "Pull requests", words: PULL_REQUEST_WORDS },
  { title: "The site and its host", words: SITE_WORDS },
];

/** The words of every finding: they stand nowhere else. */
const CATALOGUE: Readonly<Record<FindingCode, Words>> = {
  ...TREE_WORDS,
  ...COLLECTIONS_WORDS,
  ...DEFINITIONS_WORDS,
  ...RECORDS_WORDS,
  ...PULL_REQUEST_WORDS,
  ...SITE_WORDS,
};

/** Severity, sentence and remedy of one kind of finding. */
export function wordsOf(code: FindingCode): Words {
  return CATALOGUE[code];
}

export function severityOf({ code }: Finding): Severity {
  return CATALOGUE[code].severity;
}

/** One sentence on a finding, without its place. What in it comes from a stranger cannot command a terminal. */
export function describeFinding({ code, args }: Finding): string {
  return printable(CATALOGUE[code].describe(args));
}
