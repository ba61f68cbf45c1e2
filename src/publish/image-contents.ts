import { imageObjectOf } from "../registry/image-object.ts";
import type { ImageRecord } from "../registry/model.ts";
import type { Sif } from "../sif/sif.ts";

/** As many as schemas/record.json takes: apptainer makes room for 48. Part of a list would tell of another file. */
const MOST_OBJECTS = 64;
/** Of an OpenPGP key of version 4 or 6; what else names a key is not kept. */
const FINGERPRINT = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;

/** What a record tells of the inside of an image: its objects, and who is said to have signed it. */
export function contentsOf({ objects, signatures }: Sif): Pick<ImageRecord, "objects" | "signers"> {
  const named = signatures.flatMap(({ fingerprint, keys = [] }) => [fingerprint ?? "", ...keys]);
  const signers = [...new Set(named.filter((key) => FINGERPRINT.test(key)))].sort();
  return {
    ...(objects.length > 0 && objects.length <= MOST_OBJECTS && { objects: objects.map(imageObjectOf) }),
    ...(signers.length > 0 && signers.length <= MOST_OBJECTS && { signers }),
  };
}
