import type { EndOfLife } from "../definition/base-image.ts";
import type { Collection, Tag } from "./model.ts";
import { assignSlugs } from "./slugs.ts";
import { basesOf } from "./tag-base.ts";
import { labelsOf } from "./tag-labels.ts";

/**
 * What collections and tags have in common: topics, architectures, bases and labels. Made in one pass over a registry,
 * once for a site, of which every page and endpoint asks it. Maps are in code-point order of their keys.
 */
export interface Groups {
  readonly topics: ReadonlyMap<string, Group>;
  readonly architectures: ReadonlyMap<string, Group>;
  readonly bases: ReadonlyMap<string, BaseGroup>;
  readonly labels: ReadonlyMap<string, LabelGroup>;
  /** What other images name as a base, by what names it: `lab/tool:1.0`. */
  readonly builtOn: ReadonlyMap<string, readonly Member[]>;
}

/** Those that have something in common. */
export interface Group {
  readonly name: string;
  /** A segment of the path of its page. Absent: too few have it, and it has no page. */
  readonly slug?: string;
  /** Never none; in the order of the registry. */
  readonly members: readonly Member[];
}

/** A collection, or one of its tags. */
export interface Member {
  readonly collection: Collection;
  readonly tag?: Tag;
}

/** A base, and the day on which it gets or got its last free update. */
export interface BaseGroup extends Group {
  readonly end?: EndOfLife;
}

/** The tags that have a label, and what it says on them. */
export interface LabelGroup extends Group {
  readonly values: ReadonlyMap<string, Group>;
}

/** The tags of a value of a label stand beside it on the page of its key; a page of its own is for more than these. */
const MOST_BESIDE_VALUE = 10;

/** Whether something is a group: what one alone has is listed with it, and has no page. */
export function isShared({ members }: { readonly members: readonly Member[] }): boolean {
  return members.length > 1;
}

type Members = Map<string, Member[]>;

/** Groups collections and tags, the unbuilt ones, too, by what their files say. */
export function groupCollections(collections: readonly Collection[]): Groups {
  const found = new Found(collections);
  for (const collection of collections) {
    for (const topic of new Set(collection.topics)) put(found.topics, topic, { collection });
    for (const tag of collection.tags) found.add({ collection, tag });
  }
  return {
    topics: groupsOf(found.topics),
    architectures: groupsOf(found.architectures),
    bases: withEnds(groupsOf(found.bases), found.ends),
    labels: withValues(groupsOf(found.labels), found.values),
    builtOn: found.builtOn,
  };
}

/** What was found on the way through a registry. */
class Found {
  readonly topics: Members = new Map();
  readonly architectures: Members = new Map();
  readonly bases: Members = new Map();
  readonly ends = new Map<string, EndOfLife>();
  readonly labels: Members = new Map();
  readonly values = new Map<string, Members>();
  readonly builtOn: Members = new Map();
  readonly #names: ReadonlySet<string>;

  constructor(collections: readonly Collection[]) {
    this.#names = new Set(collections.map(({ name }) => name));
  }

  add(member: Required<Member>): void {
    const { tag } = member;
    const architecture = tag.record?.architecture;
    if (architecture !== undefined) put(this.architectures, architecture, member);
    for (const [key, value] of Object.entries(labelsOf(tag))) this.#addLabel(key, value, member);
    const bases = basesOf(tag);
    for (const name of new Set(bases.map((base) => withoutPlace(base.name)))) {
      if (this.#names.has(name.slice(0, name.indexOf(":")))) put(this.builtOn, name, member);
    }
    const own = bases.at(-1);
    if (!own) return;
    put(this.bases, own.name, member);
    if (own.end) this.ends.set(own.name, own.end);
  }

  #addLabel(key: string, value: string, member: Member): void {
    put(this.labels, key, member);
    const values = this.values.get(key) ?? new Map<string, Member[]>();
    this.values.set(key, values);
    put(values, value, member);
  }
}

function put(groups: Members, name: string, member: Member): void {
  const members = groups.get(name);
  if (members) members.push(member);
  else groups.set(name, [member]);
}

/** `shub://host/lab/tool:1.0` as `lab/tool:1.0`: whichever way a registry's own images are pulled. */
function withoutPlace(base: string): string {
  return base.replace(/^[a-z-]+:\/\//, "").replace(/^(?:localhost|[^/]*[.:][^/]*)\//, "");
}

/** A group of more than `mostWithoutPage` has a page. */
function groupsOf(found: Members, mostWithoutPage = 1): Map<string, Group> {
  const names = [...found.keys()].sort();
  const slugs = assignSlugs(names.filter((name) => (found.get(name) ?? []).length > mostWithoutPage));
  return new Map(names.map((name) => [name, groupOf(name, slugs.get(name), found.get(name) ?? [])]));
}

function groupOf(name: string, slug: string | undefined, members: readonly Member[]): Group {
  return { name, ...(slug !== undefined && { slug }), members };
}

function withEnds(
  groups: ReadonlyMap<string, Group>,
  ends: ReadonlyMap<string, EndOfLife>,
): Map<string, BaseGroup> {
  return new Map(
    [...groups].map(([name, group]) => {
      const end = ends.get(name);
      return [name, end ? { ...group, end } : group];
    }),
  );
}

function withValues(
  groups: ReadonlyMap<string, Group>,
  values: ReadonlyMap<string, Members>,
): Map<string, LabelGroup> {
  return new Map(
    [...groups].map(([key, group]) => [
      key,
      { ...group, values: groupsOf(values.get(key) ?? new Map(), MOST_BESIDE_VALUE) },
    ]),
  );
}
