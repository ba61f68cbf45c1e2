import type { Digest } from "../registry/digest.ts";
import type { Definition, ImageRecord } from "../registry/model.ts";
import type { CollectionName, TagName } from "../registry/reference.ts";

/**
 * What tags pointed to, and when. `readHistory` makes it of a git repository; where there is none, `presentHistory` makes
 * it of the records that stand in the tree.
 *
 *     lab/tool:1.0   2026-11-02  published  sha256:3e8e…
 *                    2026-11-09  rebuilt    sha256:6c9b…
 */
export interface History {
  readonly extent: Extent;
  /** Of every collection that is served, and of no other. */
  readonly collections: ReadonlyMap<CollectionName, CollectionHistory>;
  /** What people would call news, the newest first. */
  readonly changes: readonly Change[];
}

/** How much of the past is known. */
export type Extent =
  | "whole"
  /** A shallow clone: what is older than its oldest commit is not there. */
  | "cut"
  | "no-commit"
  | "no-repository"
  | "no-git"
  /** Git could not read it. */
  | "unreadable"
  | "left-out";

export interface CollectionHistory {
  readonly name: CollectionName;
  /** Every tag that ever had a record, in code-point order. */
  readonly tags: ReadonlyMap<TagName, TagHistory>;
  /** Every image that was ever published, by its digest, as its newest record has it; the newest last. */
  readonly versions: ReadonlyMap<Digest, Version>;
  /** Which tags had an image, and when; in the order of the tags, then of time. */
  readonly pointers: ReadonlyMap<Digest, readonly Pointer[]>;
  /** The versions that have a page of their own: not all where a tag had hundreds. */
  readonly paged: ReadonlySet<Digest>;
}

export interface TagHistory {
  readonly name: TagName;
  /** It is in the tree, with a record. */
  readonly isBuilt: boolean;
  /** The oldest first; never none. */
  readonly entries: readonly Entry[];
}

/**
 * `published`: it had no image; `rebuilt`: it had another; `edited`: its record says something else of the same image;
 * `withdrawn`: the record was taken away to have the image built again; `removed`: the tag is gone.
 */
export type EntryKind = "published" | "rebuilt" | "edited" | "withdrawn" | "removed";

export interface Entry {
  readonly kind: EntryKind;
  /** What the tag pointed to from then on; absent where that is nothing. */
  readonly version?: Version;
  /** What it pointed to before, or last. */
  readonly previous?: Version;
  readonly moment: Moment;
}

/** When something happened, as far as it is known. */
export interface Moment {
  /** Of the commit, or the record's own; RFC 3339. */
  readonly time?: string;
  /** Absent where no commit tells: it is not committed, or older than what was cloned. */
  readonly commit?: string;
  /** Counts commits: what of two things with the same time was later. */
  readonly order: number;
}

/** An image of a collection, as a record described it. */
export interface Version {
  readonly digest: Digest;
  readonly record: ImageRecord;
  /** What stood beside the record. */
  readonly definition?: StoredDefinition;
}

/** A definition file that is read when it is asked for. */
export interface StoredDefinition {
  /** Two with the same have the same text. */
  readonly id: string;
  readonly read: () => Definition;
}

/** A tag had an image from one moment on, until another or to this day. */
export interface Pointer {
  readonly tag: TagName;
  readonly from: Entry;
  readonly until?: Entry;
}

export interface Change {
  readonly kind: "published" | "rebuilt" | "removed" | "deprecated";
  readonly collection: CollectionName;
  /** Absent where it is about the collection. */
  readonly tag?: TagName;
  readonly digest?: Digest;
  /** What the collection's README says on that. */
  readonly note?: string;
  readonly moment: Moment & { readonly time: string };
}

/** Whether a digest can be part of an address: those of 2019 may be md5, or in capitals. */
export function isPermanent(digest: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(digest);
}
