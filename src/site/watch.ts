import { once } from "node:events";
import { watch as watchFiles } from "chokidar";
import { join, relative, sep } from "node:path";

export interface WatchOptions {
  readonly root: string;
  /** The tree's folder. */
  readonly tree: string;
}

/** How long it must be quiet before a change counts, in milliseconds: an editor writes a file in several steps. */
const QUIET = 120;

/**
 * Calls `onChange` when the tree, the templates or registry.yml change: never twice at once, and once more where
 * something changed meanwhile. Returns how to stop.
 */
export async function watchRegistry(
  { root, tree }: WatchOptions,
  onChange: () => Promise<void>,
): Promise<() => Promise<void>> {
  const paths = [tree, join(root, "templates"), join(root, "registry.yml")];
  const watcher = watchFiles(paths, { ignoreInitial: true, followSymlinks: false, ignored: isHidden(tree) });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const run = () => {
    timer = undefined;
    if (running) return schedule();
    running = onChange().finally(() => (running = undefined));
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(run, QUIET);
  };
  watcher.on("all", schedule);
  await once(watcher, "ready");
  return async () => {
    clearTimeout(timer);
    await watcher.close();
    await running;
  };
}

/** Where the tree is a repository's root: what is hidden, generated or installed there is none of it. */
function isHidden(tree: string): (path: string) => boolean {
  return (path) => {
    const [first = ""] = relative(tree, path).split(sep);
    return first !== ".." && /^(?:\..*|_.*|node_modules)$/.test(first);
  };
}
