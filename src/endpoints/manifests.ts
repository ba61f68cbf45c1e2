import type { SiteAddress } from "../address.ts";
import { type CollectionHistory, isPermanent } from "../history/history.ts";
import { layerUrl } from "../registry/local-images.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { definitionPath, digestDefinitionPath, digestManifestPath, manifestPath } from "./paths.ts";

const MANIFEST_TYPE = "application/vnd.singularity.distribution.manifest.v2+json";
const CONFIG_TYPE = "application/vnd.singularity.container.image.v1+json";
const LAYER_TYPE = "application/vnd.singularity.image.squashfs";

/** `/<ns>/<coll>/manifests/<tag>/`: the record in the shape of 2019, number for number. */
export function manifestEndpoint(
  { name }: Collection,
  tag: Tag,
  record: ImageRecord,
  site: SiteAddress,
): Endpoint {
  return jsonEndpoint(manifestPath(name, tag.name), manifestOf(record, site));
}

/** `/<ns>/<coll>/manifests/sha256:<hex>/`: the same for an image by its digest, which stays when its tag moves on. */
export function* digestEndpoints(
  { name, versions }: CollectionHistory,
  site: SiteAddress,
): Iterable<Endpoint> {
  for (const { digest, record, definition } of versions.values()) {
    if (!isPermanent(digest)) continue;
    yield jsonEndpoint(digestManifestPath(name, digest), manifestOf(record, site));
    if (!definition) continue;
    const { text, bytes } = definition.read();
    yield { path: digestDefinitionPath(name, digest), mediaType: "text/plain", body: bytes ?? text };
  }
}

function manifestOf(record: ImageRecord, site: SiteAddress): object {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, size: record.size, digest: record.digest },
    layers: record.layers.map((layer) => ({
      mediaType: LAYER_TYPE,
      size: layer.size,
      digest: layer.digest,
      urls: [layerUrl(layer, site)],
    })),
  };
}

/** `/<ns>/<coll>/manifests/<tag>/Singularity.def`: the definition file, byte for byte. */
export function definitionEndpoint({ name }: Collection, tag: Tag): Endpoint | undefined {
  if (!tag.definition) return undefined;
  const { text, bytes } = tag.definition;
  return { path: definitionPath(name, tag.name), mediaType: "text/plain", body: bytes ?? text };
}
