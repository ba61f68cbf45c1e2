import { parseDefinition } from "../definition/parse-definition.ts";
import type { Collection, Tag } from "../registry/model.ts";
import { basesOf } from "../registry/tag-base.ts";
import { labelsOf } from "../registry/tag-labels.ts";

/** What the tags of a collection say of their images, each thing once. */
export interface TagFacts {
  readonly bases: readonly string[];
  readonly apps: readonly string[];
  /** By key; a tag may give the same label another value. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

export function tagFacts({ tags }: Collection): TagFacts {
  const bases = new Set<string>();
  const apps = new Set<string>();
  const labels = new Map<string, Set<string>>();
  for (const tag of tags) {
    for (const { name } of basesOf(tag)) bases.add(name);
    for (const app of appsOf(tag)) apps.add(app);
    addLabels(labels, labelsOf(tag));
  }
  return { bases: [...bases].sort(), apps: [...apps].sort(), labels };
}

/** Few files have apps, and the others need no parsing: sections of apps begin in lower case. */
function appsOf({ definition }: Tag): readonly string[] {
  if (!definition?.text.includes("%app")) return [];
  const result = parseDefinition(definition.text);
  return "problem" in result ? [] : Object.keys(result.definition.stages.at(-1)?.apps ?? {});
}

function addLabels(labels: Map<string, Set<string>>, of: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(of)) {
    const values = labels.get(key);
    if (values) values.add(value);
    else labels.set(key, new Set([value]));
  }
}
