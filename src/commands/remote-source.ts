import { findLayer } from "../oci/pull-layer.ts";
import { type OpenRange, type RangeOptions, type RangeSource, openRangeSource } from "../sif/range-source.ts";
import { openUrlSource, withoutSecrets } from "../sif/url-source.ts";

/** Opens an image at an https://, http:// or oras:// address. Throws StowageError where it cannot be had. */
export async function openRemoteSource(address: string, options: RangeOptions): Promise<RangeSource> {
  if (!/^oras:/i.test(address)) return openUrlSource(address, options);
  const { repository, digest } = await findLayer(address);
  const open: OpenRange = (headers) => repository.open(digest, headers);
  return openRangeSource(withoutSecrets(address), open, options);
}
