import { groupBy } from "../group-by.ts";
import { labelWord } from "../protocols/label-word.ts";
import type { Site } from "../protocols/site.ts";
import { targetsOf } from "../protocols/target.ts";
import type { Collection, Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { labelsOf } from "../registry/tag-labels.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { labelSearchPath } from "./paths.ts";

/**
 * `/api/labels/search/…`, for the library of the Singularity Registry client: by key, by value, by both. A label that
 * cannot be a path is only in the list of all.
 *
 *     /api/labels/search/maintainer/key/vanessa/value/   →   [{"key":"Maintainer","value":"Vanessa","containers":["vanessa/greeting:1.0"]}]
 */
export function* labelsEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  const labels = everyLabel(collections, site);
  yield compactJsonEndpoint(labelSearchPath(""), labels);
  for (const [key, entries] of groupByWord(labels, "key")) {
    yield* search(`${key}/key/`, entries);
    for (const [value, both] of groupByWord(entries, "value"))
      yield* search(`${key}/key/${value}/value/`, both);
  }
  for (const [value, entries] of groupByWord(labels, "value")) yield* search(`${value}/value/`, entries);
}

/** One label, as it is written, and the references of all images that carry it. */
interface LabelEntry {
  readonly key: string;
  readonly value: string;
  readonly containers: string[];
}

function groupByWord(labels: readonly LabelEntry[], part: "key" | "value"): Map<string, LabelEntry[]> {
  return groupBy(labels, (label) => {
    const word = labelWord(label[part]);
    return word === undefined ? [] : [word];
  });
}

function* search(query: string, entries: readonly LabelEntry[]): Iterable<Endpoint> {
  if (!LIKE_A_MANIFEST.test(query)) yield compactJsonEndpoint(labelSearchPath(query), entries);
}

/** Cloudflare would take it for a path of 2019 and say its type twice (the rules are in src/site/host-files.ts). */
const LIKE_A_MANIFEST = /(?:^|\/)manifests\/[^/]+\/$/;

/** Every label of every image, in code-point order of keys and values. */
function everyLabel(collections: readonly Collection[], site: Site): LabelEntry[] {
  const byKey = new Map<string, Map<string, LabelEntry>>();
  for (const collection of collections) {
    for (const { reference, tag } of targetsOf(collection, site)) {
      const container = formatReference(reference);
      for (const [key, value] of Object.entries(labelsOf(tag))) {
        const byValue = byKey.get(key) ?? new Map<string, LabelEntry>();
        byKey.set(key, byValue);
        const entry = byValue.get(value) ?? { key, value, containers: [] };
        byValue.set(value, entry);
        entry.containers.push(container);
      }
    }
  }
  return sorted(byKey).flatMap(([, byValue]) => sorted(byValue).map(([, entry]) => entry));
}

function sorted<T>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}
