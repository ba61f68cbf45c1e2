import { PRODUCTS, type Product } from "./end-of-life.ts";

/** What a stage of a definition file begins with. */
export interface Base {
  /** As it is written. */
  readonly text: string;
  /** The key of the header that says it. */
  readonly key: "from" | "osversion";
  /** Without a registry and what stands for it: `ubuntu`, `nvidia/cuda`. Empty where only a release is named. */
  readonly name: string;
  /** A registry other than the usual one: `quay.io`. */
  readonly host?: string;
  /** Undefined: latest. */
  readonly tag?: string;
  readonly isPinned: boolean;
}

const REGISTRIES: ReadonlySet<string> = new Set(["docker", "docker-daemon", "oras", "library", "shub"]);

/** The base that a header names by a release or in a registry; undefined for others, and where a variable hides it. */
export function parseBase(header: Readonly<Record<string, string>>): Base | undefined {
  const { bootstrap = "", from = "", osversion = "" } = header;
  const agent = bootstrap.trim().toLowerCase();
  if (agent === "debootstrap" && osversion !== "")
    return { text: osversion, key: "osversion", name: "", tag: osversion, isPinned: true };
  if (!REGISTRIES.has(agent) || from === "" || from.includes("{{")) return undefined;
  return { text: from, key: "from", ...parseImage(from.trim()) };
}

/** `[scheme://][HOST/]NAME[:TAG][@DIGEST]`; docker-daemon takes a digest alone, too. */
function parseImage(text: string): Pick<Base, "name" | "host" | "tag" | "isPinned"> {
  const address = text.replace(/^(?:[a-z-]+:)?\/\//, "");
  if (/^sha256:[0-9a-f]+$/.test(address)) return { name: "", isPinned: true };
  const at = address.indexOf("@");
  const reference = at === -1 ? address : address.slice(0, at);
  const colon = reference.indexOf(":", reference.lastIndexOf("/") + 1);
  const tag = colon === -1 ? undefined : reference.slice(colon + 1);
  const { name, host } = splitRegistry(colon === -1 ? reference : reference.slice(0, colon));
  // library:// takes the hash of an image for a tag.
  const isPinned = at !== -1 || tag?.startsWith("sha256.") === true;
  return { name, ...(host !== undefined && { host }), ...(tag !== undefined && { tag }), isPinned };
}

const USUAL_HOST = /^(?:(?:index\.|registry-1\.)?docker\.io|cloud\.sylabs\.io|library\.sylabs\.io)$/;

/** Docker takes a first part with a dot or a port for a host; official images lie in `library`. */
function splitRegistry(text: string): Pick<Base, "name" | "host"> {
  const [first = "", ...rest] = text.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const name = (isHost ? rest.join("/") : text).replace(
    /^(?:docker\/library|library\/default|library|default)\//,
    "",
  );
  return { name, ...(isHost && !USUAL_HOST.test(first) && { host: first }) };
}

/** Tags that a registry moves on purpose, with what may follow: `stable-slim`. */
const MOVING_TAG =
  /^(?:current|devel|develop|edge|experimental|head|latest|lts|main|mainline|master|nightly|oldoldstable|oldstable|rawhide|rc|rolling|sid|snapshot|stable|testing|tip|trunk|unstable)(?:-[a-z]+)*$/i;

/** Whether a base may be another one tomorrow. */
export function isMoving({ tag = "latest", isPinned }: Base): boolean {
  return !isPinned && MOVING_TAG.test(tag);
}

/** A release, and the last day on which it got free public updates. */
export interface EndOfLife {
  readonly release: string;
  readonly date: string;
}

/** When a base's own release ends, or ended; else that of the system that its tag names, as `11.0-base-ubuntu18.04` does. */
export function findEndOfLife({ name, tag }: Base): EndOfLife | undefined {
  const words = (tag ?? "").toLowerCase().split(/[-_]/);
  const product = PRODUCTS.find(({ images }) => images.includes(name.toLowerCase()));
  const own = product && releaseOf(product, words[0] ?? "");
  const system = systemIn(words);
  // Of a language on a system, whichever went first.
  return own && system ? (system.date < own.date ? system : own) : (own ?? system);
}

function systemIn(words: readonly string[]): EndOfLife | undefined {
  for (const [index, word] of words.entries()) {
    const [, letters = "", version = ""] = /^([a-z]+)(\d[\d.]*)?$/.exec(word) ?? [];
    for (const product of PRODUCTS) {
      const codename = product.codenames?.get(word);
      if (codename !== undefined) return releaseOf(product, codename);
      if (product.word !== undefined && product.word === letters)
        return releaseOf(product, version === "" ? (words[index + 1] ?? "") : version);
    }
  }
  return undefined;
}

/** No version is longer. */
const LONGEST_VERSION = 30;

/** `18.04.5` is 18.04, and `7.9.2009` is 7: the longest that the product knows. */
function releaseOf({ title, releases }: Product, version: string): EndOfLife | undefined {
  for (
    let known = version.slice(0, LONGEST_VERSION);
    known !== "";
    known = known.slice(0, Math.max(known.lastIndexOf("."), 0))
  ) {
    const date = releases.get(known);
    if (date !== undefined) return { release: `${title} ${known}`, date };
  }
  return undefined;
}
