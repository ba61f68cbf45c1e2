/**
 * What a definition file says, in plain values: the stages, and in each its header, sections and apps. Names of header
 * keys and sections are in lower case, sections without their percent sign.
 */
export interface ParsedDefinition {
  /** One at least, in the file's order. */
  readonly stages: readonly Stage[];
}

export interface Stage {
  /** `bootstrap`, `from`, `stage`, …; empty where a file has no header. */
  readonly header: Readonly<Record<string, string>>;
  /** Where the header's keys stand: line numbers from 1. */
  readonly headerLines: Readonly<Record<string, number>>;
  /** All but %labels, %files and those of apps. One that is repeated is one. */
  readonly sections: Readonly<Record<string, Section>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly files: readonly FileList[];
  readonly apps: Readonly<Record<string, App>>;
}

/** `%post -c /bin/bash` and what follows it, as it stands. */
export interface Section {
  readonly args: string;
  readonly script: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** One `%files`: where it copies from (`from build`, or empty), and what. */
interface FileList {
  readonly args: string;
  readonly files: readonly FilePair[];
}

export interface FilePair {
  readonly source: string;
  /** Empty: the same path. */
  readonly destination: string;
}

/** The sections of one app, `%apprun NAME` as `run`. */
export interface App {
  readonly sections: Readonly<Record<string, Section>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly files: readonly FilePair[];
}

/** Why apptainer would not build it. */
export interface DefinitionProblem {
  /** From 1. */
  readonly line: number;
  /** A sentence without its end: what is wrong; what to do. */
  readonly reason: string;
}

export type DefinitionResult =
  | { readonly definition: ParsedDefinition }
  | { readonly problem: DefinitionProblem };
