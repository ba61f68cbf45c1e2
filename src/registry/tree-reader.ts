import { readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join, sep } from "node:path";
import type { Finding, FindingCode } from "../finding.ts";
import { type FileText, readTextFile, withoutByteOrderMark } from "../read-file.ts";

/** The largest README.md or definition file that is read, in bytes: an essay is 300 kB, an attack 50 MB. */
export const LARGEST_TEXT = 1024 * 1024;

/** A folder's entries in code-point order of their names. Throws where the folder cannot be read. */
export function sortedEntries(directory: string): Dirent[] {
  return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads folders and files of one tree without ever leaving it, and collects what is wrong with them. */
export class TreeReader {
  /** The tree's real path. */
  readonly directory: string;
  /** What findings call that folder: its path relative to registry.yml. */
  readonly label: string;
  readonly findings: Finding[] = [];

  constructor(directory: string, label: string) {
    this.directory = directory;
    this.label = label;
  }

  /** A path as findings name it: relative to registry.yml, with slashes. */
  labelOf(path: string): string {
    const below = path.slice(this.directory.length + 1).replaceAll(sep, "/");
    return this.label === "." ? below : `${this.label}/${below}`;
  }

  report(code: FindingCode, path: string, args: Readonly<Record<string, string>> = {}): void {
    this.findings.push({ code, file: this.labelOf(path), args });
  }

  /** A folder's entries, sorted; a folder that cannot be read is a finding and has none. */
  list(directory: string): Dirent[] {
    try {
      return sortedEntries(directory);
    } catch {
      this.report("unreadable", directory);
      return [];
    }
  }

  /** Two names that differ by case alone are one on many disks, and to the sregistry client. */
  checkCase(directory: string, entries: readonly Dirent[]): void {
    const seen = new Map<string, string>();
    for (const { name } of entries) {
      const folded = name.toLowerCase();
      const other = seen.get(folded);
      if (other === undefined) seen.set(folded, name);
      else this.report("case-clash", join(directory, name), { name, other });
    }
  }

  /** A README's text without a byte-order mark; see {@link readFile}. */
  readText(entry: Dirent, path: string): string | undefined {
    const file = this.readFile(entry, path);
    return file && withoutByteOrderMark(file.text);
  }

  /** A text file of the tree. Undefined, with a finding, where it is none, too large or not readable. */
  readFile(entry: Dirent, path: string): Extract<FileText, { text: string }> | undefined {
    const target = this.resolveLink(entry, path);
    if (target === undefined) return undefined;
    const file = readTextFile(target, LARGEST_TEXT);
    if ("problem" in file) {
      const limit = `${LARGEST_TEXT / 1024 / 1024} MiB`;
      this.report(file.problem === "missing" ? "unreadable" : file.problem, path, {
        limit,
        size: String(file.size),
      });
      return undefined;
    }
    if (file.notUtf8) this.report("not-utf8", path);
    return file;
  }

  /** Whether an entry is a folder of the tree, directly or through a link that stays in the tree. */
  isFolder(entry: Dirent, path: string): boolean {
    if (entry.isDirectory()) return true;
    if (!entry.isSymbolicLink()) return false;
    const target = this.resolveLink(entry, path);
    return target !== undefined && statSync(target).isDirectory();
  }

  /** The real path of an entry. Undefined, with a finding, for a link that leads nowhere or out of the tree. */
  resolveLink(entry: Dirent, path: string): string | undefined {
    if (!entry.isSymbolicLink()) return path;
    try {
      const target = realpathSync(path);
      if (target.startsWith(this.directory + sep) && !this.#isHidden(target)) return target;
    } catch {
      // A circle, or nothing there: the same finding.
    }
    this.report("symbolic-link", path, { name: entry.name });
    return undefined;
  }

  /** Whether a real path lies in a folder that the walk passes over, such as `.git`, which may hold secrets. */
  #isHidden(path: string): boolean {
    const segments = path.slice(this.directory.length + 1).split(sep);
    return segments.some((segment) => segment.startsWith(".")) || this.passesOver(segments[0] ?? "");
  }

  /** Whether a folder of the tree's top is none of the tree: hidden, generated or installed. */
  passesOver(name: string): boolean {
    const isRepositoryRoot = this.label === ".";
    return name.startsWith(".") || (isRepositoryRoot && (name.startsWith("_") || name === "node_modules"));
  }
}
