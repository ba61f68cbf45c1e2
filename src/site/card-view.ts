import { CARD_SIZE } from "../cards/card.ts";
import { cardPath } from "../endpoints/paths.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection } from "../registry/model.ts";

/** The picture that others show beside the address of a page; nothing where nobody knows where the site answers. */
export function cardView({ name, description }: Collection, site: Site): object {
  if (site.url === undefined) return {};
  return {
    ogImage: site.to(cardPath(name)),
    ogImageSize: CARD_SIZE,
    ogImageAlt: description === undefined ? name : `${name}: ${description}`,
  };
}
