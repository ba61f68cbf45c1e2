import { fileNameOf } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import { targetsOf } from "../protocols/target.ts";
import type { Registry } from "../registry/model.ts";
import { namespaceOf } from "../registry/reference.ts";
import type { Endpoint } from "./endpoint.ts";
import { CHECKSUMS_PATH } from "./paths.ts";

/**
 * `/SHA256SUMS`: the sha256 of every image that has one, under the names that clients give their copies, in a folder for
 * each namespace: `sha256sum --ignore-missing -c SHA256SUMS`.
 */
export function checksumsEndpoint({ collections }: Registry, site: Site): Endpoint {
  const lines: string[] = [];
  for (const collection of collections) {
    const folder = namespaceOf(collection.name);
    for (const target of targetsOf(collection, site)) {
      const { sha256 } = target.image;
      if (sha256 !== undefined) lines.push(`${sha256}  ${folder}/${fileNameOf(target)}\n`);
    }
  }
  return { path: CHECKSUMS_PATH, mediaType: "text/plain", body: lines.join("") };
}
