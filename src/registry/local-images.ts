import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { SiteAddress } from "../address.ts";
import type { Finding } from "../finding.ts";
import { statsOf } from "../read-file.ts";
import type { Collection, ImageRecord, Layer } from "./model.ts";

/** Where storage kind `directory` keeps images, relative to registry.yml; the site serves the same paths. */
const LOCAL_IMAGE = /^images\/sha256\/[0-9a-f]{64}\.sif$/;

/** Whether a layer's address means a file of the registry itself. */
function isLocalImage(url: string): boolean {
  return LOCAL_IMAGE.test(url);
}

/** Where a layer can be fetched; images that the site keeps get the site's own address. */
export function layerUrl({ url }: Layer, site: SiteAddress): string {
  return isLocalImage(url) ? site.to(url) : url;
}

/** The images of the registry itself that records name, each once, in code-point order. */
export function localImages(collections: readonly Collection[]): string[] {
  const urls = new Set<string>();
  for (const record of recordsOf(collections)) {
    for (const { url } of record.layers) if (isLocalImage(url)) urls.add(url);
  }
  return [...urls].sort();
}

/** A finding for each record whose image is not where it says, or has another size. */
export function checkLocalImages(root: string, collections: readonly Collection[]): Finding[] {
  const findings: Finding[] = [];
  for (const { tags } of collections) {
    for (const { record, folder } of tags) {
      for (const layer of record?.layers ?? []) {
        if (!isLocalImage(layer.url)) continue;
        const size = fileSize(join(root, layer.url));
        const file = `${folder}/README.md`;
        if (size === undefined) findings.push({ code: "image-missing", file, args: { image: layer.url } });
        else if (record?.schema === 2 && size !== layer.size) {
          const args = { image: layer.url, size: String(size), recorded: String(layer.size) };
          findings.push({ code: "image-size", file, args });
        }
      }
    }
  }
  return findings;
}

/** In bytes; undefined where there is no regular file (links are not followed). */
export function fileSize(path: string): number | undefined {
  const stats = statsOf(path, lstatSync);
  return stats?.isFile() ? stats.size : undefined;
}

function* recordsOf(collections: readonly Collection[]): Iterable<ImageRecord> {
  for (const { tags } of collections) {
    for (const { record } of tags) if (record) yield record;
  }
}
