import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { SiteAddress } from "../address.ts";
import type { Finding } from "../finding.ts";
import { statsOf } from "../read-file.ts";
import type { Collection, ImageRecord, Layer, StoredImages } from "./model.ts";

/** Where storage kind `directory` keeps images, relative to registry.yml; the site serves the same paths. */
const LOCAL_IMAGE = /^images\/sha256\/[0-9a-f]{64}\.sif$/;

/** Whether a layer's address means a file of the registry itself. */
export function isLocalImage(url: string): boolean {
  return LOCAL_IMAGE.test(url);
}

/** Where a layer can be fetched; images that the site keeps get the site's own address. */
export function layerUrl({ url }: Pick<Layer, "url">, site: SiteAddress): string {
  return isLocalImage(url) ? site.to(url) : url;
}

/** The images of the registry itself that records name, each once, in code-point order. */
export function localImages(collections: readonly Collection[]): string[] {
  const urls = new Set<string>();
  for (const { tags } of collections) {
    for (const { record } of tags) {
      for (const { url } of record?.layers ?? []) if (isLocalImage(url)) urls.add(url);
    }
  }
  return [...urls].sort();
}

/** Those images that records name and that are there (links are not followed). */
export function storedImages(root: string, collections: readonly Collection[]): StoredImages {
  const sizes = new Map<string, number>();
  for (const path of localImages(collections)) {
    const stats = statsOf(join(root, path), lstatSync);
    if (stats?.isFile()) sizes.set(path, stats.size);
  }
  return sizes;
}

/** A finding for each record whose image is not where it says, or is not the one that it describes. */
export function checkLocalImages(collections: readonly Collection[], stored: StoredImages): Finding[] {
  const findings: Finding[] = [];
  for (const { tags } of collections) {
    for (const { record, folder } of tags) {
      if (record) findings.push(...checkRecord(record, `${folder}/README.md`, stored));
    }
  }
  return findings;
}

function* checkRecord(
  { schema, layers }: ImageRecord,
  file: string,
  stored: StoredImages,
): Iterable<Finding> {
  for (const { url: image, size: recorded, digest } of layers) {
    if (!isLocalImage(image)) continue;
    const size = stored.get(image);
    if (size === undefined) yield { code: "image-missing", file, args: { image } };
    else if (schema === 2 && size !== recorded) {
      yield { code: "image-size", file, args: { image, size: String(size), recorded: String(recorded) } };
    }
    if (digest.startsWith("sha256:") && image !== imagePath(digest.slice("sha256:".length).toLowerCase())) {
      yield { code: "image-digest", file, args: { image, digest } };
    }
  }
}

/** Where storage kind `directory` keeps the image with this sha256. */
export function imagePath(sha256: string): string {
  return `images/sha256/${sha256}.sif`;
}
