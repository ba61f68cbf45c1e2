import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "../build/temporary-folder.ts";
import type { StoredImages, Layer } from "../registry/model.ts";
import { type FixOutcome, type OldRecord, fixRecord } from "./fix-record.ts";
import { type MeasuredImage, type Unmeasurable, measureImage } from "./measure-image.ts";

export interface FixRecordsOptions {
  /** The folder of registry.yml. */
  readonly root: string;
  /** The tree's folder. */
  readonly tree: string;
  /** The images that the registry keeps. */
  readonly images: StoredImages;
  /** Refuse addresses inside a network: records are strangers'. */
  readonly isPublicOnly: boolean;
  /** Says where copies of images may lie meanwhile. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called before an image is measured. */
  readonly onImage?: (url: string) => void;
  /** Called with each outcome when it is known: a record that was mended is on the disk then. */
  readonly onOutcome?: (outcome: FixOutcome) => void;
}

/** Images that are fetched at the same time; as many lie on the disk. */
const AT_ONCE = 4;

/**
 * Writes records of 2019 anew, as schema 2, by measuring their images: each record as soon as that is known, so that a
 * run that is killed has mended some and spoilt none. Returns what became of each, in the order that they have.
 */
export async function fixRecords(
  records: readonly OldRecord[],
  options: FixRecordsOptions,
): Promise<FixOutcome[]> {
  if (records.length === 0) return [];
  const folder = makeTemporaryFolder(options.env);
  const outcomes: FixOutcome[] = [];
  const measure = measureOnce(folder, options);
  let next = 0;
  const work = async () => {
    while (next < records.length) {
      const index = next++;
      const old = records[index];
      if (!old) return;
      const outcome = await fixRecord(old, { ...options, measure });
      outcomes[index] = outcome;
      options.onOutcome?.(outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return outcomes;
  } finally {
    // Whoever still fetches fails, and begins nothing new.
    next = records.length;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Several tags may name one image: it is fetched once. */
function measureOnce(folder: string, { root, isPublicOnly, onImage }: FixRecordsOptions) {
  const known = new Map<string, Promise<MeasuredImage | Unmeasurable>>();
  return ({ url, size }: Layer, { reference }: OldRecord): Promise<MeasuredImage | Unmeasurable> => {
    const limit = mostBytes(size);
    const key = `${limit ?? ""} ${url}`;
    const measured = known.get(key);
    if (measured) return measured;
    onImage?.(url);
    const copy = join(folder, String(known.size));
    const measuring = measureImage(url, { root, copy, reference, isPublicOnly, ...(limit && { limit }) });
    known.set(key, measuring);
    return measuring;
  };
}

/** Room for what a disk takes beside a file. */
const SLACK = 1024 * 1024;
const TIB = 1024 ** 4;

/** Sizes are KiB or bytes, nobody knows: no image has more than the larger of them. Undefined where that says nothing. */
function mostBytes(size: number): number | undefined {
  const most = size * 1024 + SLACK;
  return size > 0 && most < TIB ? most : undefined;
}
