import { createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { ImageRecord } from "../registry/model.ts";
import type { Reference } from "../registry/reference.ts";
import { openFileSource } from "../sif/file-source.ts";
import { readSif } from "../sif/sif.ts";
import { type RemoteOptions, fetchImage, reasonOf } from "../storage/remote-image.ts";
import { recordImage } from "./store-image.ts";

/** An image as it is. */
export interface MeasuredImage {
  readonly record: ImageRecord;
  /** The definition file that it carries. */
  readonly definition?: string;
}

/** Why an image could not be measured, as a part of a finding. */
export type Unmeasurable = Pick<Finding, "code" | "args">;

export interface MeasureOptions extends RemoteOptions {
  /** The folder of registry.yml. */
  readonly root: string;
  /** Where a copy may lie meanwhile: no file of that name is there. */
  readonly copy: string;
  readonly reference: Reference;
}

/** Reads an image wherever it lies, an other one than the registry's own by way of a copy. */
export async function measureImage(
  url: string,
  options: MeasureOptions,
): Promise<MeasuredImage | Unmeasurable> {
  if (isLocalImage(url)) return measureFile(url, join(options.root, url), options);
  try {
    const failure = await fetchInto(options.copy, url, options);
    return failure ?? (await measureFile(url, options.copy, options));
  } finally {
    rmSync(options.copy, { force: true });
  }
}

async function fetchInto(
  copy: string,
  url: string,
  remote: RemoteOptions,
): Promise<Unmeasurable | undefined> {
  try {
    await pipeline(fetchImage(url, remote), createWriteStream(copy, { flags: "wx" }));
    return undefined;
  } catch (error) {
    // A disk that is full says nothing about the image.
    if (!(error instanceof StowageError)) throw error;
    return { code: "image-unreachable", args: { image: url, reason: reasonOf(error.cause ?? error) } };
  }
}

async function measureFile(
  url: string,
  image: string,
  { reference }: MeasureOptions,
): Promise<MeasuredImage | Unmeasurable> {
  try {
    const record = await recordImage({ reference, image, facts: {} }, url);
    const definition = await definitionIn(image);
    return { record, ...(definition !== undefined && { definition }) };
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    // The finding names the address already.
    const found = error.message.slice(error.message.indexOf(": ") + 2);
    return { code: "image-not-sif", args: { image: url, found: `it ${found}` } };
  }
}

async function definitionIn(image: string): Promise<string | undefined> {
  const source = await openFileSource(image);
  try {
    return (await readSif(source)).definition;
  } finally {
    await source.close();
  }
}
