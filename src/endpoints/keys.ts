import type { Registry } from "../registry/model.ts";
import type { Endpoint } from "./endpoint.ts";
import { KEYS_PATH } from "./paths.ts";

/**
 * `/pks/lookup`: every public key of the registry in one armored block, whatever is searched for: a static host
 * ignores the query, and clients pick the key that they asked for. A second block would not be read.
 */
export function* keysEndpoints({ publicKeys }: Registry): Iterable<Endpoint> {
  if (publicKeys === undefined) return;
  yield { path: KEYS_PATH, mediaType: "application/pgp-keys", body: publicKeys };
}
