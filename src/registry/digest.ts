import { createHash } from "node:crypto";

/** `algorithm:hex`, as a record states it. Stowage itself writes `sha256:` with 64 lower-case digits. */
export type Digest = string & { readonly __brand: "Digest" };

/** `sha256:<hex>` of some content. */
export function sha256Digest(content: string | Buffer): Digest {
  return `sha256:${createHash("sha256").update(content).digest("hex")}` as Digest;
}
