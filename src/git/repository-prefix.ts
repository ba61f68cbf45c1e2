import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * Where a folder lies in its git repository: empty for the root of one, and where there is none; else with slashes, the
 * last at its end. Asks no git, which may not be there.
 */
export function repositoryPrefix(folder: string): string {
  const start = realpathSync(folder);
  for (let path = start; ; path = dirname(path)) {
    if (existsSync(join(path, ".git")))
      return path === start ? "" : `${relative(path, start).replaceAll(sep, "/")}/`;
    if (path === dirname(path)) return "";
  }
}
