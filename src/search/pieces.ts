/** A piece of the index: its name, such as `words/3`, and what its JSON says. */
export interface SearchPiece {
  readonly name: string;
  readonly value: object;
}

/** In characters: a registry whose pieces are no more than this has them all in the first. */
const SMALL = 96 * 1024;

/** Keeps pieces for as long as they are few; once they are many it lets them all pass. */
export class SmallPieces {
  #kept: SearchPiece[] | undefined = [];
  #size = 0;

  /** Those that do not fit, and with the first of them all that were kept. */
  *keep(pieces: Iterable<SearchPiece>): Iterable<SearchPiece> {
    for (const piece of pieces) {
      if (this.#kept) {
        this.#kept.push(piece);
        this.#size += JSON.stringify(piece.value).length;
        if (this.#size <= SMALL) continue;
        yield* this.#kept;
        this.#kept = undefined;
      } else {
        yield piece;
      }
    }
  }

  /** All of them by name, where they are few. */
  get pieces(): Readonly<Record<string, unknown>> | undefined {
    return this.#kept && Object.fromEntries(this.#kept.map(({ name, value }) => [name, value]));
  }
}
