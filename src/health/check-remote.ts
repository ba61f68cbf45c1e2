import { type ChangedTag, changedRecords } from "../check/check-pull-request.ts";
import { StowageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { type Health, type ImageHealth, imageKey } from "../registry/health.ts";
import type { Registry } from "../registry/model.ts";
import { eachByHost } from "./each-by-host.ts";
import type { Patience } from "./host.ts";
import { HttpAsker } from "./http-asker.ts";
import { type ImageState, findingsOf, healthOf, isWorthReading } from "./image-state.ts";
import { lookAtImage } from "./look-at-image.ts";
import { namedImages } from "./named-image.ts";
import { readImage } from "./read-image.ts";
import { sampleOf } from "./sample.ts";

export interface CheckRemoteOptions {
  /** The folder of registry.yml. */
  readonly root: string;
  /** The time of this check (RFC 3339). */
  readonly now: string;
  /** Paths that a pull request touches: its images are asked for alone, and nothing is remembered. */
  readonly changed?: ReadonlySet<string> | undefined;
  /** Read the header of each image. */
  readonly isDeep?: boolean | undefined;
  /** Read all bytes of so many images (in percent) and compare their digests. */
  readonly digestPercent?: number | undefined;
  /** Milliseconds that images are read for; what is left is read first the next time. Absent: until all are. */
  readonly readFor?: number | undefined;
  /** Milliseconds that a server which sends slowly has for it (default: a minute). */
  readonly grace?: number | undefined;
  /** Images at once, in all (default: 32) and of one host (default: 8). */
  readonly concurrency?: number | undefined;
  readonly perHost?: number | undefined;
  /** Refuse addresses inside a network. */
  readonly isPublicOnly?: boolean | undefined;
  readonly patience?: Patience | undefined;
  /** Milliseconds until a silent server is given up. */
  readonly timeout?: number | undefined;
  /** Ends the check; what it found so far is saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RemoteProgress) => void) | undefined;
  /** Keeps what is known by now; called every `saveEvery` milliseconds (default: a minute), and at the end. */
  readonly save?: ((health: Health) => void) | undefined;
  readonly saveEvery?: number | undefined;
}

export interface RemoteProgress {
  readonly doing: "asked" | "read";
  readonly done: number;
  readonly of: number;
}

const CONCURRENCY = 32;
const PER_HOST = 8;
const SAVE_EVERY = 60_000;

/**
 * Asks for every image that records name, once each, and says where one is not there or is not what its record says:
 * HEAD, or one byte where that is refused; with `isDeep` its header; with `digestPercent` all of its bytes. What is
 * found is kept in health.json, with the day since when an image fails. Throws StowageError ("storage") where no host
 * can be reached at all: then the network is to blame, and nothing is kept.
 *
 *     await checkRemote(scanRegistry({ root }), { root, now: "2026-11-20T12:00:00Z", isPublicOnly: true })
 */
export async function checkRemote(registry: Registry, options: CheckRemoteOptions): Promise<Finding[]> {
  const check = new RemoteCheck(registry, options);
  try {
    await check.look();
    check.requireNetwork();
    await check.read();
  } finally {
    await check.end();
  }
  options.signal?.throwIfAborted();
  return check.findings();
}

/** One check of the images of one registry. */
class RemoteCheck {
  readonly #registry: Registry;
  readonly #options: CheckRemoteOptions;
  readonly #asker: HttpAsker;
  readonly #states: readonly ImageState[];
  #saved = performance.now();

  constructor(registry: Registry, options: CheckRemoteOptions) {
    const { isPublicOnly = false, patience, timeout, signal, changed } = options;
    this.#registry = registry;
    this.#options = options;
    const limits = this.#limits;
    this.#asker = new HttpAsker({ perHost: limits.perHost, isPublicOnly, patience, timeout, signal });
    const earlier = new Map<string, ImageHealth>();
    for (const image of (changed ? undefined : registry.health)?.images ?? [])
      earlier.set(imageKey(image), image);
    const tags: Iterable<ChangedTag> = changedRecords(registry, changed);
    this.#states = namedImages(tags).map((image) => ({ image, earlier: earlier.get(imageKey(image)) }));
  }

  /** Looks at every image. */
  async look(): Promise<void> {
    const options = { ...this.#options, asker: this.#asker, images: this.#registry.images };
    await this.#each("asked", this.#states, async (state) => {
      state.look = await lookAtImage(state.image, this.#isDeepFor(state), options);
    });
  }

  /** Reads all bytes of those that are there, or of a share of them. */
  async read(): Promise<void> {
    const { digestPercent: percent, readFor, signal } = this.#options;
    if (percent === undefined) return;
    const end = readFor === undefined ? undefined : AbortSignal.timeout(readFor);
    const reading = {
      ...this.#options,
      signal: end && signal ? AbortSignal.any([signal, end]) : (end ?? signal),
    };
    const states = new Map(this.#states.filter(isWorthReading).map((state) => [state.image, state]));
    const sample = sampleOf([...states.keys()], (image) => states.get(image)?.earlier, {
      percent,
      count: this.#states.length,
    });
    await this.#each(
      "read",
      sample.flatMap((image) => states.get(image) ?? []),
      async (state) => {
        try {
          state.readTrouble = await readImage(state.image, reading);
        } catch (error) {
          // What time was not enough for is neither well nor ill.
          if (!end?.aborted || error !== end.reason) throw error;
        }
      },
      reading.signal,
    );
  }

  /** A machine without a network tells nothing about images; nor does a pull request's only one. */
  requireNetwork(): void {
    const first = this.#states.find(({ look }) => look?.isReached === false);
    if (!first || this.#options.changed || this.#isAnyReached()) return;
    const [claim] = first.image.claims;
    const reason = claim && first.look?.troubleOf(claim)?.reason;
    throw new StowageError(
      "storage",
      `no image can be asked for (${reason}); health.json stays as it is: is there a network?`,
    );
  }

  async end(): Promise<void> {
    await this.#asker.close();
    this.#save(this.#states.every(({ look }) => look !== undefined));
  }

  findings(): Finding[] {
    return this.#states.flatMap((state) => [...findingsOf(state)]);
  }

  get #limits() {
    const { concurrency = CONCURRENCY, perHost = PER_HOST } = this.#options;
    return { concurrency, perHost: Math.min(concurrency, perHost) };
  }

  /** What an earlier check found in the header is looked for again, lest it seems to be well. */
  #isDeepFor({ earlier }: ImageState): boolean {
    const code = earlier?.problem?.code;
    return this.#options.isDeep || code === "image-not-sif" || code === "image-architecture";
  }

  async #each(
    doing: RemoteProgress["doing"],
    states: readonly ImageState[],
    work: (state: ImageState) => Promise<void>,
    signal = this.#options.signal,
  ): Promise<void> {
    let done = 0;
    const { onProgress, saveEvery = SAVE_EVERY } = this.#options;
    const workOne = async (state: ImageState) => {
      await work(state);
      onProgress?.({ doing, done: ++done, of: states.length });
      if (performance.now() - this.#saved >= saveEvery) this.#save(false);
    };
    await eachByHost(states, workOne, { ...this.#limits, hostOf, signal });
  }

  #isAnyReached(): boolean {
    return this.#states.some(({ look }) => look?.isReached);
  }

  #save(isWhole: boolean): void {
    const { save, changed, now } = this.#options;
    this.#saved = performance.now();
    const isOffline = !this.#isAnyReached() && this.#states.some(({ look }) => look?.isReached === false);
    if (!save || changed || isOffline) return;
    const images = this.#states.flatMap((state) => healthOf(state, now) ?? []);
    save({ checked: isWhole ? now : (this.#registry.health?.checked ?? now), images });
  }
}

/** Those of the registry itself, and addresses that are none, are one host's. */
function hostOf({ image: { url } }: ImageState): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
