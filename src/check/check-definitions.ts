import { findEndOfLife, isMoving, parseBase } from "../definition/base-image.ts";
import type { Stage } from "../definition/definition.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import type { Finding } from "../finding.ts";
import type { Registry, Tag } from "../registry/model.ts";

/**
 * Definition files that apptainer would refuse, and the bases that the others begin with: those that may be another
 * tomorrow, and those that get no security updates on the day `today` (ISO). What is frozen is never built again.
 */
export function* checkDefinitions({ collections }: Registry, today: string): Iterable<Finding> {
  for (const { tags } of collections) {
    for (const tag of tags) if (!tag.isFrozen && !tag.isLink) yield* checkDefinition(tag, today);
  }
}

function* checkDefinition({ folder, definition, hasBuildScript }: Tag, today: string): Iterable<Finding> {
  if (!definition) return;
  const file = `${folder}/${definition.fileName}`;
  const result = parseDefinition(definition.text);
  if ("problem" in result) {
    const { line, reason } = result.problem;
    // A script may make of it what it likes.
    if (!hasBuildScript) yield { code: "bad-definition", file, line, args: { reason } };
    return;
  }
  for (const stage of result.definition.stages) yield* checkStage(stage, file, today);
}

function* checkStage({ header, headerLines }: Stage, file: string, today: string): Iterable<Finding> {
  const base = parseBase(header);
  if (!base) return;
  const line = headerLines[base.key];
  const place = line === undefined ? { file } : { file, line };
  if (isMoving(base)) yield { code: "unpinned-base", ...place, args: { base: base.text } };
  const end = findEndOfLife(base);
  if (end && end.date < today)
    yield { code: "end-of-life-base", ...place, args: { base: base.text, ...end } };
}
