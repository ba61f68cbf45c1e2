import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "../errors.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** How much a host is asked before it is left alone; times in milliseconds. */
export interface Patience {
  /** Tries beside the first, of one request. */
  readonly retries: number;
  /** Before the first of them; each further one waits twice as long. */
  readonly pause: number;
  /** As long as a host can ask to be left alone at once, and in all. */
  readonly longestRest: number;
  readonly restInAll: number;
  /** After so many requests in a row that failed to the last try no other is made. */
  readonly failures: number;
}

export const PATIENCE: Patience = {
  retries: 3,
  pause: 500,
  longestRest: 60_000,
  restInAll: 300_000,
  failures: 16,
};

/** What came of one try. */
type Outcome = { readonly answer: HttpAnswer } | { readonly error: unknown };

/** One host, and what it is like: all requests to it wait where it wants to be left alone. */
export class Host {
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  #restsUntil = 0;
  #restLeft: number;
  /** In a row. */
  #failures = 0;
  #lastFailure: Outcome | undefined;

  constructor(patience: Patience, signal: AbortSignal | undefined) {
    this.#patience = patience;
    this.#signal = signal;
    this.#restLeft = patience.restInAll;
  }

  /** Tries until there is an answer that trying again would not change, or patience is at its end. */
  async ask(attempt: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    for (let tries = 0; ;) {
      if (this.#lastFailure && this.#failures >= this.#patience.failures) return answerIn(this.#lastFailure);
      if (this.#restsUntil > performance.now()) await this.#wait(this.#restsUntil - performance.now());
      const outcome = await outcomeOf(attempt);
      if (!isPassing(outcome)) this.#failures = 0;
      if (!isPassing(outcome)) return answerIn(outcome);
      if (this.#rest(outcome)) continue;
      // A host that has just failed another request is tried once.
      if (this.#failures > 0 || tries >= this.#patience.retries) return this.#giveUp(outcome);
      await this.#wait(this.#patience.pause * 2 ** tries++);
    }
  }

  /** Whether it asked to be left alone, and is. */
  #rest(outcome: Outcome): boolean {
    const retryAfter = "answer" in outcome ? outcome.answer.retryAfter : undefined;
    if (retryAfter === undefined) return false;
    const now = performance.now();
    const wanted = Math.min(Math.max(retryAfter, this.#patience.pause), this.#patience.longestRest);
    const added = now + wanted - Math.max(now, this.#restsUntil);
    if (added > this.#restLeft) return false;
    if (added <= 0) return true;
    this.#restLeft -= added;
    this.#restsUntil = now + wanted;
    return true;
  }

  #giveUp(outcome: Outcome): HttpAnswer {
    this.#failures++;
    this.#lastFailure = outcome;
    return answerIn(outcome);
  }

  async #wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#signal });
  }
}

async function outcomeOf(attempt: () => Promise<HttpAnswer>): Promise<Outcome> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function answerIn(outcome: Outcome): HttpAnswer {
  if ("answer" in outcome) return outcome.answer;
  throw outcome.error;
}

/** What may be over the next time. */
function isPassing(outcome: Outcome): boolean {
  if ("error" in outcome) return isUnreached(outcome.error) || BROKEN.has(systemCode(outcome.error) ?? "");
  const { status } = outcome.answer;
  return status === 408 || status === 429 || [500, 502, 503, 504].includes(status);
}

/** There was a connection, and then no whole answer. */
const BROKEN = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

const UNREACHED = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Whether there was no connection at all. */
export function isUnreached(error: unknown): boolean {
  return UNREACHED.has(systemCode(error) ?? "");
}
