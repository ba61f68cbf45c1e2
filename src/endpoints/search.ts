import { createHash } from "node:crypto";
import type { Registry } from "../registry/model.ts";
import { START_PIECE, searchPieces } from "../search/search-index.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { searchPiecePath } from "./paths.ts";

/** Enough of a hash to tell two builds apart. */
const VERSION_LENGTH = 12;

/**
 * `search/start.json` and the pieces that it lists: the index that the page at `search/` reads. The start says a
 * version, which stands in the addresses of the others, so that a browser never joins pieces of two builds.
 */
export function* searchEndpoints(registry: Pick<Registry, "collections">): Iterable<Endpoint> {
  const hash = createHash("sha256");
  for (const { name, value } of searchPieces(registry)) {
    const version = name === START_PIECE && hash.digest("hex").slice(0, VERSION_LENGTH);
    const endpoint = compactJsonEndpoint(searchPiecePath(name), version ? { version, ...value } : value);
    if (!version) hash.update(endpoint.body);
    yield endpoint;
  }
}
