import { StowageError } from "../errors.ts";
import type { Reference } from "../registry/reference.ts";

/** The clients count the host's name in. */
const LONGEST_NAME = 255;

/** A registry of containers, and what every name in it begins with. */
export interface OciPlace {
  /** With its port, if it has one. */
  readonly host: string;
  readonly prefix: string;
}

/** Parts `ghcr.io/lab`. */
export function ociPlace(repository: string): OciPlace {
  const [host = "", ...prefix] = repository.split("/");
  return { host, prefix: prefix.join("/") };
}

/**
 * What a collection is called in a registry of containers, whose names are stricter than ours: lower case, single
 * separators, each between letters or digits, no `+`. Names that become one share a repository; images are named by
 * digest there, so that none is mistaken for another.
 */
export function ociName({ host, prefix }: OciPlace, { collection }: Pick<Reference, "collection">): string {
  const segments = collection.toLowerCase().split("/").map(ociSegment);
  const name = [...(prefix === "" ? [] : [prefix]), ...segments].join("/");
  if (host.length + 1 + name.length <= LONGEST_NAME) return name;
  throw new StowageError(
    "storage",
    `${collection}: its name at ${host} would be longer than ${LONGEST_NAME} characters; give the storage a shorter repository`,
  );
}

function ociSegment(segment: string): string {
  return segment
    .replaceAll("+", "-plus-")
    .replaceAll(/[._-]{2,}/g, (run) => (/^(?:__|-+)$/.test(run) ? run : "-"))
    .replace(/[._-]+$/, "");
}

/** A tag as a registry of containers has it: no `+` either. */
export function ociTag({ tag }: Pick<Reference, "tag">): string {
  return tag.replaceAll("+", "_");
}

/** Whether a host is this machine, where nobody else listens. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/i.test(host);
}
