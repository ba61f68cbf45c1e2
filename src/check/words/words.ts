/**
 * error: the entry, or a part of it, is left out or cannot work. warning: it may surprise somebody. note: it could be
 * better.
 */
export type Severity = "error" | "warning" | "note";

/** The words of one kind of finding. */
export interface Words {
  readonly severity: Severity;
  /** One sentence: what is wrong; what to do. */
  readonly describe: (args: Readonly<Record<string, string>>) => string;
  /** Arguments of a finding as they could be, for docs/findings.md. */
  readonly example: Readonly<Record<string, string>>;
  /** A paragraph for docs/findings.md: when it is found, why it matters, how it is mended. Markdown. */
  readonly remedy: string;
}

/** A stranger's text as one word of a sentence. */
export function quote(text: string | undefined): string {
  return JSON.stringify(text ?? "");
}
