import type { Digest } from "../registry/digest.ts";
import type { ImageRecord } from "../registry/model.ts";
import { type CollectionName, shortNameOf } from "../registry/reference.ts";
import { imageOf } from "./image.ts";
import { type PullAnswer, commandOf, isHttp, schemeOf } from "./pull-line.ts";
import type { Site } from "./site.ts";

/**
 * How an image is pulled from where its record says that it lies, without asking the registry for a tag: this works
 * when tags have moved on, for as long as the image is there.
 */
export function digestPull(
  collection: CollectionName,
  digest: Digest,
  record: ImageRecord,
  site: Site,
): PullAnswer {
  const image = imageOf(record, site.images, site);
  if (!image) return { reason: "the registry kept this image itself, and keeps it no more" };
  const scheme = schemeOf(image.url);
  if (!isHttp(image.url) && scheme !== "oras")
    return { reason: `the image lies at ${scheme ?? "an address"}://, which apptainer does not fetch` };
  const file = `${shortNameOf(collection)}_${digest.slice(digest.indexOf(":") + 1).slice(0, 12)}.sif`;
  return { command: commandOf("apptainer", "pull", file, image.url) };
}
