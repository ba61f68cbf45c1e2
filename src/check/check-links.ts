import type { Finding } from "../finding.ts";
import { splitFrontMatter } from "../registry/front-matter.ts";
import type { Collection, Registry } from "../registry/model.ts";
import type { ReadSource } from "./sources.ts";

/** What a README.md links to, as its page shows it. */
export interface ReadmeLinks {
  /** In order; lines are the text's own, from 1. */
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** The ids of its headings. */
  readonly anchors: ReadonlySet<string>;
}

/** What the site knows of links. */
export interface LinkSight {
  readonly basePath: string;
  readonly readLinks: (markdown: string) => ReadmeLinks;
  /** Whether a path below the base, such as `lab/tool/`, is answered. */
  readonly isServed: (path: string) => boolean;
}

/** Without one of these a text has no relative link; most have none, and need not be parsed. */
const MAY_LINK = /\]\(|\]:/;

/**
 * Links in the README.md of collections that lead nowhere from their pages: headings that are not there, and paths that
 * the site does not serve, such as a file of the repository. Addresses on the web are not asked.
 */
export function* checkLinks(
  { collections }: Registry,
  sight: LinkSight,
  readSource: ReadSource,
): Iterable<Finding> {
  for (const collection of collections) {
    if (MAY_LINK.test(collection.readme)) yield* checkReadme(collection, sight, readSource);
  }
}

function* checkReadme(collection: Collection, sight: LinkSight, readSource: ReadSource): Iterable<Finding> {
  const file = `${collection.folder}/README.md`;
  const { links, anchors } = sight.readLinks(collection.readme);
  let start: number | undefined;
  for (const { target, line } of links) {
    const reason = target.startsWith("#")
      ? anchorProblem(target, anchors)
      : pathProblem(target, collection, sight);
    if (reason === undefined) continue;
    start ??= linesAbove(readSource(file) ?? "");
    yield { code: "dead-link", file, line: start + line, args: { target, reason } };
  }
}

/** How many lines the front matter takes. */
function linesAbove(text: string): number {
  const { body } = splitFrontMatter(text);
  return text.slice(0, text.length - body.length).split("\n").length - 1;
}

function anchorProblem(target: string, anchors: ReadonlySet<string>): string | undefined {
  const id = decoded(target.slice(1));
  if (id === "" || id === "top" || (id !== undefined && anchors.has(id))) return undefined;
  return "no heading of this README.md is called so";
}

/** What is on the web, in a mail or outside of the site is not ours to judge. */
function pathProblem(target: string, { name }: Collection, sight: LinkSight): string | undefined {
  const page = new URL(`${sight.basePath}${name}/`, SOMEWHERE);
  if (target === "" || !URL.canParse(target, page.href)) return undefined;
  const url = new URL(target, page);
  if (url.origin !== page.origin || !url.pathname.startsWith(sight.basePath)) return undefined;
  const path = decoded(url.pathname.slice(sight.basePath.length));
  if (path !== undefined && (sight.isServed(path) || sight.isServed(`${path}/`))) return undefined;
  return "the site serves no such path; files of the repository are not on it";
}

/** A host that no link names. */
const SOMEWHERE = "https://site.invalid";

/** Undefined where `%` is not followed as it should be. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
