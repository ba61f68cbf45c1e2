import { type CollectionHistory, type Entry, type Version, isPermanent } from "../history/history.ts";
import { saidOf } from "../history/said.ts";
import type { Site } from "../protocols/site.ts";
import { layerUrl } from "../registry/local-images.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { apiHistoryPath, digestDefinitionPath, digestManifestPath, digestPath } from "./paths.ts";

/** How many entries of a tag are told, the newest. */
const MOST_ENTRIES = 1000;

/** `/api/v1/history/<name>.json`: what the tags of a collection pointed to and when, and every image that they ever had. */
export function apiHistoryEndpoint(history: CollectionHistory, site: Site): Endpoint {
  return compactJsonEndpoint(apiHistoryPath(history.name), {
    schemaVersion: 1,
    name: history.name,
    extent: site.history.extent,
    tags: [...history.tags.values()].map(({ name, isBuilt, entries }) => ({
      name,
      built: isBuilt,
      entries: entries.slice(-MOST_ENTRIES).toReversed().map(entryOf),
    })),
    versions: [...history.versions.values()]
      .toReversed()
      .map((version) => versionEntry(version, history, site)),
  });
}

function entryOf({ kind, version, moment }: Entry): object {
  return { kind, time: moment.time, commit: moment.commit, digest: version?.digest };
}

/** Sizes are bytes; what is not known is not there. */
function versionEntry(version: Version, { name, paged }: CollectionHistory, site: Site): object {
  const { digest, record, definition } = version;
  const { base, labels } = saidOf(version);
  const hasPath = isPermanent(digest);
  return {
    digest,
    size: record.schema === 2 ? record.size : undefined,
    created: record.created,
    architecture: record.architecture,
    base,
    labels,
    urls: record.layers.map((layer) => layerUrl(layer, site)),
    manifest: hasPath ? site.to(digestManifestPath(name, digest)) : undefined,
    definition: hasPath && definition ? site.to(digestDefinitionPath(name, digest)) : undefined,
    page: paged.has(digest) ? site.to(digestPath(name, digest)) : undefined,
  };
}
