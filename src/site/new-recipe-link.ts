/** What a path of a new recipe is made of, for somebody to replace. */
const EXAMPLE_PATH = "my-namespace/my-tool/manifests/1.0/Singularity";

const EXAMPLE_TEXT = `Bootstrap: docker
From: debian:12-slim

%post
    apt-get update
    apt-get install --yes --no-install-recommends hello

%runscript
    exec hello "$@"
`;

/** Where a new recipe is written in a browser. */
export interface NewRecipeLink {
  readonly forge: string;
  readonly href: string;
}

/**
 * The page of a forge that begins a new file, with a recipe to begin with; undefined where the forge is none that we
 * know. `HEAD` stands for the default branch; who may not write to it is led to a fork and a pull request.
 *
 *     newRecipeLink("https://github.com/lab/registry", "registry")
 */
export function newRecipeLink(repository: string | undefined, tree: string): NewRecipeLink | undefined {
  if (repository === undefined) return undefined;
  const { hostname } = new URL(repository);
  const base = repository.replace(/(?:\.git)?\/*$/, "");
  const path = tree === "." ? EXAMPLE_PATH : `${tree}/${EXAMPLE_PATH}`;
  if (hostname === "github.com") {
    const query = new URLSearchParams({ filename: path, value: EXAMPLE_TEXT });
    return { forge: "GitHub", href: `${base}/new/HEAD?${query.toString()}` };
  }
  if (hostname === "gitlab.com" || hostname.startsWith("gitlab.")) {
    const query = new URLSearchParams({ file_name: path });
    return { forge: "GitLab", href: `${base}/-/new/HEAD?${query.toString()}` };
  }
  return undefined;
}
