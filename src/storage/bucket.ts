import { type ImageKey, objectName } from "./storage.ts";

/** An object never changes, so whoever has it need not ask again. */
export const CACHE_FOREVER = "public, max-age=31536000, immutable";

/** What a bucket calls an image. */
export function objectKey(prefix: string | undefined, key: ImageKey): string {
  return prefix === undefined ? objectName(key) : addressBelow(prefix, objectName(key));
}

/** The address of an object below another address, which may end with a slash. */
export function addressBelow(base: string, object: string): string {
  return `${base.replace(/\/+$/, "")}/${object}`;
}
