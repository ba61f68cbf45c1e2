import type { Collection, Registry } from "../registry/model.ts";
import { shortNameOf } from "../registry/reference.ts";
import { definitionWords } from "./definition-words.ts";
import { endingPages } from "./endings.ts";
import { entryWords, resultOf } from "./entry.ts";
import { Facets } from "./facets.ts";
import { type SearchPiece, SmallPieces } from "./pieces.ts";
import { tagFacts } from "./tag-facts.ts";
import { TermIndex } from "./term-index.ts";
import { cutTerms, listPages, termPieces } from "./term-pages.ts";
import { fold } from "./words.ts";

/** How many results lie in one piece. Ids follow names, so that names that begin alike share theirs. */
const RESULTS_TOGETHER = 8;
/** The piece that comes last and is read first. */
export const START_PIECE = "start";

/**
 * The search index of a registry in pieces, of which a visitor needs a few: words with the collections that have them,
 * words backwards for who mistypes a beginning, what results show, and what they can be narrowed by. Words of
 * definition files are apart. The start says what there is.
 *
 *     typing "samt"  →  start, words/41, results/803, facets
 */
export function* searchPieces({ collections }: Pick<Registry, "collections">): Iterable<SearchPiece> {
  const found: Found = { words: new TermIndex(), text: new TermIndex(), facets: new Facets() };
  const small = new SmallPieces();
  yield* small.keep(resultPieces(byShortName(collections), found));
  const words = cutTerms(found.words);
  yield* small.keep(termPieces("words", words));
  const endings = endingPages(words.terms);
  yield* small.keep(endings.map((page, index) => ({ name: `endings/${index}`, value: page })));
  const facets = [...found.facets.all()];
  yield* small.keep(facets.map(([name, values]) => ({ name: `facets/${name}`, value: values })));
  const text = cutTerms(found.text);
  yield* termPieces("text", text);
  const start = {
    collections: collections.length,
    resultsTogether: RESULTS_TOGETHER,
    words: listPages(words),
    text: listPages(text),
    endings: endings.map(([first]) => first),
    facets: facets.map(([name]) => name),
    ...(small.pieces && { pieces: small.pieces }),
  };
  yield { name: START_PIECE, value: start };
}

/** What is gathered in the one walk over all collections. */
interface Found {
  readonly words: TermIndex;
  readonly text: TermIndex;
  readonly facets: Facets;
}

function* resultPieces(collections: readonly Collection[], found: Found): Iterable<SearchPiece> {
  let results: object[] = [];
  for (const [id, collection] of collections.entries()) {
    const facts = tagFacts(collection);
    found.words.add(id, entryWords(collection, facts));
    found.text.add(id, definitionWords(collection));
    found.facets.add(id, collection, facts);
    results.push(resultOf(collection, facts));
    if (results.length < RESULTS_TOGETHER && id < collections.length - 1) continue;
    yield { name: `results/${Math.floor(id / RESULTS_TOGETHER)}`, value: results };
    results = [];
  }
}

/** In an order in which names that begin alike follow each other, whatever their namespaces are. */
function byShortName(collections: readonly Collection[]): Collection[] {
  const keyed = collections.map((collection) => {
    const { name } = collection;
    return { key: `${fold(shortNameOf(name))} ${name}`, collection };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ collection }) => collection);
}
