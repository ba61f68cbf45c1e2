import { load } from "js-yaml";

/** A step of a job or of a composite action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: unknown;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly "working-directory"?: string;
}

type Permissions = Readonly<Record<string, "read" | "write" | "none">>;

interface Defaults {
  readonly run?: { readonly shell?: string; readonly "working-directory"?: string };
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: unknown;
  readonly permissions?: Permissions;
  readonly environment?: string | { readonly name: string };
  readonly concurrency?: Concurrency;
  readonly "timeout-minutes"?: number;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: unknown; readonly "fail-fast"?: boolean };
  readonly steps?: readonly Step[];
  /** Another workflow. */
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: "inherit" | Readonly<Record<string, string>>;
}

interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

/** A workflow of GitHub Actions, as it stands in its file. */
export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly defaults?: Defaults;
  readonly jobs: Readonly<Record<string, Job>>;
}

export function parseWorkflow(text: string): Workflow {
  return load(text) as Workflow;
}

/** The jobs that a job waits for. */
export function needsOf({ needs }: Job): readonly string[] {
  return typeof needs === "string" ? [needs] : (needs ?? []);
}

export function environmentOf({ environment }: Job): string | undefined {
  return typeof environment === "string" ? environment : environment?.name;
}
