import { StowageError } from "../errors.ts";
import { mergeBase } from "./changed-paths.ts";
import { askGit, git } from "./git.ts";

/**
 * The texts of files as they were where the branch left `revision`; those that were not there, or were no files, are
 * left out. Paths are relative to `root`, as changedPaths gives them. One git reads them all. Throws StowageError ("git")
 * for a path with a line end, which git would take for two, and where they are hundreds of MiB together.
 */
export async function filesBefore(
  root: string,
  revision: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const commit = await mergeBase(root, revision);
  const prefix = await git(root, ["rev-parse", "--show-prefix"]);
  const names = paths.map((path) => `${commit}:${prefix}${path}`);
  const broken = names.find((name) => /[\n\r]/.test(name));
  if (broken !== undefined) throw new StowageError("git", `${broken}: git cannot be asked for this path`);
  const input = names.map((name) => `${name}\n`).join("");
  // A character a byte: sizes are counted in bytes.
  const { stdout } = await askGit(root, ["cat-file", "--batch"], { input, encoding: "latin1" });
  return readBatch(stdout, paths);
}

/** `<id> <type> <size>`, a line end, the content and another; or `<name> missing` and the like. */
function readBatch(answer: string, paths: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let position = 0;
  for (const path of paths) {
    const end = answer.indexOf("\n", position);
    const header = answer.slice(position, end);
    position = end + 1;
    const [, type, size] = /^[0-9a-f]{40,64} (\w+) (\d+)$/.exec(header) ?? [];
    if (size === undefined) continue;
    const content = answer.slice(position, position + Number(size));
    position += Number(size) + 1;
    if (type === "blob") files.set(path, Buffer.from(content, "latin1").toString());
  }
  return files;
}
