import type { Site } from "../protocols/site.ts";
import type { Config } from "../registry/config.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import type { Operation, OperationGroup } from "./operation.ts";
import { PARAMETERS, offeredOperations } from "./operations.ts";
import { OPENAPI_PATH, SCHEMAS_PATH } from "./paths.ts";

/** `/openapi.json`: what programs can ask of this site, as OpenAPI 3.1 describes it. */
export function openApiEndpoint({ title, description }: Config, site: Site): Endpoint {
  const groups = offeredOperations(site);
  return jsonEndpoint(OPENAPI_PATH, {
    openapi: "3.1.1",
    info: { title, description, version: "1" },
    servers: [{ url: site.to("") }],
    tags: groups.map((group) => ({ name: group.title, description: group.description })),
    paths: Object.fromEntries(groups.flatMap((group) => group.operations.map(pathItem(group)))),
  });
}

function pathItem(group: OperationGroup): (operation: Operation) => readonly [string, object] {
  return (operation) => [
    operation.path,
    {
      get: {
        operationId: operationId(operation),
        summary: operation.summary,
        tags: [group.title],
        parameters: parametersOf(operation),
        responses: {
          "200": { description: operation.summary, content: contentOf(operation) },
          "404": { description: "There is no such thing." },
        },
      },
    },
  ];
}

/** `{name}` in a path; a site is a folder of files, so that there are no other parameters. */
const PARAMETER = /\{(\w+)\}/g;

function parametersOf({ path }: Operation): object[] {
  return [...path.matchAll(PARAMETER)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: PARAMETERS[name],
    schema: { type: "string" },
  }));
}

function contentOf({ mediaType = "application/json", schema }: Operation): object {
  return { [mediaType]: schema === undefined ? {} : { schema: { $ref: `${SCHEMAS_PATH}${schema}.json` } } };
}

/** `/api/v1/index.json` is `api-v1-index-json`. */
function operationId({ path }: Operation): string {
  return (path.match(/\w+/g) ?? []).join("-");
}
