import type { Digest } from "../registry/digest.ts";
import type { Collection, Registry, Tag } from "../registry/model.ts";
import type { CollectionName, TagName } from "../registry/reference.ts";
import { type Blobs, CollectionLine, timed } from "./collection-line.ts";
import {
  type Change,
  type CollectionHistory,
  type Entry,
  type Extent,
  type History,
  type Pointer,
  type TagHistory,
  type Version,
  isPermanent,
} from "./history.ts";
import { definitionInTree, type TagLine } from "./tag-line.ts";

/** How many images of a tag, the newest, have a page of their own. */
const MOST_PAGES_OF_A_TAG = 100;

/** Nothing is read from git. */
const NO_BLOBS: Blobs = { text: () => undefined, definition: () => undefined };

/** The history that the records of the tree tell: what is there now, and when it was made. */
export function presentHistory(registry: Registry, extent: Extent): History {
  return collectHistory(registry, extent, new Map());
}

/** Puts what stands in the tree, which has the last word, behind what commits told, and orders it all. */
export function collectHistory(
  { collections }: Registry,
  extent: Extent,
  lines: ReadonlyMap<CollectionName, CollectionLine>,
): History {
  const histories = new Map<CollectionName, CollectionHistory>();
  const changes: Change[] = [];
  for (const collection of collections) {
    const line = lines.get(collection.name) ?? new CollectionLine(collection.name, NO_BLOBS);
    addPresent(line, collection);
    const history = historyOf(line, collection);
    histories.set(collection.name, history);
    changes.push(...line.deprecations, ...changesOf(history));
  }
  return { extent, collections: histories, changes: changes.sort(compareChanges) };
}

/** Comes after all commits. */
const NOW = { order: Number.MAX_SAFE_INTEGER };

function addPresent(line: CollectionLine, collection: Collection): void {
  const tags = new Map(collection.tags.map((tag) => [tag.name, tag]));
  for (const tag of collection.tags) if (tag.record) addTag(line.lineOf(tag.name), tag);
  for (const [name, tagLine] of line.lines) {
    const tag = tags.get(name);
    if (!tag?.record) tagLine.show(tag ? stateOf(tag) : {}, NOW);
  }
}

function addTag(line: TagLine, tag: Tag): void {
  const state = stateOf(tag);
  line.show(state, timed(NOW, state));
  // A definition file that came after its record.
  if (state.definition && tag.status !== "stale") line.complete(state.definition);
}

function stateOf({ record, definition }: Tag): Parameters<TagLine["show"]>[0] {
  return {
    ...(record && { record }),
    ...(definition && { definition: definitionInTree(definition) }),
  };
}

function historyOf(line: CollectionLine, { name, tags }: Collection): CollectionHistory {
  const built = new Set(tags.filter(({ record }) => record).map((tag) => tag.name));
  const histories = [...line.lines]
    .filter(([, { entries }]) => entries.length > 0)
    .map(([tag, { entries }]): TagHistory => ({ name: tag, isBuilt: built.has(tag), entries }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    name,
    tags: new Map(histories.map((history) => [history.name, history])),
    versions: versionsOf(histories),
    pointers: pointersOf(histories),
    paged: new Set(histories.flatMap(pagedOf)),
  };
}

/** Each as the newest record has it; of tags that share an image, one may lack the definition file. */
function versionsOf(tags: readonly TagHistory[]): Map<Digest, Version> {
  const versions = new Map<Digest, Version>();
  const entries = tags.flatMap((tag) => tag.entries).sort((a, b) => a.moment.order - b.moment.order);
  for (const { version } of entries) {
    if (!version) continue;
    const definition = version.definition ?? versions.get(version.digest)?.definition;
    versions.delete(version.digest);
    versions.set(version.digest, { ...version, ...(definition && { definition }) });
  }
  return versions;
}

function pointersOf(tags: readonly TagHistory[]): Map<Digest, Pointer[]> {
  const pointers = new Map<Digest, Pointer[]>();
  const add = (pointer: Pointer, digest: Digest) => {
    const others = pointers.get(digest);
    if (others) others.push(pointer);
    else pointers.set(digest, [pointer]);
  };
  for (const { name, entries } of tags) {
    let from: Entry | undefined;
    for (const entry of entries) {
      if (entry.kind === "edited") continue;
      if (from?.version) add({ tag: name, from, until: entry }, from.version.digest);
      from = entry;
    }
    if (from?.version) add({ tag: name, from }, from.version.digest);
  }
  return pointers;
}

function pagedOf({ entries }: TagHistory): Digest[] {
  const digests = new Set<Digest>();
  for (const { version } of entries.toReversed()) {
    if (digests.size >= MOST_PAGES_OF_A_TAG) break;
    if (version && isPermanent(version.digest)) digests.add(version.digest);
  }
  return [...digests];
}

function* changesOf({ name, tags }: CollectionHistory): Iterable<Change> {
  for (const tag of tags.values()) {
    for (const { kind, version, moment } of tag.entries) {
      const { time } = moment;
      if (kind === "edited" || kind === "withdrawn" || time === undefined) continue;
      yield {
        kind,
        collection: name,
        tag: tag.name,
        ...(version && { digest: version.digest }),
        moment: { ...moment, time },
      };
    }
  }
}

/** The newest first; of what one commit did, by name. */
function compareChanges(a: Change, b: Change): number {
  if (a.moment.time !== b.moment.time) return a.moment.time < b.moment.time ? 1 : -1;
  if (a.moment.order !== b.moment.order) return b.moment.order - a.moment.order;
  const [one, other] = [nameOf(a), nameOf(b)];
  return one === other ? 0 : one < other ? -1 : 1;
}

function nameOf({ collection, tag }: Change): `${CollectionName}:${TagName | ""}` {
  return `${collection}:${tag ?? ""}` as const;
}
