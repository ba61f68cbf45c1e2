import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import type { PullTarget } from "./target.ts";

const BYTES_IN_A_MB = 1024 * 1024;

/**
 * A container as the API of Singularity Registry describes it. What is not known is an empty text: its clients expect
 * every key to be there.
 */
export function containerOf({ reference, tag, record, image }: PullTarget): object {
  return {
    name: shortNameOf(reference.collection),
    tag: reference.tag,
    add_date: record.created ?? "",
    metrics: {},
    version: image.sha256 ?? image.md5 ?? "",
    frozen: tag.isFrozen,
    metadata: {
      ...(image.size !== undefined && { size_mb: Number((image.size / BYTES_IN_A_MB).toFixed(3)) }),
      ...(record.architecture !== undefined && { architecture: record.architecture }),
      labels: record.labels ?? {},
    },
    collection: namespaceOf(reference.collection),
  };
}
