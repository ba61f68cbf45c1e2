import { posix } from "node:path";

/**
 * A finding's file, which is relative to registry.yml, as a path from the root of the repository, where the folder of
 * registry.yml is `prefix` (empty, or with a slash at its end). A file outside of all keeps its absolute path.
 */
export function repositoryPath(file: string, prefix: string): string {
  return posix.isAbsolute(file) ? file : posix.join(prefix, file);
}
