import { existsSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { type Finding, type FindingCode, compareFindings } from "../finding.ts";
import { statsOf } from "../read-file.ts";
import { FindingsError } from "./findings-error.ts";
import { type Config, readConfig } from "./config.ts";
import { readHealth } from "./health.ts";
import { healthOf } from "./health-report.ts";
import { checkLocalImages, storedImages } from "./local-images.ts";
import type { Collection, Registry } from "./model.ts";
import { readPublicKeys } from "./public-keys.ts";
import { NO_README, parseCollectionReadme } from "./readme.ts";
import { type CollectionName, type NameProblem, namespaceProblem, segmentProblem } from "./reference.ts";
import { scanTags } from "./scan-tags.ts";
import { updatedOf } from "./summary.ts";
import { TreeReader, sortedEntries } from "./tree-reader.ts";

/** Where a registry lies. */
export interface ScanOptions {
  /** The folder of registry.yml (which may be missing). */
  readonly root: string;
  /** The tree's folder; default: what registry.yml says, else `registry` beside it. */
  readonly tree?: string;
  /** A tree without a collection, or none at all, is no error: the first one is about to be written. */
  readonly mayBeEmpty?: boolean;
}

/** Stands in every site that Stowage wrote: such a folder may be replaced, and is never read as a tree. */
export const SITE_MARKER = ".stowage-site";

/** OCI's limit for the name of a repository. */
const LONGEST_NAME = 255;

/**
 * Reads a tree into a Registry: one sorted walk, each file read once. A folder that holds `manifests/` is a
 * collection; it may hold further collections. What is wrong with an entry becomes a finding and the entry is left
 * out. Throws StowageError where there is no tree, or no collection in it, or registry.yml is wrong.
 *
 *     scanRegistry({ root: "." }).collections[0]?.name   // "vanessa/greeting"
 */
export function scanRegistry(options: ScanOptions): Registry {
  const config = readConfig(options.root);
  if (options.mayBeEmpty && !existsSync(treeFolder(options, config))) return emptyRegistry(config);
  const walk = new Walk(options.root, realTree(options, config));
  walk.readNamespace(walk.reader.directory, []);
  const collections = walk.collections.sort((a, b) => (a.name < b.name ? -1 : 1));
  const images = storedImages(options.root, collections);
  const keys = readPublicKeys(options.root);
  const { health, findings: healthFindings } = readHealth(options.root);
  const findings = [
    ...walk.reader.findings,
    ...checkLocalImages(collections, images),
    ...keys.findings,
    ...healthFindings,
  ].sort(compareFindings);
  if (collections.length === 0 && !options.mayBeEmpty) throw emptyTree(walk.reader.label, findings);
  const publicKeys = keys.armored;
  return {
    config,
    collections,
    images,
    ...(publicKeys !== undefined && { publicKeys }),
    ...(health && { health }),
    findings,
  };
}

function emptyRegistry(config: Config): Registry {
  return { config, collections: [], images: new Map(), findings: [] };
}

/** The registry without what must not be served. */
export function publicRegistry(registry: Registry): Registry {
  const collections = registry.collections.filter(({ isPrivate }) => !isPrivate);
  const { health } = registry;
  return { ...registry, collections, ...(health && { health: healthOf(health, collections) }) };
}

/** The tree's folder, which may not exist. */
export function treeFolder({ root, tree }: ScanOptions, config: Config): string {
  return tree ?? join(root, config.tree ?? "registry");
}

function realTree(options: ScanOptions, config: Config): string {
  const directory = treeFolder(options, config);
  try {
    const path = realpathSync(directory);
    if (statSync(path).isDirectory()) return path;
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw noTree(directory, messageOf(error));
  }
  throw noTree(directory, "there is no such folder");
}

function noTree(directory: string, reason: string): StowageError {
  const remedy = "name it with --tree, or set tree: in registry.yml";
  return new StowageError("tree", `no tree at ${directory}: ${reason}; ${remedy}`);
}

function emptyTree(label: string, findings: readonly Finding[]): StowageError {
  if (findings.length > 0) return new FindingsError(findings, `${label}: no collection in it can be served`);
  return new StowageError(
    "tree",
    `${label}: no collection in it; expected ${join(label, "<namespace>/<collection>/manifests/<tag>/Singularity")} (stowage new makes one)`,
  );
}

/** One walk over one tree. */
class Walk {
  readonly collections: Collection[] = [];
  readonly reader: TreeReader;

  constructor(root: string, directory: string) {
    const fromRoot = relative(realpathSync(root), directory);
    const isInside = fromRoot !== ".." && !fromRoot.startsWith(`..${sep}`);
    this.reader = new TreeReader(
      directory,
      isInside ? fromRoot.replaceAll(sep, "/") || "." : resolve(directory),
    );
  }

  /** Reads all below a folder that is the namespace made of `segments` (none: the tree itself). */
  readNamespace(directory: string, segments: readonly string[]): void {
    const entries = this.reader.list(directory);
    if (entries.some(({ name }) => name === SITE_MARKER)) return;
    const manifests = entries.find(({ name }) => name === "manifests");
    if (segments.length > 0 && manifests?.isDirectory()) this.#readCollection(directory, segments, entries);
    const folders = entries.filter((entry) => this.#isNamespaceEntry(entry, directory, segments.length));
    this.reader.checkCase(directory, folders);
    for (const entry of folders) this.#descend(entry, join(directory, entry.name), segments);
  }

  /** What may be a namespace or a collection, or a link to one. */
  #isNamespaceEntry(entry: Dirent, directory: string, depth: number): boolean {
    const { name } = entry;
    const path = join(directory, name);
    if (entry.isSymbolicLink())
      return !name.startsWith(".") && name !== "README.md" && !statsOf(path)?.isFile();
    if (!entry.isDirectory()) return false;
    if (depth === 0) return !this.reader.passesOver(name);
    if (name.startsWith(".") || name === "manifests") return false;
    // A collection's tags/ is a mark of 2019, unless somebody meant a collection of that name.
    return name !== "tags" || leadsToManifests(path);
  }

  #descend(entry: Dirent, path: string, parents: readonly string[]): void {
    if (entry.isSymbolicLink()) return this.reader.report("symbolic-link", path, { name: entry.name });
    const parent = parents.at(-1);
    const problem =
      segmentProblem(entry.name, parents.length) ??
      (parent === undefined ? undefined : namespaceProblem(parent));
    const segments = [...parents, entry.name];
    if (!problem && segments.join("/").length <= LONGEST_NAME) return this.readNamespace(path, segments);
    if (leadsToManifests(path)) this.#reportName(path, entry.name, problem);
  }

  #reportName(path: string, name: string, problem: NameProblem | undefined): void {
    const { code, expected } = problem ?? {
      code: "bad-name" as FindingCode,
      expected: `at most ${LONGEST_NAME} characters in all`,
    };
    this.reader.report(code, path, { name, expected });
  }

  #readCollection(directory: string, segments: readonly string[], entries: readonly Dirent[]): void {
    if (segments.length < 2) {
      // In a repository's root a folder with manifests/ may be anything.
      if (this.reader.label !== ".")
        this.reader.report("no-namespace", directory, { name: segments.join("/") });
      return;
    }
    const readme = this.#readReadme(directory, entries);
    if (!readme) return;
    const tags = scanTags(this.reader, join(directory, "manifests"));
    const name = segments.join("/") as CollectionName;
    const updated = updatedOf(tags);
    const folder = this.reader.labelOf(directory);
    this.collections.push({ name, folder, ...readme, ...(updated !== undefined && { updated }), tags });
  }

  /** Undefined: the README.md cannot be trusted, and the collection is withheld (see parseCollectionReadme). */
  #readReadme(
    directory: string,
    entries: readonly Dirent[],
  ): ReturnType<typeof parseCollectionReadme>["value"] {
    const entry = entries.find(({ name }) => name === "README.md");
    if (!entry) return NO_README;
    const path = join(directory, entry.name);
    const text = this.reader.readText(entry, path);
    if (text === undefined) return undefined;
    const { value, findings } = parseCollectionReadme(text, this.reader.labelOf(path));
    this.reader.findings.push(...findings);
    return value;
  }
}

/** How many folders a badly named one is searched for what makes it worth a finding. */
const SEARCHED_FOLDERS = 10_000;

function leadsToManifests(directory: string): boolean {
  const waiting = [directory];
  for (let count = 0; count < SEARCHED_FOLDERS; count++) {
    const next = waiting.pop();
    if (next === undefined) return false;
    const folders = listFolders(next);
    if (!folders || folders.includes("manifests")) return true;
    waiting.push(...folders.map((name) => join(next, name)));
  }
  return true;
}

/** Undefined where the folder cannot be read: then it is worth a finding, too. */
function listFolders(directory: string): string[] | undefined {
  try {
    const entries = sortedEntries(directory).slice(0, SEARCHED_FOLDERS);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return undefined;
  }
}
