/** Every folder that a path with slashes lies in, the innermost first. */
export function* foldersAbove(path: string): Iterable<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
    yield path.slice(0, end);
}
