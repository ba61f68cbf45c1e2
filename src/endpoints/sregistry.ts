import { containerOf } from "../protocols/container.ts";
import type { Site } from "../protocols/site.ts";
import { everyTarget } from "../protocols/target.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { formatReference, namespaceOf, shortNameOf } from "../registry/reference.ts";
import { groupBy } from "../group-by.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import {
  CONTAINER_COLLECTIONS_PATH,
  containerCollectionPath,
  containerSearchPath,
  tagPath,
} from "./paths.ts";

/**
 * What the Singularity Registry client searches. Its words differ from ours: its collection is our namespace, its
 * container our tag. It asks in lower case, so names that differ by case alone share an answer.
 *
 *     sregistry search vanessa/greeting:latest   →   /api/container/search/collection/vanessa/name/greeting/tag/latest/
 */
export function* sregistryEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  yield collectionsEndpoint(collections, site);
  for (const [word, found] of groupBy(collections, wordsOf)) {
    yield compactJsonEndpoint(containerCollectionPath(word), containerList(word, found, site));
  }
  for (const [query, found] of groupBy(collections, searchesOf)) {
    yield* containerSearches(query, found, site);
  }
}

/** `/api/collections/`: every namespace with its containers; without `next` the client would fail. */
function collectionsEndpoint(collections: readonly Collection[], site: Site): Endpoint {
  const namespaces = groupBy(collections, ({ name }) => [namespaceOf(name)]);
  const results = [...namespaces].map(([namespace, members], index) => ({
    ...containerList(namespace, members, site),
    id: index + 1,
  }));
  const body = { count: results.length, next: null, previous: null, results };
  return compactJsonEndpoint(CONTAINER_COLLECTIONS_PATH, body);
}

function containerList(name: string, collections: readonly Collection[], site: Site): object {
  const containers = everyTarget(collections, site).map(({ reference }) => ({
    name: shortNameOf(reference.collection),
    tag: reference.tag,
    uri: formatReference(reference),
    detail: site.to(tagPath(reference.collection, reference.tag)),
  }));
  return { id: 1, name, add_date: "", modify_date: "", metadata: {}, containers };
}

/** The words that find a collection: its namespace, the outer ones, and its own name. */
function wordsOf({ name }: Collection): string[] {
  const words = new Set([shortNameOf(name).toLowerCase()]);
  for (let outer = namespaceOf(name); outer !== ""; outer = namespaceOf(outer))
    words.add(outer.toLowerCase());
  return [...words];
}

function searchesOf({ name }: Collection): string[] {
  const [namespace, short] = [namespaceOf(name).toLowerCase(), shortNameOf(name).toLowerCase()];
  return [`collection/${namespace}/name/${short}`, `name/${short}`];
}

function* containerSearches(
  query: string,
  collections: readonly Collection[],
  site: Site,
): Iterable<Endpoint> {
  const containers = everyTarget(collections, site).map((target, index) => ({
    tag: target.reference.tag.toLowerCase(),
    body: { id: index + 1, ...containerOf(target) },
  }));
  const bodiesOf = (entries: typeof containers) => entries.map(({ body }) => body);
  yield compactJsonEndpoint(containerSearchPath(query), bodiesOf(containers));
  for (const [tag, entries] of groupBy(containers, (entry) => [entry.tag])) {
    yield compactJsonEndpoint(containerSearchPath(`${query}/tag/${tag}`), bodiesOf(entries));
  }
}
