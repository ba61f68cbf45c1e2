import type { Finding } from "../finding.ts";
import type { Digest } from "../registry/digest.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { ImageRecord, Registry, StoredImages } from "../registry/model.ts";
import { type ReadSource, placeOfKey } from "./sources.ts";

/** What is not sure about a record of 2019, and the keys down to where it says so. */
interface Trouble {
  readonly trouble: string;
  readonly path: readonly string[];
}

/** Records of 2019 by their worst trouble: which image they mean, how it is compared, what its size counts. */
export function* checkLegacyRecords(
  { collections, images }: Registry,
  readSource: ReadSource,
): Iterable<Finding> {
  for (const { tags } of collections) {
    for (const { record, folder, isLink } of tags) {
      if (record?.schema !== 2019 || isLink) continue;
      const found =
        malformed(record) ?? contradiction(record) ?? weakDigest(record) ?? doubtfulSize(record, images);
      if (!found) continue;
      const place = placeOfKey(`${folder}/README.md`, found.path, readSource);
      yield { code: "record-2019", ...place, args: { trouble: found.trouble } };
    }
  }
}

/** Every digest of a record, the one on top first. */
function* digestsOf({ digest, layers }: ImageRecord): Iterable<{ digest: Digest; path: readonly string[] }> {
  yield { digest, path: ["digest"] };
  for (const [index, layer] of layers.entries())
    yield { digest: layer.digest, path: ["layers", String(index), "digest"] };
}

/** How many hexadecimal digits each has. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ["md5", 32],
  ["sha1", 40],
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

function malformed(record: ImageRecord): Trouble | undefined {
  for (const { digest, path } of digestsOf(record)) {
    const [algorithm = "", hex = ""] = digest.split(":");
    const digits = DIGITS.get(algorithm);
    if (digits === undefined) return { trouble: `nobody knows digests called ${algorithm}`, path };
    if (hex.length !== digits)
      return { trouble: `its digest has ${hex.length} digits, and ${algorithm} has ${digits}`, path };
  }
  return undefined;
}

/** Whatever lies at several addresses is one image. */
function contradiction(record: ImageRecord): Trouble | undefined {
  const byAlgorithm = new Map<string, string>();
  for (const { digest, path } of digestsOf(record)) {
    const [algorithm = "", hex = ""] = digest.toLowerCase().split(":");
    const other = byAlgorithm.get(algorithm) ?? hex;
    if (other !== hex)
      return { trouble: `its digests are ${algorithm}:${other} and ${algorithm}:${hex}`, path };
    byAlgorithm.set(algorithm, hex);
  }
  const index = record.layers.findIndex(({ size }) => size !== record.size);
  const size = record.layers[index]?.size;
  if (size === undefined) return undefined;
  return { trouble: `its sizes are ${record.size} and ${size}`, path: ["layers", String(index), "size"] };
}

function weakDigest(record: ImageRecord): Trouble | undefined {
  for (const { digest, path } of digestsOf(record)) {
    const [algorithm = ""] = digest.split(":");
    if (algorithm !== "sha256")
      return { trouble: `its digest is of ${algorithm}, and clients that verify an image want sha256`, path };
  }
  return undefined;
}

const BYTES_IN_A_KIB = 1024;
/** `du -k` counts whole blocks of a disk. */
const LARGEST_BLOCK_KIB = 128;

/** The builder of 2019 wrote KiB, people wrote bytes: only an image that the registry keeps tells which. */
function doubtfulSize({ size, layers }: ImageRecord, images: StoredImages): Trouble | undefined {
  const path = ["size"];
  const url = layers[0]?.url ?? "";
  const bytes = images.get(url);
  if (bytes === undefined) {
    // That the file is gone is a finding of its own.
    return isLocalImage(url) ? undefined : { trouble: "the unit of its size is not known", path };
  }
  if (bytes === size) return undefined;
  const blocks = size - bytes / BYTES_IN_A_KIB;
  if (blocks >= 0 && blocks < LARGEST_BLOCK_KIB)
    return { trouble: `its size is in KiB, and the image has ${bytes} bytes`, path };
  return { trouble: `its size is ${size}, and the image has ${bytes} bytes`, path };
}
