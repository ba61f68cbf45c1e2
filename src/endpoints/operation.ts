import type { Site } from "../protocols/site.ts";
import type { SchemaName } from "../registry/schema.ts";

/** One kind of address that programs can ask, always by GET. */
export interface Operation {
  /** As OpenAPI writes it, below the site: `/{collection}/manifests/{tag}/`. */
  readonly path: string;
  /** One sentence on what answers. */
  readonly summary: string;
  /** Default: application/json. */
  readonly mediaType?: string;
  /** The schema of a JSON body. */
  readonly schema?: SchemaName;
  /** Every site that offers it has one, once there is an image: pages may link to it. */
  readonly isEverywhere?: true;
}

/** Operations that belong together, and are offered together. */
export interface OperationGroup {
  readonly title: string;
  readonly description: string;
  readonly isOffered: (site: Site) => boolean;
  readonly operations: readonly Operation[];
}
