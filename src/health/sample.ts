import type { ImageHealth } from "../registry/health.ts";
import type { NamedImage } from "./named-image.ts";

/**
 * Those whose bytes were read longest ago, and before them those that never were, until they are a share (in percent)
 * of `count`. Every machine chooses the same; who is interrupted goes on where it was, by the dates of what is done.
 */
export function sampleOf(
  images: readonly NamedImage[],
  earlierOf: (image: NamedImage) => ImageHealth | undefined,
  { percent, count }: { readonly percent: number; readonly count: number },
): NamedImage[] {
  const dated = images.map((image) => ({ image, read: lastRead(earlierOf(image)) }));
  dated.sort(
    (a, b) => a.read - b.read || compare(a.image.digest, b.image.digest) || compare(a.image.url, b.image.url),
  );
  return dated.slice(0, Math.ceil((count * percent) / 100)).map(({ image }) => image);
}

/** Milliseconds since 1970; 0: never. */
function lastRead(earlier: ImageHealth | undefined): number {
  const time = earlier?.problem?.code === "image-differs" ? earlier.problem.since : earlier?.verified;
  return time === undefined ? 0 : Date.parse(time);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
