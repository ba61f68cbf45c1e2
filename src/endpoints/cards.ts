import { type Card, type Fact, cardPainter } from "../cards/card.ts";
import { formatBytes, formatDay, formatNumber } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { preferredTag } from "../registry/preferred-tag.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import type { Endpoint } from "./endpoint.ts";
import { cardPath } from "./paths.ts";

/** `/cards/<ns>/<coll>.png`, where the site's address is known: a page names its picture by an absolute one. */
export function* cardEndpoints({ collections, config }: Registry, { url }: Site): Iterable<Endpoint> {
  if (url === undefined || collections.length === 0) return;
  const { title, theme } = config;
  const { accent, logo } = theme;
  const hasLogo = logo !== undefined;
  const paint = cardPainter({ title, hasLogo, ...(accent !== undefined && { accent }) });
  for (const collection of collections) {
    const body = paint(cardOf(collection));
    yield { path: cardPath(collection.name), mediaType: "image/png", body };
  }
}

function cardOf(collection: Collection): Card {
  const { name, description } = collection;
  return {
    namespace: namespaceOf(name),
    name: shortNameOf(name),
    ...(description !== undefined && { description }),
    facts: factsOf(collection),
  };
}

/** How many tags there are, and what is known of the default one's image. */
function factsOf(collection: Collection): Fact[] {
  const { length } = collection.tags;
  const tags = { value: formatNumber(length), label: length === 1 ? "tag" : "tags" };
  const tag = preferredTag(collection);
  if (!tag?.record) return [tags, { value: "no image", label: "built yet" }];
  const { schema, size, created, architecture } = tag.record;
  const facts = [tags];
  // Nobody knows the unit of sizes of 2019.
  if (schema === 2) facts.push({ value: formatBytes(size), label: `size of ${tag.name}` });
  if (created !== undefined) facts.push({ value: formatDay(created), label: "built" });
  if (architecture !== undefined) facts.push({ value: architecture, label: "architecture" });
  return facts;
}
