import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { ChangedTag } from "../check/check-pull-request.ts";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { ImageRecord, Layer } from "../registry/model.ts";
import { type RemoteOptions, fetchImage, reasonOf } from "../storage/remote-image.ts";

export interface CheckImagesOptions extends Pick<RemoteOptions, "isPublicOnly"> {
  /** The folder of registry.yml. */
  readonly root: string;
  /** Called before an image is fetched. */
  readonly onImage?: (url: string) => void;
}

/** Fetches every image that records name, and says where one is not there or is not what its record says. */
export async function* checkImages(
  tags: Iterable<ChangedTag>,
  options: CheckImagesOptions,
): AsyncGenerator<Finding> {
  for (const { tag } of tags) {
    for (const layer of tag.record?.layers ?? []) {
      const finding = tag.record && (await checkLayer(tag.record, layer, options));
      if (finding) yield { ...finding, file: `${tag.folder}/README.md` };
    }
  }
}

async function checkLayer(
  { schema }: ImageRecord,
  { url, size, digest }: Layer,
  options: CheckImagesOptions,
): Promise<Pick<Finding, "code" | "args"> | undefined> {
  options.onImage?.(url);
  const [algorithm = "", hex = ""] = digest.split(":");
  // In a record of 2019 the unit is not known.
  const recorded = schema === 2 ? size : undefined;
  const measured = await measure(url, algorithm, recorded, options);
  if ("reason" in measured)
    return { code: "image-unreachable", args: { image: url, reason: measured.reason } };
  if (recorded !== undefined && measured.size !== recorded) {
    const sizes = { size: String(measured.size), recorded: String(recorded) };
    return { code: "image-size", args: { image: url, ...sizes } };
  }
  if (measured.hex === hex.toLowerCase()) return undefined;
  return { code: "image-differs", args: { image: url, digest, found: `${algorithm}:${measured.hex}` } };
}

async function measure(
  url: string,
  algorithm: string,
  limit: number | undefined,
  { root, isPublicOnly }: CheckImagesOptions,
): Promise<{ readonly size: number; readonly hex: string } | { readonly reason: string }> {
  try {
    const hash = createHash(algorithm);
    let size = 0;
    for await (const chunk of openImage(url, root, limit, isPublicOnly ?? false)) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, hex: hash.digest("hex") };
  } catch (error) {
    // The finding has the address already.
    return { reason: reasonOf(error instanceof StowageError ? (error.cause ?? error) : error) };
  }
}

function openImage(
  url: string,
  root: string,
  limit: number | undefined,
  isPublicOnly: boolean,
): AsyncIterable<Buffer> {
  if (isLocalImage(url)) return createReadStream(join(root, url));
  return fetchImage(url, { isPublicOnly, ...(limit !== undefined && { limit }) });
}
