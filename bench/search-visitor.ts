import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { searchEndpoints } from "../src/endpoints/search.ts";
import type { Collection } from "../src/registry/model.ts";
import { type Random, seededRandom } from "./random.ts";

const ASSETS = new URL("../templates/assets/", import.meta.url);
/** What the page to search on loads. */
const SCRIPTS = ["search.js", "search-view.js", "search-facets.js", "search-index.js", "search-words.js"];
const SHOWN = 10;

/** The part of templates/assets/search-index.js that is used here. */
export interface Answer {
  readonly ids: Uint32Array;
  readonly isCorrected: boolean;
  readonly isPartial: boolean;
  readonly words: readonly { readonly typed: string; readonly found: readonly string[] }[];
}
export interface ClientIndex {
  search(query: string, options?: { hasDefinitions?: boolean }): Promise<Answer>;
  results(ids: Uint32Array): Promise<{ readonly name: string }[]>;
  facetNames(): Promise<readonly string[]>;
  facet(name: string): Promise<Facet>;
}
interface Client {
  readonly SearchIndex: new (base: string, get: (url: URL) => Promise<unknown>) => ClientIndex;
}
export interface Facet {
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly members: Uint8Array }[];
}
export interface Narrowed {
  readonly ids: Uint32Array;
  readonly facets: readonly {
    readonly name: string;
    readonly values: readonly {
      readonly value: string;
      readonly count: number;
      readonly isChosen: boolean;
    }[];
  }[];
}
interface FacetsClient {
  narrow(
    ids: Uint32Array,
    facets: readonly Facet[],
    chosen: ReadonlyMap<string, ReadonlySet<string>>,
  ): Narrowed;
}

/** What was asked for over the network, in bytes as gzip has them, and in files. */
export interface Traffic {
  readonly bytes: number;
  readonly files: number;
}

/** The index of some collections as a browser sees it. */
export class ServedIndex {
  readonly bodies: ReadonlyMap<string, string>;
  readonly #client: Client;
  readonly #narrow: FacetsClient["narrow"];

  private constructor(bodies: ReadonlyMap<string, string>, client: Client, facets: FacetsClient) {
    this.bodies = bodies;
    this.#client = client;
    this.#narrow = (...given) => facets.narrow(...given);
  }

  static async of(collections: readonly Collection[]): Promise<ServedIndex> {
    const bodies = new Map<string, string>();
    for (const endpoint of searchEndpoints({ collections })) {
      if ("body" in endpoint) bodies.set(endpoint.path, String(endpoint.body));
    }
    const client = (await import(new URL("search-index.js", ASSETS).href)) as Client;
    const facets = (await import(new URL("search-facets.js", ASSETS).href)) as FacetsClient;
    return new ServedIndex(bodies, client, facets);
  }

  /** A visitor who comes for the first time, or stays: pieces are read once. */
  visitor(): Visitor {
    const asked: string[] = [];
    const get = async (url: URL) => {
      asked.push(this.bodyOf(url.pathname.slice(1)));
      return JSON.parse(asked.at(-1) ?? "");
    };
    return new Visitor(new this.#client.SearchIndex("https://example.org/search/", get), asked, this.#narrow);
  }

  bodyOf(path: string): string {
    const body = this.bodies.get(path);
    if (body === undefined) throw new Error(`${path} is not there`);
    return body;
  }
}

export class Visitor {
  readonly index: ClientIndex;
  readonly #asked: string[];
  readonly #narrow: FacetsClient["narrow"];

  constructor(index: ClientIndex, asked: string[], narrow: FacetsClient["narrow"]) {
    this.index = index;
    this.#asked = asked;
    this.#narrow = narrow;
  }

  /** What the page does for a question, drawing aside. */
  async ask(query: string): Promise<Answer & { readonly names: readonly string[] }> {
    const answer = await this.index.search(query);
    const rows = await this.index.results(answer.ids.slice(0, SHOWN));
    return { ...answer, names: rows.map(({ name }) => name) };
  }

  /** What it does besides where all facets are open. */
  async narrow(query: string, chosen: Readonly<Record<string, readonly string[]>>): Promise<Narrowed> {
    const { ids } = await this.index.search(query);
    const names = await this.index.facetNames();
    const facets = await Promise.all(names.map((name) => this.index.facet(name)));
    const sets = Object.entries(chosen).map(([name, values]) => [name, new Set(values)] as const);
    return this.#narrow(ids, facets, new Map(sets));
  }

  get traffic(): Traffic {
    const bytes = this.#asked.reduce((sum, body) => sum + gzipSync(body).length, 0);
    return { bytes, files: this.#asked.length };
  }
}

/** The page's own scripts, as gzip has them. */
export function scriptBytes(): number {
  return SCRIPTS.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, ASSETS))).length, 0);
}

/** A word as somebody mistypes it: a letter too many, one missing, another one, or two in each other's place. */
export function mistyped(word: string, random: Random): string {
  const place = random.between(0, word.length - 2);
  const [before, letter = "", behind] = [word.slice(0, place), word[place], word.slice(place + 1)];
  const other = String.fromCharCode(97 + random.between(0, 25));
  const ways = [
    before + behind,
    before + other + letter + behind,
    before + other + behind,
    before + behind.slice(0, 1) + letter + behind.slice(1),
  ] as [string, ...string[]];
  const typed = random.pick(ways);
  return typed === word ? mistyped(word, random) : typed;
}

/** Names of collections, evenly spread, without their namespaces and what stands behind a hyphen. */
export function someNames(collections: readonly Collection[], count: number): string[] {
  const random = seededRandom(7);
  const names: string[] = [];
  while (names.length < count) {
    const { name = "" } = collections[random.between(0, collections.length - 1)] ?? {};
    names.push(name.slice(name.indexOf("/") + 1));
  }
  return names;
}
