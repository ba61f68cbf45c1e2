import { groupBy } from "../group-by.ts";
import { labelWord } from "../protocols/label-word.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, everyTarget } from "../protocols/target.ts";
import type { Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { labelSearchPath } from "./paths.ts";

/**
 * `/api/labels/search/…`, for the library of the Singularity Registry client: by key, by value, by both. A label that
 * cannot be a path is only in the list of all.
 *
 *     /api/labels/search/maintainer/key/vanessa/value/   →   [{"key":"Maintainer","value":"Vanessa","containers":["vanessa/greeting:1.0"]}]
 */
export function* labelsEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  const labels = labelsOf(everyTarget(collections, site));
  yield compactJsonEndpoint(labelSearchPath(""), labels);
  for (const [query, entries] of groupBy(labels, queriesOf)) {
    yield compactJsonEndpoint(labelSearchPath(query), entries);
  }
}

/** One label, as it is written, and the references of all images that carry it. */
interface LabelEntry {
  readonly key: string;
  readonly value: string;
  readonly containers: string[];
}

function queriesOf({ key, value }: LabelEntry): string[] {
  const keyWord = labelWord(key);
  const valueWord = labelWord(value);
  return [
    ...(keyWord === undefined ? [] : [`${keyWord}/key/`]),
    ...(valueWord === undefined ? [] : [`${valueWord}/value/`]),
    ...(keyWord === undefined || valueWord === undefined ? [] : [`${keyWord}/key/${valueWord}/value/`]),
  ].filter((query) => !LIKE_A_MANIFEST.test(query));
}

/** Cloudflare would take it for a path of 2019 and say its type twice (the rules are in src/site/host-files.ts). */
const LIKE_A_MANIFEST = /(?:^|\/)manifests\/[^/]+\/$/;

function labelsOf(targets: readonly PullTarget[]): LabelEntry[] {
  const labels = new Map<string, LabelEntry>();
  for (const { reference, record } of targets) {
    for (const [key, value] of Object.entries(record.labels ?? {})) {
      const id = JSON.stringify([key, value]);
      const entry = labels.get(id);
      if (entry) entry.containers.push(formatReference(reference));
      else labels.set(id, { key, value, containers: [formatReference(reference)] });
    }
  }
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
