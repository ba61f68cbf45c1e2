import { once } from "node:events";
import { watch as watchFiles } from "chokidar";
import { join, relative, resolve, sep } from "node:path";
import { KEYS_FOLDER } from "../registry/public-keys.ts";

export interface WatchOptions {
  readonly root: string;
  /** The tree's folder. */
  readonly tree: string;
  /** The site's folder, which may lie inside the tree. */
  readonly out: string;
}

/** How long it must be quiet before a change counts, in milliseconds: an editor writes a file in several steps. */
const QUIET = 120;

/** A watch that is under way. */
export interface RegistryWatch {
  /** Rejects with what `onChange` threw. */
  readonly failure: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Calls `onChange` when the tree, the templates, the keys or registry.yml change: never twice at once, and once more where
 * something changed meanwhile.
 */
export async function watchRegistry(
  { root, tree, out }: WatchOptions,
  onChange: () => Promise<void>,
): Promise<RegistryWatch> {
  const paths = [tree, join(root, "templates"), join(root, "registry.yml"), join(root, KEYS_FOLDER)];
  const watcher = watchFiles(paths, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: isHidden(tree, out),
  });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let fail: (reason: unknown) => void;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  const run = () => {
    timer = undefined;
    if (running) return schedule();
    running = onChange()
      .catch((error: unknown) => fail(error))
      .finally(() => (running = undefined));
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(run, QUIET);
  };
  watcher.on("all", schedule);
  await once(watcher, "ready");
  return {
    failure,
    async stop() {
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}

/**
 * Where the tree is a repository's root: what is hidden, generated or installed there is none of it. Nor are images:
 * a site links them, which counts as a change of theirs, and it would be built for ever.
 */
function isHidden(tree: string, out: string): (path: string) => boolean {
  const site = resolve(out);
  return (path) => {
    if (resolve(path) === site) return true;
    const [first = ""] = relative(tree, path).split(sep);
    return first !== ".." && /^(?:\..*|_.*|images|node_modules)$/.test(first);
  };
}
