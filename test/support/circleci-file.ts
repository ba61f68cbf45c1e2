import { load } from "js-yaml";

/** A step: its name, or its name and what it is given. */
export type CircleStep = string | Readonly<Record<string, unknown>>;

export interface CircleJob {
  readonly parameters?: Readonly<Record<string, { readonly type: string }>>;
  readonly docker?: readonly { readonly image: string }[];
  readonly machine?: { readonly image: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly steps: readonly CircleStep[];
}

/** What a workflow says of one of its jobs. */
export interface CircleUse {
  readonly type?: "approval";
  readonly requires?: readonly string[];
  readonly context?: string;
  readonly matrix?: { readonly parameters: Readonly<Record<string, readonly string[]>> };
  readonly filters?: { readonly branches?: { readonly ignore?: string } };
}

export interface CircleConfig {
  readonly version: unknown;
  readonly setup?: boolean;
  readonly orbs?: Readonly<Record<string, string>>;
  readonly commands?: Readonly<Record<string, { readonly steps: readonly CircleStep[] }>>;
  readonly jobs: Readonly<Record<string, CircleJob>>;
  readonly workflows?: Readonly<
    Record<string, { readonly jobs: readonly (string | Record<string, CircleUse>)[] }>
  >;
}

export function parseCircleConfig(text: string): CircleConfig {
  return load(text) as CircleConfig;
}

/** The jobs of all workflows, in their order. */
export function usesOf({ workflows = {} }: CircleConfig): (readonly [string, CircleUse])[] {
  return Object.values(workflows).flatMap(({ jobs }) =>
    jobs.flatMap((job) => (typeof job === "string" ? [[job, {}] as const] : Object.entries(job))),
  );
}

/** A step's name, and what it is given. */
export function partsOf(step: CircleStep): readonly [string, unknown] {
  return typeof step === "string" ? [step, {}] : (Object.entries(step)[0] ?? ["", {}]);
}

/** The line of a `run` step. */
export function commandOf(given: unknown): string {
  return typeof given === "string" ? given : (given as { readonly command: string }).command;
}
