import { createHash } from "node:crypto";

/** A UUID of what is named (RFC 9562, version 8): an identifier that needs no address. */
export function uuidOf(...names: readonly string[]): string {
  const hex = createHash("sha256").update(names.join("\n")).digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join("-")}`;
}

/** Atom wants a `T` and a whole offset, which a time of RFC 3339 may lack as a person writes it. */
export function utcMoment(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toISOString();
}
