import { StowageError } from "../errors.ts";
import type { FindingCode } from "../finding.ts";

/** `namespace/name`; the namespace may have several segments. */
export type CollectionName = string & { readonly __brand: "CollectionName" };
/** A tag's name: text always, so `1.10` and `08` stay what they are. */
export type TagName = string & { readonly __brand: "TagName" };

/** `vanessa/greeting:latest` in parts. */
export interface Reference {
  readonly collection: CollectionName;
  readonly tag: TagName;
}

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
/** OCI lets a tag begin with an underscore; `+` is ours, for tags such as `1.0+cuda`. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
/** OCI's limit for a tag; the registries of this family use it for every segment. */
const LONGEST_SEGMENT = 128;

/** What a served path uses itself, so that no collection or tag can be called so. */
const RESERVED_SEGMENTS = new Set(["tags", "manifests", "index.json", "index.html"]);

/** First path segments that belong to the site: pages, protocols and files at its root. */
const RESERVED_ROOTS = new Set([
  "404.html",
  "api",
  "architectures",
  "assets",
  "badges",
  "bases",
  "cards",
  "changes",
  "collections",
  "compare",
  "health",
  "images",
  "inspect",
  "labels",
  "openapi.json",
  "pks",
  "robots.txt",
  "schema",
  "search",
  "sha256sums",
  "sitemap.xml",
  "sizes",
  "topics",
  "v1",
  "v2",
  "version",
]);

/** Why a name cannot be used: the finding's code, and what the name is allowed to be. */
export interface NameProblem {
  readonly code: Extract<FindingCode, "bad-name" | "reserved-name">;
  readonly expected: string;
}

/** What is wrong with one segment of a collection's name; `depth` 0 is the first. */
export function segmentProblem(segment: string, depth: number): NameProblem | undefined {
  const problem = shapeProblem(
    segment,
    SEGMENT,
    "letters, digits and . _ + -, beginning with a letter or digit",
  );
  if (problem) return problem;
  if (depth > 0) return undefined;
  return RESERVED_ROOTS.has(segment.toLowerCase())
    ? { code: "reserved-name", expected: "a namespace that is not a path of the site's own" }
    : undefined;
}

/** Endings of the files that the site keeps by the names of collections: `api/v1/collections/a/b.json`. */
const FILE_ENDING = /\.(?:json|png|svg|xml)$/i;

/**
 * What is wrong with a namespace segment besides its shape: `a/b.json/c` would need a folder where
 * the API of the collection `a/b` has its file.
 */
export function namespaceProblem(segment: string): NameProblem | undefined {
  return FILE_ENDING.test(segment)
    ? { code: "reserved-name", expected: "a namespace that does not end in .json, .png, .svg or .xml" }
    : undefined;
}

/** What is wrong with a tag's name. Many hosts answer for `page` from page.html: it would be another tag's image. */
export function tagProblem(tag: string): NameProblem | undefined {
  if (/\.html?$/i.test(tag)) return { code: "reserved-name", expected: "a tag that does not end in .html" };
  return shapeProblem(tag, TAG, "letters, digits and . _ + -, beginning with a letter, digit or underscore");
}

function shapeProblem(text: string, shape: RegExp, expected: string): NameProblem | undefined {
  if (!shape.test(text)) return { code: "bad-name", expected };
  if (text.length > LONGEST_SEGMENT) {
    return { code: "bad-name", expected: `at most ${LONGEST_SEGMENT} characters` };
  }
  return RESERVED_SEGMENTS.has(text.toLowerCase())
    ? { code: "reserved-name", expected: "a name that served paths do not use" }
    : undefined;
}

/** Parses `namespace/name:tag`; without a tag it is `latest`. Throws a usage error that says what was expected. */
export function parseReference(text: string): Reference {
  const colon = text.indexOf(":");
  const name = colon === -1 ? text : text.slice(0, colon);
  const tag = colon === -1 ? "latest" : text.slice(colon + 1);
  const segments = name.split("/");
  if (segments.length < 2) {
    throw notAReference(text, "a namespace, a slash and a name, such as vanessa/greeting:latest");
  }
  const problem = collectionProblem(segments) ?? tagProblem(tag);
  if (problem) throw notAReference(text, problem.expected);
  return { collection: name as CollectionName, tag: tag as TagName };
}

function collectionProblem(segments: readonly string[]): NameProblem | undefined {
  for (const [depth, segment] of segments.entries()) {
    const isLast = depth === segments.length - 1;
    const problem = segmentProblem(segment, depth) ?? (isLast ? undefined : namespaceProblem(segment));
    if (problem) return problem;
  }
  return undefined;
}

function notAReference(text: string, expected: string): StowageError {
  return new StowageError("usage", `${JSON.stringify(text)} is not a reference; expected ${expected}`);
}

/** `namespace/name:tag`, the inverse of {@link parseReference}. */
export function formatReference({ collection, tag }: Reference): string {
  return `${collection}:${tag}`;
}

/** All but the last segment of the name of a collection or a namespace; empty where there is but one. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf("/"), 0));
}

/** The last segment of a collection's name. */
export function shortNameOf(collection: string): string {
  return collection.slice(collection.lastIndexOf("/") + 1);
}
