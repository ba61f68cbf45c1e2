import type { Site } from "../protocols/site.ts";
import { formatReference } from "../registry/reference.ts";
import type { SizedImage } from "../registry/sizes.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { API_SIZES_PATH, SIZES_PATH } from "./paths.ts";

/** `/api/v1/sizes.json`: how much room images take, each once, and which of them somebody may want to delete. */
export function apiSizesEndpoint(site: Site): Endpoint {
  const { images, total, saved, unknown, newest } = site.sizes;
  return compactJsonEndpoint(API_SIZES_PATH, {
    schemaVersion: 1,
    page: site.to(SIZES_PATH),
    newest,
    counts: { images: images.length, bytes: total, saved, unknown },
    images: images.map(imageEntry),
  });
}

function imageEntry({ digest, size, created, tags, advice }: SizedImage): object {
  return {
    digest,
    size,
    created,
    references: tags.map(({ collection, tag }) =>
      formatReference({ collection: collection.name, tag: tag.name }),
    ),
    advice: advice.length > 0 ? advice : undefined,
  };
}
