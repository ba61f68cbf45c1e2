import { type NamedBase, nameBase } from "../definition/base-name.ts";
import { readStageHeaders } from "../definition/stage-headers.ts";
import type { Tag } from "./model.ts";

/** What apptainer notes in an image of the header that it was built from. */
const NOTED = "org.label-schema.usage.singularity.deffile.";

/**
 * What the stages of a tag are built on, in order, so that the last is the image's own base: as its definition file
 * says, or where there is none as its labels do.
 */
export function basesOf({ definition, record }: Tag): readonly NamedBase[] {
  const headers = definition ? readStageHeaders(definition.text) : notedHeaders(record?.labels ?? {});
  return headers.map(nameBase).filter((base) => base !== undefined);
}

function notedHeaders(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>>[] {
  const [bootstrap, from] = [labels[`${NOTED}bootstrap`], labels[`${NOTED}from`]];
  return bootstrap === undefined || from === undefined ? [] : [{ bootstrap, from }];
}
