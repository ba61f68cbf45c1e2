import type { SiteAddress } from "../address.ts";
import { layerUrl } from "../registry/local-images.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { definitionPath, manifestPath } from "./paths.ts";

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
  return jsonEndpoint(manifestPath(name, tag.name), {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, size: record.size, digest: record.digest },
    layers: record.layers.map((layer) => ({
      mediaType: LAYER_TYPE,
      size: layer.size,
      digest: layer.digest,
      urls: [layerUrl(layer, site)],
    })),
  });
}

/** `/<ns>/<coll>/manifests/<tag>/Singularity.def`: the definition file, byte for byte. */
export function definitionEndpoint({ name }: Collection, tag: Tag): Endpoint | undefined {
  if (!tag.definition) return undefined;
  const { text, bytes } = tag.definition;
  return { path: definitionPath(name, tag.name), mediaType: "text/plain", body: bytes ?? text };
}
