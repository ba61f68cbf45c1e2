import type { Finding } from "../finding.ts";
import type { Config } from "./config.ts";
import type { Digest } from "./digest.ts";
import type { Health } from "./health.ts";
import type { CollectionName, TagName } from "./reference.ts";

/**
 * What a tree says, in plain readonly values. `scanRegistry` makes it; every later step only reads it.
 *
 *     registry/vanessa/greeting/manifests/latest/Singularity  →  collections[0].tags[0].definition
 */
export interface Registry {
  readonly config: Config;
  /** In code-point order of their names. */
  readonly collections: readonly Collection[];
  /** The images that the site serves itself. */
  readonly images: StoredImages;
  /** Public keys that verify images, as one armored block. */
  readonly publicKeys?: string;
  /** What the last `stowage check --remote` found. */
  readonly health?: Health;
  /** What was wrong with single entries; those are left out of `collections`. */
  readonly findings: readonly Finding[];
}

export interface Collection {
  readonly name: CollectionName;
  /** Where it stands, relative to registry.yml, with slashes. */
  readonly folder: string;
  readonly description?: string;
  /** Private collections are left out of everything that is served. */
  readonly isPrivate: boolean;
  readonly owners: readonly string[];
  readonly topics: readonly string[];
  readonly license?: string;
  /** `true`, or a sentence on what to use instead. */
  readonly deprecated?: boolean | string;
  /** Body of the README.md: Markdown, by a stranger. */
  readonly readme: string;
  /** When the newest image was made (RFC 3339), as far as records say. */
  readonly updated?: string;
  /** In code-point order of their names. */
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly name: TagName;
  /** Where it stands, relative to registry.yml, with slashes. */
  readonly folder: string;
  readonly definition?: Definition;
  readonly record?: ImageRecord;
  /** `.frozen` stands beside it: never rebuild, never replace. */
  readonly isFrozen: boolean;
  /** Its folder is a link to another tag's, which is the one to build. */
  readonly isLink: boolean;
  /** `build.sh` stands beside it: run in place of the builder. */
  readonly hasBuildScript: boolean;
  /** The log of its build stands beside it ({@link BUILD_LOG}). */
  readonly hasLog: boolean;
  readonly status: TagStatus;
}

/** The log of the build that made an image, gzipped, beside its record. */
export const BUILD_LOG = "build.log.gz";
/** A program that builds an image in place of the registry's builder. */
export const BUILD_SCRIPT = "build.sh";

/** Whether the log of a tag's build can be read: its record names it, and it is there. */
export function hasBuildLog({ record, hasLog }: Tag): boolean {
  return hasLog && record?.log === BUILD_LOG;
}

/** What a tag's folder says about it (see status.ts). */
export type TagStatus = "built" | "to build" | "frozen" | "stale";

/** A definition file as it stands. */
export interface Definition {
  /** `Singularity` or `Apptainer`. */
  readonly fileName: string;
  readonly text: string;
  /** The file itself, where it is not UTF-8 and `text` therefore is not all of it. */
  readonly bytes?: Buffer;
}

/** What was built and where it lies: the front matter of a tag's README.md. */
export interface ImageRecord {
  /** 2019: sizes are KiB or bytes, nobody knows; 2: bytes. */
  readonly schema: 2019 | 2;
  readonly size: number;
  readonly digest: Digest;
  readonly layers: readonly Layer[];
  /** RFC 3339. */
  readonly created?: string;
  /** As Go names it: amd64, arm64. */
  readonly architecture?: string;
  /** sha256 of the definition file that built it. */
  readonly recipe?: Digest;
  readonly md5?: string;
  readonly sha1?: string;
  readonly builder?: { readonly name: string; readonly version?: string };
  readonly source?: { readonly repository: string; readonly revision?: string };
  readonly labels?: Readonly<Record<string, string>>;
  /** What the file consists of, in the order of its own list. */
  readonly objects?: readonly ImageObject[];
  /** Fingerprints of the keys that signatures in the file name, in upper case. Nobody has verified them. */
  readonly signers?: readonly string[];
  /** {@link BUILD_LOG}, where the log of the build was kept. */
  readonly log?: string;
}

/** One object of an image, as the file's list of objects has it; places and sizes are bytes. */
export interface ImageObject {
  readonly id: number;
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  readonly name?: string;
  /** Of a partition: `squashfs`; `partition` is what it is for, `primary system`. */
  readonly fileSystem?: string;
  readonly partition?: string;
  /** Of a crypto message and of an SBOM: `pem`, `spdx-json`. */
  readonly format?: string;
}

export interface Layer {
  readonly size: number;
  readonly digest: Digest;
  /** Absolute, or `images/sha256/<hex>.sif` where the site itself is the storage. */
  readonly url: string;
}

/** Images that the registry keeps: their paths relative to registry.yml, and their sizes in bytes. */
export type StoredImages = ReadonlyMap<string, number>;
