import type { Finding } from "../finding.ts";
import { formatBytes } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { localImages } from "../registry/local-images.ts";
import type { Registry } from "../registry/model.ts";

/** Bytes: above it GitHub refuses a push, and the commit has to be taken out of the branch again. */
const LARGEST_FILE = 100 * 1024 * 1024;

const ON_GITHUB = /^https?:\/\/(?:www\.)?github\.com\//i;

/** Images beside registry.yml that GitHub does not take into a repository, where the registry is in one of GitHub's. */
export function* checkGitSizes({ collections, config, images }: Registry, { host }: Site): Iterable<Finding> {
  const { repository } = config;
  if (repository === undefined ? host.name !== "pages" : !ON_GITHUB.test(repository)) return;
  for (const file of localImages(collections)) {
    const size = images.get(file) ?? 0;
    if (size <= LARGEST_FILE) continue;
    const args = { file, size: formatBytes(size), limit: formatBytes(LARGEST_FILE) };
    yield { code: "git-too-large", file, args };
  }
}
