import type { Operation } from "../endpoints/operation.ts";
import { offeredOperations } from "../endpoints/operations.ts";
import { API_PAGE_PATH, OPENAPI_PATH, SCHEMAS_PATH, manifestPath } from "../endpoints/paths.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Registry } from "../registry/model.ts";
import type { Reference } from "../registry/reference.ts";
import { preferredTag } from "../registry/preferred-tag.ts";
import { href } from "./links.ts";

/** What programs can ask of this site: the operations of openapi.json for people, with addresses that answer. */
export function apiView(registry: Registry, site: Site): object {
  const example = exampleOf(registry.collections);
  return {
    title: "API",
    path: API_PAGE_PATH,
    shortName: "API",
    description: "What programs can ask of this registry: files on a static host, by GET.",
    openApiHref: href(site, OPENAPI_PATH),
    schemasHref: href(site, SCHEMAS_PATH),
    curl:
      example &&
      `curl -sL ${site.to(manifestPath(example.collection, example.tag))} | jq -r '.layers[].urls[0]'`,
    groups: offeredOperations(site).map(({ title, description, operations }, index) => ({
      id: `group-${index + 1}`,
      title,
      description,
      operations: operations.map((operation) => operationView(operation, example, site)),
    })),
  };
}

/** The first image that there is. */
function exampleOf(collections: readonly Collection[]): Reference | undefined {
  for (const collection of collections) {
    const tag = preferredTag(collection);
    if (tag) return { collection: collection.name, tag: tag.name };
  }
  return undefined;
}

function operationView(operation: Operation, example: Reference | undefined, site: Site): object {
  const { path, summary, mediaType = "application/json", schema } = operation;
  return {
    path,
    summary,
    mediaType,
    href: exampleHref(operation, example, site),
    ...(schema !== undefined && {
      schema: { name: schema, href: href(site, `${SCHEMAS_PATH}${schema}.json`) },
    }),
  };
}

/** An address of this kind that answers. */
function exampleHref(
  { path, isEverywhere }: Operation,
  example: Reference | undefined,
  site: Site,
): string | undefined {
  if (!isEverywhere || (!example && path.includes("{"))) return undefined;
  const { collection = "", tag = "" } = example ?? {};
  return href(site, path.slice(1).replace("{collection}", collection).replace("{tag}", tag));
}
