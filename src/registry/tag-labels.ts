import { parseDefinition } from "../definition/parse-definition.ts";
import type { Tag } from "./model.ts";

/**
 * The labels of a tag: those that its record has, else those that its definition file gives the image, in its last
 * stage. None where that file cannot be parsed.
 */
export function labelsOf({ record, definition }: Tag): Readonly<Record<string, string>> {
  if (record?.labels) return record.labels;
  const result = definition && parseDefinition(definition.text);
  const stages = result && "definition" in result ? result.definition.stages : [];
  return stages.at(-1)?.labels ?? {};
}
