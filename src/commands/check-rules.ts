import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkPullRequest } from "../check/check-pull-request.ts";
import { checkRecordChanges, filesToCompare } from "../check/check-record-changes.ts";
import { checkRegistry } from "../check/check-registry.ts";
import { sourceReader } from "../check/sources.ts";
import type { Finding } from "../finding.ts";
import { changedBefore } from "../git/changed-paths.ts";
import { filesBefore } from "../git/files-before.ts";
import { siteOf } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { publicRegistry } from "../registry/scan.ts";
import { readLinks } from "../site/markdown.ts";
import { servedPaths } from "../site/served-paths.ts";
import { type HostOptions, siteOptions } from "./options.ts";
import type { ChangeOptions } from "./selection.ts";

/** What is wrong with a registry, whatever changed in it. */
export function standingFindings(
  registry: Registry,
  options: ChangeOptions & HostOptions & { readonly now: () => Date },
): Finding[] {
  const served = publicRegistry(registry);
  const site = siteOf(served, siteOptions(options));
  const links = { basePath: site.basePath, readLinks, isServed: servedPaths(served) };
  const today = options.now().toISOString().slice(0, "2026-01-31".length);
  return [...checkRegistry(registry, site, { today, readSource: sourceReader(options.root), links })];
}

/** What a pull request that touches these paths must not do; nothing where there is none. */
export async function changeFindings(
  registry: Registry,
  paths: readonly string[] | undefined,
  options: ChangeOptions,
): Promise<Finding[]> {
  if (!paths) return [];
  const { root, changedFrom = "" } = options;
  const before = await filesBefore(root, changedFrom, filesToCompare(registry, paths));
  return [
    ...checkPullRequest(registry, paths, await frozenBefore(options, paths)),
    ...checkRecordChanges(registry, paths, (file) => before.get(file), sourceReader(root)),
  ];
}

/** Whether a folder had a .frozen where the branch began. */
async function frozenBefore(
  { root, changedFrom = "" }: ChangeOptions,
  paths: readonly string[],
): Promise<(folder: string) => boolean> {
  const before = new Set(await changedBefore(root, changedFrom));
  const changed = new Set(paths);
  return (folder) => {
    const file = `${folder}/.frozen`;
    return changed.has(file) ? before.has(file) : existsSync(join(root, file));
  };
}
