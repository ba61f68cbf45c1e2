import type { Site } from "../protocols/site.ts";
import { PROTOCOLS, type Protocol } from "../registry/config.ts";
import type { Registry } from "../registry/model.ts";
import { apiCollectionEndpoint, apiCollectionsEndpoint, apiIndexEndpoint } from "./api.ts";
import { collectionBadgeEndpoints } from "./badges.ts";
import { cardEndpoints } from "./cards.ts";
import { checksumsEndpoint } from "./checksums.ts";
import { changesEndpoints } from "./changes.ts";
import type { Endpoint } from "./endpoint.ts";
import { groupsEndpoints } from "./groups.ts";
import { apiHealthEndpoint } from "./health.ts";
import { healthBadgeEndpoints } from "./health-badge.ts";
import { healthFeedEndpoint } from "./health-feed.ts";
import { apiHistoryEndpoint } from "./history.ts";
import { keysEndpoints } from "./keys.ts";
import { labelsEndpoints } from "./labels.ts";
import { libraryEndpoints } from "./library.ts";
import { definitionEndpoint, digestEndpoints, manifestEndpoint } from "./manifests.ts";
import { ociEndpoints } from "./oci.ts";
import { openApiEndpoint } from "./openapi.ts";
import { schemaEndpoints } from "./schemas.ts";
import { searchEndpoints } from "./search.ts";
import { shubEndpoints } from "./shub.ts";
import { sitemapEndpoints } from "./sitemap.ts";
import { sregistryEndpoints } from "./sregistry.ts";
import { apiSizesEndpoint } from "./sizes.ts";
import { tagsEndpoint } from "./tags.ts";

const PROTOCOL_ENDPOINTS: Readonly<Record<Protocol, (registry: Registry, site: Site) => Iterable<Endpoint>>> =
  {
    shub: shubEndpoints,
    sregistry: sregistryEndpoints,
    labels: labelsEndpoints,
    library: libraryEndpoints,
    oci: ociEndpoints,
    keys: keysEndpoints,
  };

/**
 * All that a registry serves to programs, one at a time so that a large registry never lies in memory twice.
 *
 *     for (const endpoint of registryEndpoints(registry, siteOf(registry, { url }))) …
 */
export function* registryEndpoints(registry: Registry, site: Site): Iterable<Endpoint> {
  yield* ownEndpoints(registry, site);
  for (const protocol of PROTOCOLS) yield* protocolEndpoints(protocol, registry, site);
}

/** What one protocol adds; nothing where the site does not offer it. */
export function protocolEndpoints(protocol: Protocol, registry: Registry, site: Site): Iterable<Endpoint> {
  return site.refusals.has(protocol) ? [] : PROTOCOL_ENDPOINTS[protocol](registry, site);
}

/** Whether images are still there: nothing where nobody has checked. */
function* healthEndpoints({ config }: Registry, site: Site): Iterable<Endpoint> {
  if (!site.health) return;
  yield apiHealthEndpoint(site.health, site);
  yield* healthBadgeEndpoints(site.health);
  yield healthFeedEndpoint(site.health, config, site);
}

/** What tags pointed to, every image that they ever had, and feeds of what is new. */
function* historyEndpoints(registry: Registry, site: Site): Iterable<Endpoint> {
  yield* changesEndpoints(registry, site);
  for (const history of site.history.collections.values()) {
    yield apiHistoryEndpoint(history, site);
    yield* digestEndpoints(history, site);
  }
}

/** Tags, manifests and Stowage's own API: what every site has. */
export function* ownEndpoints(registry: Registry, site: Site): Iterable<Endpoint> {
  yield apiIndexEndpoint(registry, site);
  yield apiCollectionsEndpoint(registry, site);
  yield* schemaEndpoints(site);
  yield openApiEndpoint(registry.config, site);
  yield checksumsEndpoint(registry, site);
  yield* sitemapEndpoints(registry, site);
  yield* healthEndpoints(registry, site);
  yield* groupsEndpoints(site);
  yield apiSizesEndpoint(site);
  yield* historyEndpoints(registry, site);
  yield* searchEndpoints(registry);
  yield* cardEndpoints(registry, site);
  for (const collection of registry.collections) {
    yield tagsEndpoint(collection);
    yield apiCollectionEndpoint(collection, site);
    yield* collectionBadgeEndpoints(collection);
    for (const tag of collection.tags) {
      if (tag.record) yield manifestEndpoint(collection, tag, tag.record, site);
      const definition = definitionEndpoint(collection, tag);
      if (definition) yield definition;
    }
  }
}
