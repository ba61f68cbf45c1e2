import { join } from "node:path";
import { commitFiles } from "../git/commit-files.ts";
import { HEALTH_FILE, type Health, formatHealth } from "../registry/health.ts";
import { formatDay, plural } from "../format.ts";

export interface CommitHealthOptions {
  /** The folder of registry.yml, in a clone. */
  readonly root: string;
  /** The branch of origin that gains the commit. */
  readonly branch: string;
}

/**
 * Puts health.json alone onto a branch of origin as one commit, whoever else pushes meanwhile, and returns that commit.
 * Throws StowageError ("git").
 */
export function commitHealth(health: Health, { root, branch }: CommitHealthOptions): Promise<string> {
  return commitFiles({
    directory: root,
    remote: "origin",
    branch,
    files: [{ path: join(root, HEALTH_FILE), content: formatHealth(health) }],
    unless: [],
    requires: [],
    message: messageOf(health),
  });
}

function messageOf({ checked, images }: Health): string {
  const failing = images.filter(({ problem }) => problem).length;
  return `Check images on ${formatDay(checked)}\n\n${plural(images.length, "image")}, ${failing} failing\n`;
}
