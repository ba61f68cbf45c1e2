import {
  API_PAGE_PATH,
  HEALTH_PATH,
  INSPECT_PATH,
  collectionPath,
  namespacePath,
  tagPath,
} from "../endpoints/paths.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { namespaceOf } from "../registry/reference.ts";
import { apiView } from "./api-view.ts";
import { collectionView } from "./collection-view.ts";
import { collectionsPages } from "./collections-view.ts";
import { groupsPages } from "./groups-view.ts";
import { healthView } from "./health-view.ts";
import { historyPages } from "./history-pages.ts";
import { homeView, namespaceView } from "./home-view.ts";
import type { Page } from "./page.ts";
import { notFoundView, searchPages } from "./search-view.ts";
import { sizesPages } from "./sizes-view.ts";
import { tagView } from "./tag-view.ts";

export type { Page } from "./page.ts";

/** Every page of a registry, one at a time. */
export function* registryPages(registry: Registry, site: Site): Iterable<Page> {
  const { collections } = registry;
  yield { path: "", template: "home.njk", view: () => homeView(registry, site) };
  yield { path: "404.html", template: "404.njk", view: () => notFoundView(site) };
  yield* collectionsPages(registry, site);
  yield { path: INSPECT_PATH, template: "inspect.njk", view: inspectView };
  yield { path: API_PAGE_PATH, template: "api.njk", view: () => apiView(registry, site) };
  yield* searchPages(registry, site);
  const { health } = site;
  if (health) yield { path: HEALTH_PATH, template: "health.njk", view: () => healthView(health, site) };
  yield* groupsPages(site);
  yield* sizesPages(site);
  yield* historyPages(registry, site);
  const byNamespace = groupByNamespace(registry);
  const collectionNames = new Set<string>(collections.map(({ name }) => name));
  for (const [namespace, members] of byNamespace) {
    // A collection may be a namespace too: then its own page lists what is below it.
    if (collectionNames.has(namespace)) continue;
    yield {
      path: namespacePath(namespace),
      template: "namespace.njk",
      view: () => namespaceView(namespace, members, registry, site),
    };
  }
  for (const collection of collections) {
    const below = byNamespace.get(collection.name) ?? [];
    yield {
      path: collectionPath(collection.name),
      template: "collection.njk",
      view: () => collectionView(collection, below, site, registry.config),
    };
    for (const tag of collection.tags) {
      yield {
        path: tagPath(collection.name, tag.name),
        template: "tag.njk",
        view: () => tagView(collection, tag, site, registry.config),
      };
    }
  }
}

/** The only page that may ask other hosts: those of the addresses that somebody types. */
function inspectView(): object {
  return { title: "Inspect", path: INSPECT_PATH, shortName: "Inspect", connectSrc: "'self' https:" };
}

/** Every namespace, outer ones too, with all collections below it; both sorted. */
function groupByNamespace({ collections }: Registry): Map<string, Registry["collections"][number][]> {
  const groups = new Map<string, Registry["collections"][number][]>();
  for (const collection of collections) {
    for (let outer = namespaceOf(collection.name); outer !== ""; outer = namespaceOf(outer)) {
      const group = groups.get(outer);
      if (group) group.push(collection);
      else groups.set(outer, [collection]);
    }
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
