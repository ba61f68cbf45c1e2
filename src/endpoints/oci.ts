import { createHash } from "node:crypto";
import { ociRefusal } from "../protocols/oci.ts";
import { fileNameOf } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetsOf } from "../protocols/target.ts";
import type { Registry } from "../registry/model.ts";
import type { CollectionName } from "../registry/reference.ts";
import { type Endpoint, compactJsonEndpoint, imageEndpoint, jsonEndpoint } from "./endpoint.ts";
import { OCI_CATALOG_PATH, OCI_PATH, ociBlobPath, ociManifestPath, ociTagsPath } from "./paths.ts";

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.sylabs.sif.config.v1+json";
const LAYER_TYPE = "application/vnd.sylabs.sif.layer.v1.sif";

/** A SIF file has no configuration beside it; oras:// wants one nevertheless, and everybody writes this. */
const EMPTY_CONFIG = "{}";
const CONFIG = {
  mediaType: CONFIG_TYPE,
  digest: digestOf(EMPTY_CONFIG),
  size: EMPTY_CONFIG.length,
  data: Buffer.from(EMPTY_CONFIG).toString("base64"),
};

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
  yield { path: ociBlobPath(name, CONFIG.digest), mediaType: CONFIG_TYPE, body: EMPTY_CONFIG };
  const blobs = new Map(targets.map(({ image }) => [`sha256:${image.sha256}`, image]));
  for (const [digest, image] of blobs) yield imageEndpoint(ociBlobPath(name, digest), image);
  for (const target of targets) {
    const path = ociManifestPath(name, target.reference.tag);
    const manifest = compactJsonEndpoint(path, manifestOf(target), MANIFEST_TYPE);
    yield manifest;
    yield { ...manifest, path: ociManifestPath(name, digestOf(manifest.body)) };
  }
}

/** The title is what `oras pull` calls the file; it also makes the manifests of two tags of one image differ. */
function manifestOf(target: PullTarget): object {
  const { sha256, size } = target.image;
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: CONFIG,
    layers: [
      {
        mediaType: LAYER_TYPE,
        digest: `sha256:${sha256}`,
        size,
        annotations: { "org.opencontainers.image.title": fileNameOf(target) },
      },
    ],
  };
}

function digestOf(text: string | Buffer): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
