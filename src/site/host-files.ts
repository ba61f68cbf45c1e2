import type { HostProfile } from "../host.ts";

/**
 * What hosts want beside the files of a site: `_headers` and `_redirects`, in the syntax that Netlify and Cloudflare
 * Pages share as far as it goes. docs/hosting.md has the same rules for other servers.
 */

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

/**
 * Content types that the name of a file does not tell. No path meets two rules: some hosts would join their values.
 * On Netlify `/v2/*` meets /v2x, too, so that a segment stands before the `*` wherever a namespace may begin like it.
 */
const PROTOCOL_TYPES: readonly (readonly [pattern: string, type: string])[] = [
  ["/api/:part/*", JSON_TYPE],
  ["/schema/", JSON_TYPE],
  ["/v1/images/*", JSON_TYPE],
  ["/v1/imagefile/*", BYTES_TYPE],
  ["/v1/search", JSON_TYPE],
  ["/v2/", JSON_TYPE],
  ["/v2/_catalog", JSON_TYPE],
  ["/v2/:namespace/*/tags/list", JSON_TYPE],
  ["/v2/:namespace/*/manifests/:reference", "application/vnd.oci.image.manifest.v1+json"],
  ["/v2/*/blobs/:digest", BYTES_TYPE],
  ["/version", JSON_TYPE],
  ["/pks/lookup", "application/pgp-keys"],
  ["/health/feed.xml", "application/atom+xml"],
  ["/SHA256SUMS", "text/plain"],
  ["/robots.txt", "text/plain"],
  ["/sitemap.xml", "application/xml"],
  ["/changes/*.xml", "application/atom+xml"],
];

/** How the paths of a registry begin, as patterns. */
interface PathStarts {
  readonly collections: readonly string[];
  /** The outer namespaces of a nested collection, which shub:// takes for a part of the registry's address. */
  readonly outerNamespaces: string;
}

const ANY_START: PathStarts = { collections: [":namespace/*"], outerNamespaces: "*" };

/**
 * Netlify takes a path with and without its last slash for one, so that the rules for manifests of the registry have to
 * begin with its namespaces, or they would meet those of /v2/. It ignores case, and `/*` may be nothing.
 */
function netlifyStarts(topNamespaces: readonly string[]): PathStarts {
  const names = new Map(topNamespaces.map((name) => [name.toLowerCase(), name]));
  return { collections: [...names.values()].map((name) => `${name}/:name/*`), outerNamespaces: ":outer/*" };
}

/**
 * The Content-Type of what a site serves, as patterns: `*` is any text, `:name` any text without a slash. Tags and
 * manifests of the registry need rules of their own where a folder's JSON is called index.html. Without namespaces the
 * patterns are for any, where `/*` is not nothing.
 */
export function contentTypes(
  host: HostProfile,
  topNamespaces?: readonly string[],
): readonly (readonly [pattern: string, type: string])[] {
  const { collections, outerNamespaces } =
    host.name === "netlify" && topNamespaces ? netlifyStarts(topNamespaces) : ANY_START;
  return [
    ...collections.flatMap((start) => [
      [`/${start}/tags/`, JSON_TYPE] as const,
      [`/${start}/manifests/:tag/`, JSON_TYPE] as const,
    ]),
    [`/${outerNamespaces}/api/container/:namespace/:container`, JSON_TYPE],
    ...PROTOCOL_TYPES,
  ];
}

/** The text of `_headers`. Everybody may read a registry from a page of theirs, as GitHub Pages allows. */
export function headersText(host: HostProfile, basePath: string, topNamespaces: readonly string[]): string {
  const base = basePath.slice(0, -1);
  const rules = contentTypes(host, topNamespaces).map(
    ([pattern, type]) => `${base}${pattern}\n  Content-Type: ${type}\n`,
  );
  return `${base}/*\n  Access-Control-Allow-Origin: *\n${rules.join("")}`;
}

/** A redirect of `_redirects`: a path of the site, and an absolute address. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
}

/** The text of `_redirects`; undefined where there is nothing to say. */
export function redirectsText(
  host: HostProfile,
  basePath: string,
  redirects: readonly Redirect[],
): string | undefined {
  // Compared with what a request's path says, not with how it is written.
  const base = decodeURI(basePath.slice(0, -1));
  const rules = redirects.map(({ from, to }) => `${base}/${from} ${to} 302`);
  // Behind all others: Cloudflare counts what follows a rule with a pattern among the patterns, of which it takes 100.
  if (host.redirects?.colons === false)
    rules.push(...COLON_RULES.map((rule) => rule.replaceAll("BASE", base)));
  return rules.length === 0 ? undefined : `${rules.join("\n")}\n`;
}

/**
 * Cloudflare takes `:latest` in a path for a placeholder, which would answer for every other tag, too. So whatever
 * leads to an image lies at a path without a colon there, and these rules lead on to it.
 */
const COLON_RULES = [
  "BASE/v1/imagefile/*::tag BASE/v1/imagefile/:splat/-/:tag 302",
  "BASE/v1/imagefile/*%3A:tag BASE/v1/imagefile/:splat/-/:tag 302",
  "BASE/v2/*/blobs/sha256::hex BASE/v2/:splat/blobs/-:hex 302",
  "BASE/v2/*/blobs/sha256%3A:hex BASE/v2/:splat/blobs/-:hex 302",
];

/** Where an endpoint lies on a host: the index of its folder, or the path that {@link COLON_RULES} lead to. */
export function hostedPath(path: string, host: HostProfile): string {
  if (path.endsWith("/")) return `${path}${host.jsonIndex}`;
  if (host.redirects?.colons !== false) return path;
  return path
    .replace(/^(v1\/imagefile\/[^:]+):(.+)$/, "$1/-/$2")
    .replace(/^(v2\/.+\/blobs\/)sha256:([0-9a-f]{64})$/, "$1-$2");
}
