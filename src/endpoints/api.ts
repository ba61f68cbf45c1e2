import { pullWays } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import { tagHealth } from "../registry/health-report.ts";
import { layerUrl } from "../registry/local-images.ts";
import {
  type Collection,
  type ImageRecord,
  type Registry,
  type Tag,
  hasBuildLog,
} from "../registry/model.ts";
import { namespaceOf } from "../registry/reference.ts";
import { countRegistry } from "../registry/summary.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import {
  API_COLLECTIONS_PATH,
  API_HEALTH_PATH,
  API_INDEX_PATH,
  SCHEMAS_PATH,
  apiCollectionPath,
  buildLogPath,
  collectionPath,
  definitionPath,
  manifestPath,
  tagPath,
} from "./paths.ts";

/** Stowage's own API only ever gains keys; this number would change if one had to go. */
const API_VERSION = { schemaVersion: 1 };

/** `/api/v1/index.json`: what this registry is, and where the rest lies. */
export function apiIndexEndpoint(registry: Registry, site: Site): Endpoint {
  const { title, description, repository, contact } = registry.config;
  return jsonEndpoint(API_INDEX_PATH, {
    ...API_VERSION,
    title,
    description,
    url: site.url,
    repository,
    contact,
    counts: countRegistry(registry),
    links: {
      collections: site.to(API_COLLECTIONS_PATH),
      schemas: site.to(SCHEMAS_PATH),
      health: site.health && site.to(API_HEALTH_PATH),
    },
  });
}

/** `/api/v1/collections.json`: every collection, short. */
export function apiCollectionsEndpoint(registry: Registry, site: Site): Endpoint {
  const collections = registry.collections.map((collection) => ({
    ...summary(collection, site),
    tags: collection.tags.filter(({ record }) => record).map(({ name }) => name),
    url: site.to(apiCollectionPath(collection.name)),
  }));
  return jsonEndpoint(API_COLLECTIONS_PATH, { ...API_VERSION, collections });
}

/** `/api/v1/collections/<name>.json`: all that is known of one. Sizes are bytes; what is not known is not there. */
export function apiCollectionEndpoint(collection: Collection, site: Site): Endpoint {
  const { owners, license, deprecated } = collection;
  return jsonEndpoint(apiCollectionPath(collection.name), {
    ...API_VERSION,
    ...summary(collection, site),
    owners: owners.length > 0 ? owners : undefined,
    license,
    deprecated,
    tags: collection.tags.map((tag) => tagEntry(collection, tag, site)),
  });
}

function summary(collection: Collection, site: Site): object {
  const { name, description, topics } = collection;
  return {
    name,
    namespace: namespaceOf(name),
    description,
    topics: topics.length > 0 ? topics : undefined,
    updated: collection.updated,
    page: site.to(collectionPath(name)),
  };
}

function tagEntry(collection: Collection, tag: Tag, site: Site): object {
  const { name } = collection;
  return {
    name: tag.name,
    status: tag.status,
    frozen: tag.isFrozen,
    page: site.to(tagPath(name, tag.name)),
    definition: tag.definition && site.to(definitionPath(name, tag.name)),
    ...(tag.record && { manifest: site.to(manifestPath(name, tag.name)), ...recordEntry(tag.record, site) }),
    log: hasBuildLog(tag) ? site.to(buildLogPath(name, tag.name)) : undefined,
    health: healthEntry(tag, site),
    pull: pullWays(collection, tag, site),
  };
}

function healthEntry({ record }: Tag, { health }: Site): object | undefined {
  const known = health && record && tagHealth(health, record);
  return known && { checked: known.checked, verified: known.verified, problem: known.problem };
}

function recordEntry(record: ImageRecord, site: Site): object {
  const { schema, size, layers, log: _, ...known } = record;
  return {
    ...known,
    size: schema === 2 ? size : undefined,
    urls: layers.map((layer) => layerUrl(layer, site)),
  };
}
