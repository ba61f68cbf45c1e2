import { CONFIG, EMPTY_CONFIG, MANIFEST_TYPE, imageManifest } from "../oci/manifest.ts";
import { ociRefusal } from "../protocols/oci.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetsOf } from "../protocols/target.ts";
import { sha256Digest } from "../registry/digest.ts";
import type { Registry } from "../registry/model.ts";
import type { CollectionName } from "../registry/reference.ts";
import { type Endpoint, compactJsonEndpoint, imageEndpoint, jsonEndpoint } from "./endpoint.ts";
import { OCI_CATALOG_PATH, OCI_PATH, ociBlobPath, ociManifestPath, ociTagsPath } from "./paths.ts";

/**
 * `/v2/`, for oras://, oras, skopeo and crane: an image is a manifest with one layer, the SIF file. The same bytes
 * answer by tag and by their own digest.
 */
export function* ociEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  yield jsonEndpoint(OCI_PATH, {});
  const repositories: string[] = [];
  for (const collection of collections) {
    const targets = [...targetsOf(collection, site)].filter((target) => ociRefusal(target) === undefined);
    if (targets.length === 0) continue;
    repositories.push(collection.name);
    yield* repositoryEndpoints(collection.name, targets);
  }
  yield compactJsonEndpoint(OCI_CATALOG_PATH, { repositories });
}

function* repositoryEndpoints(name: CollectionName, targets: readonly PullTarget[]): Iterable<Endpoint> {
  const tags = targets.map(({ reference }) => reference.tag);
  yield compactJsonEndpoint(ociTagsPath(name), { name, tags });
  yield { path: ociBlobPath(name, CONFIG.digest), mediaType: CONFIG.mediaType, body: EMPTY_CONFIG };
  const blobs = new Map(targets.map(({ image }) => [`sha256:${image.sha256}`, image]));
  for (const [digest, image] of blobs) yield imageEndpoint(ociBlobPath(name, digest), image);
  for (const target of targets) {
    const path = ociManifestPath(name, target.reference.tag);
    const manifest = compactJsonEndpoint(path, imageManifest(target), MANIFEST_TYPE);
    yield manifest;
    yield { ...manifest, path: ociManifestPath(name, sha256Digest(manifest.body)) };
  }
}
