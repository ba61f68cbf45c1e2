import { fileNameOf } from "../protocols/pull-line.ts";
import { sha256Digest } from "../registry/digest.ts";
import type { Reference } from "../registry/reference.ts";

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.sylabs.sif.config.v1+json";
export const LAYER_TYPE = "application/vnd.sylabs.sif.layer.v1.sif";

/** A SIF file has no configuration beside it; oras:// wants one nevertheless, and everybody writes this. */
export const EMPTY_CONFIG = Buffer.from("{}");

/** What a manifest says of one blob. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

export const CONFIG: Descriptor & { readonly data: string } = {
  mediaType: CONFIG_TYPE,
  digest: sha256Digest(EMPTY_CONFIG),
  size: EMPTY_CONFIG.length,
  data: EMPTY_CONFIG.toString("base64"),
};

/** An image that is named and measured; what is not known is not said. */
interface NamedImage {
  readonly reference: Reference;
  readonly image: {
    /** 64 lower-case hexadecimal digits. */
    readonly sha256?: string;
    /** Bytes. */
    readonly size?: number;
  };
}

/**
 * The OCI manifest of a SIF file: one layer, the file itself. The title is what `oras pull` calls the file; it also
 * makes the manifests of two tags of one image differ. The same image and name give the same bytes for ever, since
 * records name a manifest by its digest.
 */
export function imageManifest({ reference, image: { sha256, size } }: NamedImage): object {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: CONFIG,
    layers: [
      {
        mediaType: LAYER_TYPE,
        digest: `sha256:${sha256}`,
        size,
        annotations: { "org.opencontainers.image.title": fileNameOf({ reference }) },
      },
    ],
  };
}
