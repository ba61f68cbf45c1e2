// Reads the pieces of the search index that a question needs, and answers it. What the pieces are is said in
// src/search/search-index.ts. Knows nothing of pages.
import { mistakes, partsOf, wordsOf } from "./search-words.js";

/** What a word is worth by where it stands: it is the name, a part of it, in a tag, in the description, in a label. */
const WHOLE = [240, 160, 90, 50, 25];
const BEGINNING = [180, 110, 60, 30, 15];
const MISTYPED = [100, 70, 40, 20, 10];
const IN_DEFINITION = [4];

const MOST_WORDS = 12;
/** How many mistakes are forgiven in a word. */
const forgiven = (word) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);
/** How many pages are looked through for words that are like one, and how many of these are taken. */
const PAGES_TO_READ = 2;
const MOST_SIMILAR = 3;

export class SearchIndex {
  #base;
  #get;
  #start;
  #pieces = new Map();

  /** `base` is the address of the folder `search/`; `get` resolves to the JSON at an address. */
  constructor(base, get = getJson) {
    this.#base = base;
    this.#get = get;
  }

  /**
   * Answers with the `ids` of collections, the best first. `words` say what was `typed` and what was `found` instead,
   * which are beginnings of words; `isCorrected`: one of them is another than was typed; `isPartial`: no collection has
   * all of them, and these have most. Without words all collections are the answer.
   */
  async search(query, { hasDefinitions = false } = {}) {
    const { collections } = await this.#begin();
    const typed = wordsOf(query).slice(0, MOST_WORDS);
    const words = (await Promise.all(typed.map((word) => this.#lookUp(word, hasDefinitions)))).flat();
    const { scores, hits } = tally(words, collections);
    let ids = idsWith(hits, words.length);
    const isPartial = ids.length === 0 && words.length > 1;
    if (isPartial)
      ids = idsWith(
        hits,
        hits.reduce((most, count) => Math.max(most, count), 1),
      );
    return {
      ids: bestFirst(ids, scores),
      words: words.map(({ typed: word, found }) => ({ typed: word, found })),
      isCorrected: words.some(({ isCorrected }) => isCorrected),
      isPartial,
    };
  }

  /** The names of what results can be narrowed by. */
  async facetNames() {
    return (await this.#begin()).facets;
  }

  /** A facet with its values and the collections that have them, as 0 or 1 by id. One that is not known has none. */
  async facet(name) {
    const { collections, facets } = await this.#begin();
    const valueOf = ([value, list]) => ({ value, members: membersOf(list, collections) });
    if (!facets.includes(name)) return { name, values: [] };
    return this.#piece(`facets/${name}`, (values) => ({ name, values: values.map(valueOf) }));
  }

  /** What results show, in the order of `ids`. */
  async results(ids) {
    const { resultsTogether } = await this.#begin();
    const resultOf = async (id) => {
      const results = await this.#piece(`results/${Math.floor(id / resultsTogether)}`);
      return results[id % resultsTogether];
    };
    return Promise.all(Array.from(ids, resultOf));
  }

  /** What is known of one word; where it is nowhere, of words that are like it, or else of its parts. */
  async #lookUp(typed, hasDefinitions) {
    const { collections } = await this.#begin();
    const weights = new Uint8Array(collections);
    for (const [term, lists] of await this.#termsFrom("words", typed)) {
      addWeights(weights, lists, term === typed ? WHOLE : BEGINNING);
    }
    if (hasDefinitions) {
      for (const [, lists] of await this.#termsFrom("text", typed)) addWeights(weights, lists, IN_DEFINITION);
    }
    if (weights.some(Boolean)) return [{ typed, found: [typed], weights }];
    const similar = await this.#similarTo(typed);
    const parts = similar.length === 0 ? partsOf(typed) : [];
    if (parts.length > 0)
      return (await Promise.all(parts.map((part) => this.#lookUp(part, hasDefinitions)))).flat();
    for (const term of similar) {
      const terms = await this.#termsFrom("words", term);
      addWeights(weights, terms.find(([text]) => text === term)?.[1] ?? [], MISTYPED);
    }
    return [
      { typed, found: similar.length > 0 ? similar : [typed], isCorrected: similar.length > 0, weights },
    ];
  }

  /** Words that begin so, with their lists; all in one where they are many. */
  async #termsFrom(name, beginning) {
    const { pages, starts } = (await this.#begin())[name];
    const start = starts.indexOf(beginning);
    if (start >= 0) {
      const [exact, all] = await this.#piece(`${name}-starts/${start}`);
      return [
        [beginning, exact.slice(1)],
        [`${beginning}…`, all.slice(1)],
      ];
    }
    const rows = await this.#pagesOf(name, pages, beginning);
    return rows.filter(([term]) => term.startsWith(beginning)).map(([term, ...lists]) => [term, lists]);
  }

  /** What is on the pages on which a beginning of a word may lie; on those nearest to `near` where they are many. */
  async #pagesOf(name, pages, beginning, near) {
    let first = Math.max(lastUpTo(pages, beginning), 0);
    let last = lastUpTo(pages, `${beginning}\uffff`);
    if (near !== undefined && last - first >= PAGES_TO_READ) {
      first = Math.max(lastUpTo(pages, near), first);
      last = Math.min(first + PAGES_TO_READ - 1, last);
    }
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return (await Promise.all(numbers.map((number) => this.#piece(`${name}/${number}`)))).flat();
  }

  /** The words with the fewest mistakes in them: a mistake is in one half of a word, so that the other one leads to it. */
  async #similarTo(typed) {
    const most = forgiven(typed);
    if (most === 0) return [];
    const { words, endings } = await this.#begin();
    const half = Math.ceil(typed.length / 2);
    const backwards = reversed(typed);
    const [before, behind] = await Promise.all([
      this.#pagesOf("words", words.pages, typed.slice(0, half), typed),
      this.#pagesOf("endings", endings, backwards.slice(0, half), backwards),
    ]);
    const candidates = new Set([...before.map(([term]) => term), ...behind.map(reversed)]);
    const similar = [...candidates].map((term) => ({ term, wrong: mistakes(typed, term, most) }));
    const fewest = Math.min(...similar.map(({ wrong }) => wrong), most);
    const farOff = ({ term }) => Math.abs(term.length - typed.length);
    return similar
      .filter(({ wrong }) => wrong === fewest)
      .sort((a, b) => farOff(a) - farOff(b) || (a.term < b.term ? -1 : 1))
      .slice(0, MOST_SIMILAR)
      .map(({ term }) => term);
  }

  async #begin() {
    this.#start ??= this.#read("start.json", { cache: "no-cache" });
    return this.#start;
  }

  /** Reads a piece once, and makes of it what `made` says. */
  async #piece(name, made = (value) => value) {
    const { version, pieces } = await this.#begin();
    const known = this.#pieces.get(name);
    if (known) return known;
    const value =
      pieces && Object.hasOwn(pieces, name) ? pieces[name] : this.#read(`${name}.json?v=${version}`);
    const piece = Promise.resolve(value).then(made);
    this.#pieces.set(name, piece);
    return piece;
  }

  /** Where anything cannot be read, all is read anew the next time: a new site may have taken the place of this one. */
  async #read(path, options) {
    try {
      return await this.#get(new URL(path, this.#base), options);
    } catch (error) {
      this.#start = undefined;
      this.#pieces.clear();
      throw error;
    }
  }
}

async function getJson(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

const reversed = (word) => [...word].reverse().join("");

/** Where in sorted texts the last one stands that is not behind `text`; -1 where all are. */
function lastUpTo(sorted, text) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Uint8Array(128);
for (const [value, digit] of [...DIGITS].entries()) VALUES[digit.charCodeAt(0)] = value;

/** Calls `each` with the ids of a list, as src/search/id-list.ts writes it. */
function readIds(list, each) {
  let id = 0;
  let shift = 0;
  for (let index = 0; index < list.length; index++) {
    const value = VALUES[list.charCodeAt(index)];
    id += (value & 31) << shift;
    shift += 5;
    if (value & 32) continue;
    each(id);
    id++;
    shift = 0;
  }
}

function membersOf(list, collections) {
  const members = new Uint8Array(collections);
  readIds(list, (id) => (members[id] = 1));
  return members;
}

/** Gives each collection of the lists what their place is worth, unless it has more. */
function addWeights(weights, lists, worth) {
  for (const [place, list] of lists.entries()) {
    readIds(list, (id) => (weights[id] = Math.max(weights[id], worth[place])));
  }
}

/** The worth of all words together, and how many of them each collection has. */
function tally(words, collections) {
  const scores = new Uint16Array(collections);
  const hits = new Uint8Array(collections);
  for (const { weights } of words) {
    for (let id = 0; id < collections; id++) {
      scores[id] += weights[id];
      if (weights[id] > 0) hits[id]++;
    }
  }
  return { scores, hits };
}

function idsWith(hits, count) {
  const ids = [];
  for (let id = 0; id < hits.length; id++) if (hits[id] === count) ids.push(id);
  return ids;
}

/** Sorted by scores, and by names where these are the same. Numbers sort faster than pairs. */
function bestFirst(ids, scores) {
  const SHIFT = 2 ** 32;
  const keys = Float64Array.from(ids, (id) => (0xffff - scores[id]) * SHIFT + id);
  return Uint32Array.from(keys.sort(), (key) => key % SHIFT);
}
