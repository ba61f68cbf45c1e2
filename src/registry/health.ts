import type { FindingCode } from "../finding.ts";
import type { Digest } from "./digest.ts";

/** Beside registry.yml: what `stowage check --remote` found. */
export const HEALTH_FILE = "health.json";

/** Whether the images that records name are still there, as of one moment. */
export interface Health {
  /** When the last check ended (RFC 3339). */
  readonly checked: string;
  /** Sorted by address, then digest; no two have both in common. */
  readonly images: readonly ImageHealth[];
}

/** What is known of one image, under the address and digest that records give it. */
export interface ImageHealth {
  readonly url: string;
  readonly digest: Digest;
  /** When it was asked for last (RFC 3339). */
  readonly checked: string;
  /** When all its bytes were last read, and had this digest (RFC 3339). */
  readonly verified?: string;
  /** Absent: it was there. */
  readonly problem?: HealthProblem;
}

export interface HealthProblem {
  readonly code: Extract<
    FindingCode,
    "image-unreachable" | "image-size" | "image-differs" | "image-not-sif" | "image-architecture"
  >;
  /** A few words. */
  readonly reason: string;
  /** When it was first found so (RFC 3339). */
  readonly since: string;
}
