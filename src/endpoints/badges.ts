import { badgeJson, badgeSvg } from "../badge.ts";
import { collectionBadge } from "../registry/collection-badge.ts";
import type { Collection } from "../registry/model.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { badgeJsonPath, badgePath } from "./paths.ts";

/** `/badges/<ns>/<coll>.svg`, and the same as data. */
export function* collectionBadgeEndpoints(collection: Collection): Iterable<Endpoint> {
  const badge = collectionBadge(collection);
  yield { path: badgePath(collection.name), mediaType: "image/svg+xml", body: badgeSvg(badge) };
  yield compactJsonEndpoint(badgeJsonPath(collection.name), badgeJson(badge));
}
