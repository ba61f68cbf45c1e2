import type { ChangedTag } from "../check/check-pull-request.ts";
import type { Digest } from "../registry/digest.ts";
import { imageKey } from "../registry/health.ts";
import type { ImageRecord } from "../registry/model.ts";

/** An image that records name, asked for once however many do. */
export interface NamedImage {
  readonly url: string;
  readonly digest: Digest;
  /** Never none. */
  readonly claims: readonly Claim[];
}

/** What one record says of an image. */
export interface Claim {
  /** The record. */
  readonly file: string;
  readonly schema: ImageRecord["schema"];
  /** Bytes; in a record of 2019 bytes or KiB. */
  readonly size: number;
  readonly architecture?: string;
}

/** The images that the records of these tags name, in the order of health.json. */
export function namedImages(tags: Iterable<ChangedTag>): NamedImage[] {
  const images = new Map<string, NamedImage & { claims: Claim[] }>();
  for (const { tag } of tags) {
    for (const { url, digest, size } of tag.record?.layers ?? []) {
      const key = imageKey({ url, digest });
      const image = images.get(key) ?? { url, digest, claims: [] };
      images.set(key, image);
      const file = `${tag.folder}/README.md`;
      const { schema = 2, architecture } = tag.record ?? {};
      const last = image.claims.at(-1);
      // A record may name an image twice.
      if (last?.file === file && last.size === size) continue;
      image.claims.push({ file, schema, size, ...(architecture !== undefined && { architecture }) });
    }
  }
  return [...images].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image);
}
