/** Where a forge shows a file of the registry's repository, and how the forge is called. */
export interface ForgeLink {
  readonly name: string;
  readonly href: string;
}

interface Forge {
  readonly name: string;
  readonly isHost: (host: string) => boolean;
  /** GitLab has groups in groups. */
  readonly mostSegments: number;
  /** What stands between a repository and a path, whatever its default branch is called. */
  readonly file: string;
  readonly folder: string;
}

const FORGES: readonly Forge[] = [
  {
    name: "GitHub",
    isHost: (host) => host === "github.com",
    mostSegments: 2,
    file: "blob/HEAD",
    folder: "tree/HEAD",
  },
  {
    name: "GitLab",
    isHost: (host) => host === "gitlab.com" || host.startsWith("gitlab."),
    mostSegments: 20,
    file: "-/blob/HEAD",
    folder: "-/tree/HEAD",
  },
  giteaAt("Codeberg", (host) => host === "codeberg.org"),
  giteaAt("Gitea", (host) => host === "gitea.com" || host.startsWith("gitea.")),
  giteaAt("Forgejo", (host) => host.startsWith("forgejo.")),
];

function giteaAt(name: string, isHost: Forge["isHost"]): Forge {
  return { name, isHost, mostSegments: 2, file: "src/branch/HEAD", folder: "src/branch/HEAD" };
}

/**
 * Where somebody can change a file or folder (relative to registry.yml, which is taken to lie at the repository's root).
 * Undefined where the forge is not known, or the path lies elsewhere.
 *
 *     forgeLink("https://github.com/lab/registry.git", "registry/lab/tool/README.md", "file")
 */
export function forgeLink(
  repository: string | undefined,
  path: string,
  kind: "file" | "folder",
): ForgeLink | undefined {
  if (repository === undefined || !URL.canParse(repository) || isAbsolute(path)) return undefined;
  const { protocol, host, pathname } = new URL(repository);
  const forge = FORGES.find(({ isHost }) => isHost(host));
  const segments = pathname
    .replace(/(?:\.git)?\/*$/, "")
    .split("/")
    .slice(1);
  const isRepository = segments.length > 1 && segments.every((segment) => segment !== "" && segment !== "-");
  if (!forge || !isRepository || segments.length > forge.mostSegments || protocol !== "https:")
    return undefined;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return { name: forge.name, href: `https://${host}/${segments.join("/")}/${forge[kind]}/${encoded}` };
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:/.test(path);
}
