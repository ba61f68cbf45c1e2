import type { SiteAddress } from "../address.ts";
import { SCHEMA_NAMES, schemaText } from "../registry/schema.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { SCHEMAS_PATH } from "./paths.ts";

/** `/schema/`: the JSON Schemas of every file read and every JSON served, and a list of them. */
export function* schemaEndpoints(site: SiteAddress): Iterable<Endpoint> {
  const schemas = SCHEMA_NAMES.map((name) => ({ name, url: site.to(`${SCHEMAS_PATH}${name}.json`) }));
  yield jsonEndpoint(SCHEMAS_PATH, { schemas });
  for (const name of SCHEMA_NAMES) {
    yield {
      path: `${SCHEMAS_PATH}${name}.json`,
      mediaType: "application/schema+json",
      body: schemaText(name),
    };
  }
}
