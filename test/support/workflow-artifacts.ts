import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { listFiles } from "./registry.ts";

const REFUSED_IN_NAMES = /[":<>|*?\r\n\\/]/;
const REFUSED_IN_PATHS = /[":<>|*?\r\n]/;

/** The artifacts of one run, with the rules of GitHub's: no file of a name that Windows could not have, no dotfiles. */
export class Artifacts {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  get names(): string[] {
    return readdirSync(this.#folder).sort();
  }

  /** The folder of an artifact's files. */
  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Everything below a folder. Nothing is made where there is none; a name is taken once. */
  upload(name: string, source: string): void {
    if (REFUSED_IN_NAMES.test(name)) throw new Error(`an artifact cannot have the name ${name}`);
    if (this.names.includes(name)) throw new Error(`there is an artifact ${name} already`);
    if (!existsSync(source)) return;
    const files = listFiles(source).filter((file) => !/(?:^|\/)\./.test(file));
    const refused = files.find((file) => REFUSED_IN_PATHS.test(file));
    if (refused !== undefined) throw new Error(`an artifact cannot have a file ${refused}`);
    for (const file of files) copy(join(source, file), join(this.folderOf(name), file));
  }

  /** As {@link upload}, in one archive: names of files do not matter. */
  uploadArchive(name: string, source: string): void {
    for (const file of listFiles(source)) {
      if (!/(?:^|\/)\./.test(file)) copy(join(source, file), join(this.folderOf(name), file));
    }
  }

  /** All artifacts that a pattern such as `image-*` names: one over the other, or each in a folder of its name. */
  download(pattern: string, target: string, isMerged: boolean): void {
    const shape = new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
    for (const name of this.names.filter((each) => shape.test(each)))
      cpSync(this.folderOf(name), isMerged ? target : join(target, name), { recursive: true });
  }
}

/** Links are followed: what an archive has is the file. */
function copy(from: string, to: string): void {
  if (!statSync(from, { throwIfNoEntry: false })?.isFile()) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { dereference: true });
}

/** The folder that a path of `with` names; it has to be below the working folder. */
export function folderBelow(workspace: string, path: string): string {
  const folder = join(workspace, path);
  if (relative(workspace, folder).startsWith(".."))
    throw new Error(`${path} is not below the working folder`);
  return folder;
}
