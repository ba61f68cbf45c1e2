import { type Base, type EndOfLife, findEndOfLife, parseBase } from "./base-image.ts";
import { baseOfHeader } from "./base.ts";

/** What an image is built on, by the name that all share who build on the same. */
export interface NamedBase {
  /** `ubuntu:16.04`, `quay.io/lab/tool:1.0`, `shub://lab/tool:latest`, or the header's own words. */
  readonly name: string;
  /** When it gets, or got, its last free update. */
  readonly end?: EndOfLife;
}

/** Where the images of agents other than Docker's lie. */
const SCHEMES: Readonly<Record<string, string>> = {
  "docker-daemon": "docker-daemon://",
  library: "library://",
  oras: "oras://",
  shub: "shub://",
};

/**
 * The name of the base that a header says; undefined where it says none. Official images have one name wherever they
 * are pulled from, for `library://ubuntu:16.04` and `docker.io/library/ubuntu:16.04` are the same system.
 */
export function nameBase(header: Readonly<Record<string, string>>): NamedBase | undefined {
  const base = parseBase(header);
  if (!base) {
    const name = baseOfHeader(header);
    return name === undefined ? undefined : { name };
  }
  const end = findEndOfLife(base);
  return { name: nameOf(base, header), ...(end && { end }) };
}

function nameOf({ text, key, name, host, tag, isPinned }: Base, { bootstrap = "" }: Header): string {
  const agent = bootstrap.trim().toLowerCase();
  if (key === "osversion") return `${agent}: ${text}`;
  // A digest alone names the image; with a tag beside it, that says more to people.
  if (isPinned && tag === undefined) return text.trim().replace(/^(?:[a-z-]+:)?\/\//, "");
  const isOfficial = !name.includes("/") && host === undefined;
  const scheme = isOfficial ? "" : (SCHEMES[agent] ?? "");
  return `${scheme}${host === undefined ? "" : `${host}/`}${name}:${tag ?? "latest"}`;
}

type Header = Readonly<Record<string, string>>;
