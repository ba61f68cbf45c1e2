import type { Collection } from "../registry/model.ts";
import { namespaceOf } from "../registry/reference.ts";
import { architecturesOf } from "./entry.ts";
import { idList } from "./id-list.ts";
import type { TagFacts } from "./tag-facts.ts";

/** A facet offers its most frequent values. */
const MOST_VALUES = 30;
/** In characters: what is longer is no value that somebody picks from a list. */
const LONGEST_VALUE = 100;

/** A value, and which collections have it. */
type FacetValue = readonly [value: string, ids: string];

/** Collects what results can be narrowed by, collection by collection in the order of their ids. */
export class Facets {
  readonly #values = new Map<string, Map<string, number[]>>();

  add(id: number, collection: Collection, facts: TagFacts): void {
    this.#put("namespace", [namespaceOf(collection.name)], id);
    this.#put("architecture", architecturesOf(collection), id);
    this.#put("base", facts.bases, id);
    this.#put("topic", collection.topics, id);
    const statuses = collection.tags.map(({ status }) => status);
    this.#put("status", [...statuses, ...(collection.deprecated ? ["deprecated"] : [])], id);
  }

  /** Each facet by its name, with its values; those that most collections have come first. */
  *all(): Iterable<readonly [name: string, values: readonly FacetValue[]]> {
    for (const [name, values] of this.#values) {
      const sorted = [...values].sort(
        ([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1),
      );
      yield [name, sorted.slice(0, MOST_VALUES).map(([value, ids]) => [value, idList(ids)] as const)];
    }
  }

  #put(facet: string, values: readonly string[], id: number): void {
    for (const value of new Set(values)) {
      if (value === "" || value.length > LONGEST_VALUE) continue;
      const known = this.#values.get(facet) ?? new Map<string, number[]>();
      this.#values.set(facet, known);
      const ids = known.get(value);
      if (ids) ids.push(id);
      else known.set(value, [id]);
    }
  }
}
