import type { SiteAddress } from "../address.ts";
import type { Registry } from "../registry/model.ts";
import { apiCollectionEndpoint, apiCollectionsEndpoint, apiIndexEndpoint } from "./api.ts";
import type { Endpoint } from "./endpoint.ts";
import { definitionEndpoint, manifestEndpoint } from "./manifests.ts";
import { schemaEndpoints } from "./schemas.ts";
import { tagsEndpoint } from "./tags.ts";

/**
 * All that a registry serves to programs, one at a time so that a large registry never lies in memory twice.
 *
 *     for (const { path, body } of registryEndpoints(registry, siteAddress(url))) write(path, body)
 */
export function* registryEndpoints(registry: Registry, site: SiteAddress): Iterable<Endpoint> {
  yield apiIndexEndpoint(registry, site);
  yield apiCollectionsEndpoint(registry, site);
  yield* schemaEndpoints(site);
  for (const collection of registry.collections) {
    yield tagsEndpoint(collection);
    yield apiCollectionEndpoint(collection, site);
    for (const tag of collection.tags) {
      if (tag.record) yield manifestEndpoint(collection, tag, tag.record, site);
      const definition = definitionEndpoint(collection, tag);
      if (definition) yield definition;
    }
  }
}
