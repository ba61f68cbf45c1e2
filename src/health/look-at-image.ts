import { systemCode } from "../errors.ts";
import { NoAnswer } from "../oci/client.ts";
import { findLayer } from "../oci/pull-layer.ts";
import { requirePublic } from "../public-address.ts";
import { isLocalImage } from "../registry/local-images.ts";
import type { StoredImages } from "../registry/model.ts";
import { networkOptions, reasonOf, statusOf } from "../storage/remote-image.ts";
import { isUnreached } from "./host.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { HttpAsker } from "./http-asker.ts";
import { HEADER_LENGTH, beginningTrouble, readBeginning } from "./image-beginning.ts";
import type { Claim, NamedImage } from "./named-image.ts";
import { type OpenOptions, beginningOf, openImage } from "./open-image.ts";
import type { TroubleOf } from "./read-image.ts";
import { differs, notSif, unreachable, wrongSize } from "./trouble.ts";

/** What a look at an image told, without reading all of it. */
export interface Look {
  readonly troubleOf: TroubleOf;
  /** Whether there was a connection; undefined where none was tried. */
  readonly isReached?: boolean;
  /** Who keeps it says that it has the recorded digest. */
  readonly hasDigest?: boolean;
  /** The server wants to be asked less often, and nothing is known. */
  readonly isBusy?: true;
  /** The scan of the tree has said it already. */
  readonly isTold?: true;
}

export interface LookOptions extends OpenOptions {
  readonly asker: HttpAsker;
  /** The images that the registry keeps itself. */
  readonly images: StoredImages;
}

/** What is known of an image before all of it is read. */
interface Seen {
  /** Bytes. */
  readonly size: number | undefined;
  /** Of the file's beginning; where it was to be read. */
  readonly header?: Buffer;
}

/** Asks whether an image is where its records say, and what they say; `isDeep`: reads its header, too. */
export async function lookAtImage(image: NamedImage, isDeep: boolean, options: LookOptions): Promise<Look> {
  if (isLocalImage(image.url)) return lookAtLocal(image, isDeep, options);
  try {
    const { protocol } = new URL(image.url);
    if (protocol === "oras:") return await lookAtLayer(image, isDeep, options);
    if (protocol === "https:" || protocol === "http:") return await lookAtFile(image, isDeep, options);
    return refused(`only https://, http:// and oras:// can be fetched, not ${protocol}//`);
  } catch (error) {
    options.signal?.throwIfAborted();
    return failed(error);
  }
}

function refused(reason: string): Look {
  return { troubleOf: () => unreachable(reason) };
}

const TOO_MANY = 429;
const BUSY: Look = { troubleOf: () => undefined, isReached: true, isBusy: true };

function failed(error: unknown): Look {
  if (statusOf(error) === TOO_MANY) return BUSY;
  const isNoAnswer = error instanceof NoAnswer;
  // What we refuse to ask has no code; whatever the network says has one.
  const wasTried = isNoAnswer || systemCode(error) !== undefined;
  return {
    ...refused(reasonOf(error)),
    ...(wasTried && { isReached: !isNoAnswer && !isUnreached(error) }),
  };
}

/** What answers HEAD so may answer GET: an address that was signed for GET alone, a server that knows no HEAD. */
const NOT_BY_HEAD = new Set([400, 403, 405, 501]);

async function lookAtFile({ url }: NamedImage, isDeep: boolean, { asker }: LookOptions): Promise<Look> {
  let answer: HttpAnswer | undefined;
  if (!isDeep) {
    answer = await asker.ask(url, { head: true });
    // Some say that nothing follows, where they mean that nothing follows in the answer to HEAD.
    if (NOT_BY_HEAD.has(answer.status) || (answer.status === 200 && !answer.size)) answer = undefined;
  }
  answer ??= await asker.ask(url, { length: isDeep ? HEADER_LENGTH : 1 });
  const { status, size, bytes, mediaTypes } = answer;
  if (status === TOO_MANY) return BUSY;
  const isThere = status === 200 || status === 206 || (status === 416 && size === 0);
  if (!isThere) return { ...refused(`the answer is ${status}`), isReached: true };
  const page = mediaTypes.find((type) => PAGES.has(type));
  if (page !== undefined) return { troubleOf: () => notSif(`what comes is ${page}`), isReached: true };
  return { troubleOf: await judge({ size, ...(isDeep && { header: bytes }) }), isReached: true };
}

/** What is meant to be read by people, or by their browsers. */
const PAGES = new Set([
  "text/html",
  "application/xhtml+xml",
  "text/xml",
  "application/xml",
  "application/json",
]);

/** A registry of containers says in the manifest what it has. */
async function lookAtLayer(
  { url, digest }: NamedImage,
  isDeep: boolean,
  options: LookOptions,
): Promise<Look> {
  const address = new URL(url);
  if (options.isPublicOnly) requirePublic(address);
  const layer = await findLayer(url, networkOptions(address, options));
  const isOther = digest.startsWith("sha256:") && digest.toLowerCase() !== layer.digest;
  if (isOther) return { troubleOf: () => differs(digest, layer.digest), isReached: true };
  const header = isDeep ? await beginningOf(openImage(url, options), HEADER_LENGTH) : undefined;
  const troubleOf = await judge({ size: layer.size, ...(header && { header }) });
  return { troubleOf, isReached: true, hasDigest: digest.startsWith("sha256:") };
}

async function lookAtLocal(
  { url, claims }: NamedImage,
  isDeep: boolean,
  options: LookOptions,
): Promise<Look> {
  const size = options.images.get(url);
  if (size === undefined) return { ...refused("it is not there"), isTold: true };
  const isOther = claims.some((claim) => claim.schema === 2 && claim.size !== size);
  if (isOther) return { troubleOf: await judge({ size }), isTold: true };
  const header = isDeep ? await beginningOf(openImage(url, options), HEADER_LENGTH) : undefined;
  // Of a record of 2019 the scan believes any size.
  return { troubleOf: await judge({ size: undefined, ...(header && { header }) }) };
}

async function judge({ size, header }: Seen): Promise<TroubleOf> {
  const beginning = header && (await readBeginning(header));
  return (claim) => {
    if (size !== undefined && !fits(size, claim)) return wrongSize(size, claim);
    return beginning && beginningTrouble(beginning, claim);
  };
}

/** What a file system's blocks may add to a size that du told, and a hundredth of it. */
const LARGEST_ROUNDING = 64 * 1024;

/** The builder of 2019 wrote KiB as du counts them, people wrote bytes. */
function fits(size: number, claim: Claim): boolean {
  if (claim.size === size) return true;
  if (claim.schema === 2) return false;
  return Math.abs(claim.size * 1024 - size) <= Math.max(LARGEST_ROUNDING, size / 100);
}
