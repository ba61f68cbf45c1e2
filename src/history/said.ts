import { baseOf } from "../definition/base.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import type { Definition } from "../registry/model.ts";
import { recipeDigest } from "../registry/status.ts";
import type { StoredDefinition, Version } from "./history.ts";

/** What is known of an image by its record and its definition file. */
export interface Said {
  /** `docker: busybox:1.36` */
  readonly base?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The definition file is another than the one that the record says the image was built from. */
  readonly isOtherDefinition: boolean;
}

const known = new WeakMap<StoredDefinition, Omit<Said, "isOtherDefinition"> & { readonly recipe: string }>();

/** What an image is said to be; a definition file is read and parsed once, and not kept. */
export function saidOf({ record, definition }: Version): Said {
  if (!definition) return { labels: record.labels ?? {}, isOtherDefinition: false };
  let said = known.get(definition);
  if (!said) {
    said = read(definition.read());
    known.set(definition, said);
  }
  const { base, labels, recipe } = said;
  return {
    ...(base !== undefined && { base }),
    labels: record.labels ?? labels,
    isOtherDefinition: record.recipe !== undefined && record.recipe !== recipe,
  };
}

/** As it stands where it cannot be parsed: without a base and without labels. */
function read(definition: Definition): Omit<Said, "isOtherDefinition"> & { readonly recipe: string } {
  const recipe = recipeDigest(definition);
  const result = parseDefinition(definition.text);
  if ("problem" in result) return { labels: {}, recipe };
  const base = baseOf(result.definition);
  const labels = result.definition.stages.at(-1)?.labels ?? {};
  return { ...(base !== undefined && { base }), labels, recipe };
}
