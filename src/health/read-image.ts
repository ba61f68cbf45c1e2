import { type Hash, createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "../errors.ts";
import { formatBytes } from "../format.ts";
import { reasonOf } from "../storage/remote-image.ts";
import type { Claim, NamedImage } from "./named-image.ts";
import { type OpenOptions, openImage } from "./open-image.ts";
import { type Trouble, differs, unreachable, wrongSize } from "./trouble.ts";

/** What is wrong with an image of which all bytes were read, by one record. */
export type TroubleOf = (claim: Claim) => Trouble | undefined;

interface Measured {
  /** Bytes. */
  readonly size: number;
  readonly hex: string;
}

/** Tries, and milliseconds before the second, of an image whose transfer broke off. */
const TRIES = 3;
const PAUSE = 1000;

interface ReadOptions extends OpenOptions {
  /** Milliseconds after which a server has to have sent {@link LEAST_RATE}; default: a minute. */
  readonly grace?: number | undefined;
}

const GRACE = 60_000;
/** Bytes in a second. Who sends less keeps the check from its end, and would for years. */
const LEAST_RATE = 16 * 1024;

/** Reads all of an image and compares its digest, of whatever algorithm its record has, and its size. */
export async function readImage(image: NamedImage, options: ReadOptions): Promise<TroubleOf> {
  const [algorithm = "", hex = ""] = image.digest.split(":");
  let measured: Measured;
  try {
    measured = await measure(image, algorithm, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return () => unreachable(reasonOf(error));
  }
  const found = measured.hex === hex.toLowerCase() ? undefined : `${algorithm}:${measured.hex}`;
  return (claim) => {
    if (claim.schema === 2 && claim.size !== measured.size) return wrongSize(measured.size, claim);
    return found === undefined ? undefined : differs(image.digest, found);
  };
}

async function measure(image: NamedImage, algorithm: string, options: ReadOptions): Promise<Measured> {
  for (let tries = 1; ; tries++) {
    try {
      return await measureOnce(image, hashOf(algorithm), options);
    } catch (error) {
      if (tries === TRIES || !isBrokenOff(error)) throw error;
      await sleep(PAUSE * tries, undefined, { signal: options.signal });
    }
  }
}

function hashOf(algorithm: string): Hash {
  try {
    return createHash(algorithm);
  } catch {
    throw new Error(`${algorithm} is no digest that can be computed`);
  }
}

async function measureOnce({ url, claims }: NamedImage, hash: Hash, options: ReadOptions): Promise<Measured> {
  // In a record of 2019 the unit is not known.
  const limit = Math.max(...claims.map((claim) => (claim.schema === 2 ? claim.size : Infinity)));
  const { grace = GRACE } = options;
  const start = performance.now();
  let size = 0;
  for await (const chunk of openImage(url, { ...options, ...(limit < Infinity && { limit }) })) {
    options.signal?.throwIfAborted();
    hash.update(chunk);
    size += chunk.length;
    const time = performance.now() - start;
    if (time > grace && size < (LEAST_RATE * time) / 1000)
      throw new Error(`the server sends less than ${formatBytes(LEAST_RATE)} a second`);
  }
  return { size, hex: hash.digest("hex") };
}

/** Any failure of the network: its errors have codes. An answer that says no is none. */
function isBrokenOff(error: unknown): boolean {
  const code = systemCode(error);
  return typeof code === "string" && !["ERR_NON_2XX_3XX_RESPONSE", "ENOENT", "ABORT_ERR"].includes(code);
}
