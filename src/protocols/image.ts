import type { SiteAddress } from "../address.ts";
import { imagePath, isLocalImage, layerUrl } from "../registry/local-images.ts";
import type { ImageRecord, Layer, StoredImages } from "../registry/model.ts";

/** An image as clients can be told of it: only what is known for sure. */
export interface Image {
  /** Where it can be fetched; absolute where the site's address is known. */
  readonly url: string;
  /** Its path in the site, where the site itself serves it. */
  readonly path?: string;
  /** Of the file, in lower-case hexadecimal digits without a prefix. */
  readonly sha256?: string;
  readonly md5?: string;
  readonly sha1?: string;
  /** In bytes. */
  readonly size?: number;
}

/** The image that a record tells of; undefined where the registry should keep it and does not. */
export function imageOf(record: ImageRecord, stored: StoredImages, address: SiteAddress): Image | undefined {
  const [layer] = record.layers;
  if (!layer) return undefined;
  const isStored = isLocalImage(layer.url);
  if (isStored && !stored.has(layer.url)) return undefined;
  const size = sizeOf(record, layer, stored);
  const sha256 = sha256Of(layer);
  const md5 = record.md5 ?? hexOf(layer, "md5", 32);
  return {
    url: layerUrl(layer, address),
    ...(isStored && { path: layer.url }),
    ...(sha256 !== undefined && { sha256 }),
    ...(md5 !== undefined && { md5 }),
    ...(record.sha1 !== undefined && { sha1: record.sha1 }),
    ...(size !== undefined && { size }),
  };
}

/** In a record of 2019 the unit is not known, but a file that is there can be measured. */
function sizeOf({ schema }: ImageRecord, layer: Layer, stored: StoredImages): number | undefined {
  return stored.get(layer.url) ?? (schema === 2 ? layer.size : undefined);
}

/** A stored image is called by its sha256; a record that says another is not believed (finding image-digest). */
function sha256Of(layer: Layer): string | undefined {
  const hex = hexOf(layer, "sha256", 64);
  if (hex === undefined || !isLocalImage(layer.url)) return hex;
  return layer.url === imagePath(hex) ? hex : undefined;
}

function hexOf({ digest }: Layer, algorithm: string, length: number): string | undefined {
  const [name, hex = ""] = digest.split(":");
  return name === algorithm && hex.length === length ? hex.toLowerCase() : undefined;
}
