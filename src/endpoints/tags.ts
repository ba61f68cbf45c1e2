import type { Collection } from "../registry/model.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { tagsPath } from "./paths.ts";

/** `/<ns>/<coll>/tags/`: the built tags, in code-point order as the OCI distribution specification asks. */
export function tagsEndpoint({ name, tags }: Collection): Endpoint {
  const built = tags.filter(({ record }) => record).map((tag) => tag.name);
  return jsonEndpoint(tagsPath(name), { name, tags: built });
}
