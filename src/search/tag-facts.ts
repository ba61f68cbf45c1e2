import { baseOf } from "../definition/base.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import type { Collection, Tag } from "../registry/model.ts";

/** What the tags of a collection say of their images, each thing once. */
export interface TagFacts {
  readonly bases: readonly string[];
  readonly apps: readonly string[];
  /** By key; a tag may give the same label another value. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Labels are those of records, else of definition files, as everywhere (src/registry/tag-labels.ts). */
export function tagFacts({ tags }: Collection): TagFacts {
  const bases = new Set<string>();
  const apps = new Set<string>();
  const labels = new Map<string, Set<string>>();
  for (const tag of tags) {
    const definition = definitionOf(tag);
    const base = definition && baseOf(definition);
    if (base !== undefined) bases.add(base.replace(/^docker: /, ""));
    const stage = definition?.stages.at(-1);
    for (const app of Object.keys(stage?.apps ?? {})) apps.add(app);
    addLabels(labels, tag.record?.labels ?? stage?.labels ?? {});
  }
  return { bases: [...bases].sort(), apps: [...apps].sort(), labels };
}

function definitionOf({ definition }: Tag) {
  const result = definition && parseDefinition(definition.text);
  return result && "definition" in result ? result.definition : undefined;
}

function addLabels(labels: Map<string, Set<string>>, of: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(of)) {
    const values = labels.get(key);
    if (values) values.add(value);
    else labels.set(key, new Set([value]));
  }
}
