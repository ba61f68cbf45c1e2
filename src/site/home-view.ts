import { manifestPath, namespacePath } from "../endpoints/paths.ts";
import { plural } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import { countRegistry } from "../registry/summary.ts";
import { collectionRows, preferredTag } from "./collection-rows.ts";
import { failureNotice } from "./health-view.ts";
import { crumbsOf } from "./links.ts";

/** What this registry is, and what it has. */
export function homeView(registry: Registry, site: Site): object {
  const counts = countRegistry(registry);
  const waiting = registry.collections.flatMap(({ tags }) =>
    tags.filter(({ status }) => status === "to build"),
  );
  return {
    path: "",
    counts: [
      plural(counts.collections, "collection"),
      `${plural(counts.built, "image")} built`,
      `${waiting.length} to build`,
    ],
    failure: failureNotice(site),
    collections: collectionRows(registry.collections, site),
    curl: exampleCurl(registry, site),
  };
}

/** The collections below a namespace. */
export function namespaceView(namespace: string, collections: readonly Collection[], site: Site): object {
  return {
    title: namespace,
    path: namespacePath(namespace),
    crumbs: crumbsOf(namespaceOf(namespace), site),
    shortName: shortNameOf(namespace),
    collections: collectionRows(collections, site),
  };
}

/** A line that asks this very site for an address, in the manner of 2019; undefined where nothing is built. */
function exampleCurl({ collections }: Registry, site: Site): string | undefined {
  for (const collection of collections) {
    const tag = preferredTag(collection);
    if (tag)
      return `curl -sL ${site.to(manifestPath(collection.name, tag.name))} | jq -r '.layers[].urls[0]'`;
  }
  return undefined;
}
