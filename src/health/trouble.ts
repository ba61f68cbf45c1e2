import type { Finding } from "../finding.ts";
import type { HealthProblem } from "../registry/health.ts";
import type { Claim, NamedImage } from "./named-image.ts";

/** What is wrong with an image by what one record says of it. */
export interface Trouble {
  readonly code: HealthProblem["code"];
  /** Beside the image's address. */
  readonly args: Readonly<Record<string, string>>;
  /** The same in a few words. */
  readonly reason: string;
}

/** What a server or the network says may be as long as it likes. */
const LONGEST_REASON = 300;

export function unreachable(reason: string): Trouble {
  const short = reason.slice(0, LONGEST_REASON);
  return { code: "image-unreachable", args: { reason: short }, reason: short };
}

export function wrongSize(size: number, { schema, size: recorded }: Claim): Trouble {
  const unit = schema === 2 ? "bytes" : "bytes or KiB";
  return {
    code: "image-size",
    args: { size: String(size), recorded: String(recorded), unit },
    reason: `it has ${size} bytes, the record says ${recorded} ${unit}`,
  };
}

const HAS = "it has ";

export function differs(digest: string, found: string): Trouble {
  return { code: "image-differs", args: { digest, found }, reason: HAS + found };
}

/** What an earlier check found, and gave this reason for. */
export function stillDiffers(digest: string, reason: string): Trouble {
  return differs(digest, reason.startsWith(HAS) ? reason.slice(HAS.length) : reason);
}

export function notSif(found: string): Trouble {
  return { code: "image-not-sif", args: { found }, reason: found };
}

export function wrongArchitecture(architecture: string, recorded: string): Trouble {
  return {
    code: "image-architecture",
    args: { architecture, recorded },
    reason: `it is for ${architecture}, the record says ${recorded}`,
  };
}

/** The finding about a record that names the image. */
export function findingOf({ code, args }: Trouble, { url }: NamedImage, { file }: Claim): Finding {
  return { code, file, args: { image: url, ...args } };
}
