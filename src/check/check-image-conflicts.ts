import type { Finding } from "../finding.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { Layer, Registry } from "../registry/model.ts";
import { type ReadSource, placeOfKey } from "./sources.ts";

/** A layer of a record, and where it stands. */
interface PlacedLayer extends Layer {
  readonly file: string;
  readonly index: number;
}

/**
 * Addresses of which records say different digests. Each record that differs from the first is told of, and the first
 * once: a pull request may have brought either.
 */
export function* checkImageConflicts(registry: Registry, readSource: ReadSource): Iterable<Finding> {
  const firsts = new Map<string, { readonly layer: PlacedLayer; isTold: boolean }>();
  for (const layer of placedLayers(registry)) {
    // md5 and sha256 of one image are no contradiction.
    const key = `${layer.digest.split(":", 1)[0]} ${layer.url}`;
    const first = firsts.get(key);
    if (!first) firsts.set(key, { layer, isTold: false });
    if (!first || first.layer.digest.toLowerCase() === layer.digest.toLowerCase()) continue;
    if (!first.isTold) yield conflict(first.layer, layer, readSource);
    first.isTold = true;
    yield conflict(layer, first.layer, readSource);
  }
}

/** Images of the registry itself are called by their digests: which record is wrong is a finding of the scan. */
function* placedLayers({ collections }: Registry): Iterable<PlacedLayer> {
  for (const { tags } of collections) {
    for (const { record, folder, isLink } of tags) {
      if (isLink) continue;
      for (const [index, layer] of (record?.layers ?? []).entries())
        if (!isLocalImage(layer.url)) yield { ...layer, file: `${folder}/README.md`, index };
    }
  }
}

function conflict(one: PlacedLayer, other: PlacedLayer, readSource: ReadSource): Finding {
  const place = placeOfKey(one.file, ["layers", String(one.index), "digest"], readSource);
  const args = { image: one.url, digest: one.digest, other: other.digest, file: other.file };
  return { code: "image-conflict", ...place, args };
}
