import { formatBytes, formatDay, shortDigest } from "../format.ts";
import type { CollectionHistory, Extent, Moment } from "../history/history.ts";
import { digestPath } from "../endpoints/paths.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import type { Digest } from "../registry/digest.ts";
import { href } from "./links.ts";

/*
 * Parts of the pages about the past. They are put together here and not by templates, which would take longer for their
 * loops than for all the rest of a page (docs/performance.md).
 */

/** Why not all of the past is told; undefined where it is. */
export function extentNote(extent: Extent): string | undefined {
  return NOTES[extent];
}

const ONLY_NOW = "only what the registry has now is told";
const NOTES: Readonly<Record<Extent, string | undefined>> = {
  whole: undefined,
  cut: "This site was built from a shallow clone, so what is older than its oldest commit is not told.",
  "no-commit": `Nothing was committed yet when this site was built: ${ONLY_NOW}.`,
  "no-repository": `This site was built without git history: ${ONLY_NOW}.`,
  "no-git": `This site was built where there is no git: ${ONLY_NOW}.`,
  unreadable: `The git history could not be read when this site was built: ${ONLY_NOW}.`,
  "left-out": `This site was built without its history: ${ONLY_NOW}.`,
};

/** `2026-11-20`, and all of the moment for scripts. */
export function timeHtml({ time }: Pick<Moment, "time">): string {
  if (time === undefined) return '<span class="quiet">not known</span>';
  return `<time datetime="${time}">${formatDay(time)}</time>`;
}

/** How many digits of a commit are shown. */
const COMMIT_DIGITS = 8;

/** A commit's first digits, linked to the forge where one is known. */
export function commitHtml({ commit }: Moment, repository: string | undefined): string {
  if (commit === undefined) return "";
  const code = `<code>${commit.slice(0, COMMIT_DIGITS)}</code>`;
  if (repository === undefined) return code;
  return `<a href="${escapeHtml(commitUrl(repository, commit))}">${code}</a>`;
}

/** As GitHub, GitLab, Gitea and Forgejo have it, and as Bitbucket does. */
function commitUrl(repository: string, commit: string): string {
  const base = repository.replace(/\/+$/, "").replace(/\.git$/, "");
  const folder = /^https?:\/\/bitbucket\.org\//i.test(base) ? "commits" : "commit";
  return `${base}/${folder}/${commit}`;
}

/** A digest's first digits, linked to its page where it has one. */
export function digestHtml(digest: Digest, { name, paged }: CollectionHistory, site: Site): string {
  const code = `<code title="${escapeHtml(digest)}">${escapeHtml(shortDigest(digest))}</code>`;
  return paged.has(digest) ? linkHtml(code, href(site, digestPath(name, digest))) : code;
}

/** A link around something that is HTML already. */
export function linkHtml(contentHtml: string, path: string): string {
  return `<a href="${escapeHtml(path)}">${contentHtml}</a>`;
}

/** `+1.5 MiB`, `−12 B`, or that nothing changed. */
export function signedBytes(bytes: number): string {
  if (bytes === 0) return "±0";
  return `${bytes > 0 ? "+" : "−"}${formatBytes(Math.abs(bytes))}`;
}

/** The row of a table: its first cell is its head. */
export function rowHtml([head = "", ...cells]: readonly string[]): string {
  return `<tr><th scope="row">${head}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>\n`;
}
