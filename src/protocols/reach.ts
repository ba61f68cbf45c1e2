import { schemeOf } from "./pull-line.ts";
import type { PullTarget } from "./target.ts";

/** Why a path of the site cannot lead to an image: the site neither keeps it nor redirects to where it lies. */
export function reachProblem({ image, site }: Pick<PullTarget, "image" | "site">): string | undefined {
  if (image.path !== undefined) return undefined;
  if (!URL.canParse(image.url)) return "the image's address is not one that can be redirected to";
  const { redirects, title } = site.host;
  if (!redirects) return `the image lies elsewhere, and ${title} cannot redirect to it`;
  const scheme = schemeOf(image.url);
  const canRedirect = scheme === "https" || (scheme === "http" && redirects.http);
  if (!canRedirect) return `the image lies at ${scheme}://, and ${title} cannot redirect there`;
  if (image.url.length > (redirects.longestTarget ?? Infinity))
    return `the image's address has more characters than ${title} takes in a redirect`;
  const isChanged = !redirects.doubleSlash && /^https?:\/\/[^/]*\/\//.test(image.url);
  return isChanged ? `${title} would leave out a slash of the image's address` : undefined;
}
