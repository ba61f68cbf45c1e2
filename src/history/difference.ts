import { plural } from "../format.ts";
import type { StoredDefinition, Version } from "./history.ts";
import { type LineDiff, diffLines } from "./line-diff.ts";
import { saidOf } from "./said.ts";

/** How one image differs from another, as their records and definition files tell. */
export interface Difference {
  /** Facts of one word or number each that differ. */
  readonly facts: readonly FactChange[];
  /** In code-point order. */
  readonly labels: readonly LabelChange[];
  readonly definition: DefinitionChange;
}

export interface FactChange {
  readonly name: "Base" | "Size" | "Architecture";
  /** Undefined: not known. */
  readonly before?: string | number;
  readonly after?: string | number;
}

export interface LabelChange {
  readonly name: string;
  /** Absent: it was not there. */
  readonly before?: string;
  readonly after?: string;
}

export type DefinitionChange = LineDiff | "same" | "not-known" | "too-much";

/** From one version to a later one. */
export function differenceOf(before: Version, after: Version): Difference {
  const [old, young] = [saidOf(before), saidOf(after)];
  const facts = [
    factChange("Size", sizeOf(before), sizeOf(after)),
    factChange("Base", old.base, young.base),
    factChange("Architecture", before.record.architecture, after.record.architecture),
  ];
  return {
    facts: facts.flatMap((fact) => fact ?? []),
    labels: labelChanges(old.labels, young.labels),
    definition: definitionChange(before.definition, after.definition),
  };
}

/** What differs, in a word each, without comparing texts line by line. */
export function differsIn(before: Version, after: Version): string[] {
  const [old, young] = [saidOf(before), saidOf(after)];
  const labels = labelChanges(old.labels, young.labels).length;
  return [
    ...(hasOtherText(before.definition, after.definition) ? ["definition file"] : []),
    ...(old.base === young.base ? [] : ["base"]),
    ...(labels > 0 ? [plural(labels, "label")] : []),
    ...(before.record.architecture === after.record.architecture ? [] : ["architecture"]),
  ];
}

function hasOtherText(before?: StoredDefinition, after?: StoredDefinition): boolean {
  return Boolean(before && after) && before?.id !== after?.id && before?.read().text !== after?.read().text;
}

/** In bytes; of a record of 2019 nobody knows the unit. */
export function sizeOf({ record }: Version): number | undefined {
  return record.schema === 2 ? record.size : undefined;
}

function factChange<T extends string | number>(
  name: FactChange["name"],
  before: T | undefined,
  after: T | undefined,
): FactChange | undefined {
  if (before === after) return undefined;
  return { name, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function labelChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): LabelChange[] {
  const old = new Map(Object.entries(before));
  const young = new Map(Object.entries(after));
  return [...new Set([...old.keys(), ...young.keys()])]
    .sort()
    .filter((name) => old.get(name) !== young.get(name))
    .map((name) => {
      const [one, other] = [old.get(name), young.get(name)];
      return {
        name,
        ...(one !== undefined && { before: one }),
        ...(other !== undefined && { after: other }),
      };
    });
}

function definitionChange(before?: StoredDefinition, after?: StoredDefinition): DefinitionChange {
  if (!before || !after) return "not-known";
  if (before.id === after.id) return "same";
  const [old, young] = [before.read().text, after.read().text];
  if (old === young) return "same";
  return diffLines(old, young) ?? "too-much";
}
