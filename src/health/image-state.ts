import type { Finding } from "../finding.ts";
import type { ImageHealth } from "../registry/health.ts";
import type { Look } from "./look-at-image.ts";
import type { Claim, NamedImage } from "./named-image.ts";
import type { TroubleOf } from "./read-image.ts";
import { type Trouble, findingOf, stillDiffers } from "./trouble.ts";

/** What this check has found out about one image so far, and what was known before. */
export interface ImageState {
  readonly image: NamedImage;
  readonly earlier: ImageHealth | undefined;
  look?: Look;
  /** Where all of its bytes were read. */
  readTrouble?: TroubleOf;
}

/** Whether a look found nothing, by any record, that reading all of the image would not change. */
export function isWorthReading({ image, look }: ImageState): boolean {
  if (look?.isBusy) return false;
  return image.claims.every((claim) => {
    const trouble = look?.troubleOf(claim);
    return look && (trouble === undefined || isOfUnknownUnit(trouble, claim));
  });
}

/** Once its digest was right, a record of 2019 need not say in what unit its size is. */
function isOfUnknownUnit({ code }: Trouble, { schema }: Claim): boolean {
  return code === "image-size" && schema === 2019;
}

/** The findings about all records that name the image. */
export function* findingsOf(state: ImageState): Iterable<Finding> {
  const { image, look } = state;
  if (look?.isTold) return;
  for (const claim of image.claims) {
    if (look?.isBusy) yield { code: "image-busy", file: claim.file, args: { image: image.url } };
    const trouble = look?.isBusy ? undefined : troubleOf(state, claim);
    if (trouble) yield findingOf(trouble, image, claim);
  }
}

/** What health.json says of the image; as before where it was not asked for. */
export function healthOf(state: ImageState, now: string): ImageHealth | undefined {
  const { image, earlier, look, readTrouble } = state;
  if (!look || look.isBusy) return earlier;
  const [trouble] = image.claims.flatMap((claim) => troubleOf(state, claim) ?? []);
  const verified = readTrouble && !trouble ? now : earlier?.verified;
  return {
    url: image.url,
    digest: image.digest,
    checked: now,
    // What was read once, and is another file now, was not verified.
    ...(verified !== undefined && trouble?.code !== "image-differs" && { verified }),
    ...(trouble && {
      problem: { code: trouble.code, reason: trouble.reason, since: earlier?.problem?.since ?? now },
    }),
  };
}

function troubleOf({ image, earlier, look, readTrouble }: ImageState, claim: Claim): Trouble | undefined {
  const trouble = look?.troubleOf(claim);
  const wasRead = readTrouble !== undefined || earlier?.verified !== undefined;
  if (trouble && !(wasRead && isOfUnknownUnit(trouble, claim))) return trouble;
  if (readTrouble) return readTrouble(claim);
  // Asking for an image does not tell whether it is the right one by now.
  if (earlier?.problem?.code === "image-differs" && !look?.hasDigest)
    return stillDiffers(image.digest, earlier.problem.reason);
  return undefined;
}
