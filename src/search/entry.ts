import { compareNatural, formatDay } from "../format.ts";
import type { Collection } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import type { TagFacts } from "./tag-facts.ts";
import { PLACES } from "./term-index.ts";
import { partsOf, wordsOf } from "./words.ts";

const [NAME, PART, TAG, DESCRIPTION, LABEL] = PLACES.keys();

/** Characters of a description that are searched, and that a result shows. */
const LONGEST_DESCRIPTION = 1000;
const LONGEST_SHOWN = 280;
const LONGEST_VALUE = 120;
/** How many tags, topics and so on a result keeps, to show which of them matched. */
const MOST_TAGS = 24;
const MOST_OTHERS = 12;
/** A digest or the like: nobody types it. */
const HASH = /^[0-9a-f]{16,}$/;

/** Every word of a collection, with the best place where it stands. */
export function entryWords(collection: Collection, facts: TagFacts): Map<string, number> {
  const words = new Map<string, number>();
  const add = (text: string, place = 0, placeOfParts = place) => {
    for (const word of wordsOf(text)) {
      put(words, word, place);
      for (const part of partsOf(word)) put(words, part, placeOfParts);
    }
  };
  add(shortNameOf(collection.name), NAME, PART);
  add(namespaceOf(collection.name), TAG);
  for (const tag of collection.tags) add(tag.name, TAG);
  for (const text of [...collection.topics, ...facts.apps]) add(text, TAG);
  add((collection.description ?? "").slice(0, LONGEST_DESCRIPTION), DESCRIPTION);
  for (const base of facts.bases) add(base, DESCRIPTION);
  for (const [key, values] of facts.labels) {
    add(key, LABEL);
    for (const value of values) add(value.slice(0, LONGEST_VALUE), LABEL);
  }
  return words;
}

function put(words: Map<string, number>, word: string, place: number): void {
  if (HASH.test(word)) return;
  if (place < (words.get(word) ?? PLACES.length)) words.set(word, place);
}

/** What a result shows; a key that says nothing is absent. All of it is a stranger's text. */
export function resultOf(collection: Collection, facts: TagFacts): object {
  const { name, description = "", topics, updated } = collection;
  const tags = collection.tags
    .map((tag) => tag.name)
    .sort(compareNatural)
    .toReversed();
  return {
    name,
    description: shortened(description, LONGEST_SHOWN),
    tags: someOf(tags, MOST_TAGS),
    tagCount: tags.length || undefined,
    topics: someOf(topics, MOST_OTHERS),
    bases: someOf(facts.bases, MOST_OTHERS),
    apps: someOf(facts.apps, MOST_OTHERS),
    labels: someOf(labelTexts(facts), MOST_OTHERS),
    architectures: someOf(architecturesOf(collection), MOST_OTHERS),
    updated: updated && formatDay(updated),
    deprecated: collection.deprecated ? true : undefined,
    definition: textTag(collection),
  };
}

function labelTexts({ labels }: TagFacts): string[] {
  return [...labels].flatMap(([key, values]) => {
    const [first = ""] = values;
    return shortened(`${key} ${first}`, LONGEST_VALUE) ?? [];
  });
}

/** The architectures of its images, sorted. */
export function architecturesOf({ tags }: Collection): string[] {
  return [...new Set(tags.flatMap(({ record }) => record?.architecture ?? []))].sort();
}

/** The tag whose definition file is looked into for the line that matched: `latest`, else the last in natural order. */
function textTag({ tags }: Collection): string | undefined {
  const names = tags.filter(({ definition }) => definition).map(({ name }) => name as string);
  return names.includes("latest") ? "latest" : names.sort(compareNatural).at(-1);
}

function someOf(items: readonly string[], most: number): readonly string[] | undefined {
  return items.length === 0
    ? undefined
    : items.slice(0, most).map((item) => shortened(item, LONGEST_VALUE) ?? "");
}

function shortened(text: string, most: number): string | undefined {
  if (text.length <= most) return text || undefined;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
