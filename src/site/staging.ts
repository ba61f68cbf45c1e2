import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { once } from "node:events";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { FileWriter } from "./file-writer.ts";
import { SITE_MARKER } from "../registry/scan.ts";

const MARKER_TEXT = "This folder was written by Stowage, which replaces it as a whole.\n";

/** One file of a site. */
export interface SiteFile {
  /** Relative to the site, with slashes. */
  readonly path: string;
  /** What it holds, or the file that it is (an image is linked rather than copied), or another path of the site. */
  readonly source:
    | { readonly body: string | Buffer }
    | { readonly file: string; readonly isImage?: true }
    | { readonly sameAs: string };
  /** Another spelling of a file's path, left out where the disk takes both for one. */
  readonly isAlias?: true;
}

/**
 * A site on its way: files are written into a folder beside the old site, and `commit` puts it in the old one's
 * place. Until then the old site is untouched; a killed run leaves a stray folder that the next run removes.
 */
export class Staging {
  readonly #out: string;
  readonly #directory: string;
  readonly #writer: FileWriter;
  fileCount = 0;

  private constructor(out: string, directory: string) {
    this.#out = out;
    this.#directory = directory;
    this.#writer = new FileWriter(directory);
  }

  /** Throws StowageError where `out` holds anything that Stowage did not write. */
  static open(out: string): Staging {
    try {
      const target = realTarget(out);
      refuseForeign(target, out);
      mkdirSync(dirname(target), { recursive: true });
      removeStrays(target);
      const directory = `${strayPrefix(target)}${process.pid}-${randomBytes(4).toString("hex")}`;
      mkdirSync(directory);
      const staging = new Staging(target, directory);
      staging.add({ path: SITE_MARKER, source: { body: MARKER_TEXT } });
      return staging;
    } catch (error) {
      if (error instanceof StowageError) throw error;
      throw new StowageError("output", `${out}: cannot be written: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Puts a file into the site. Throws where two things claim one path. */
  add({ path, source, isAlias }: SiteFile): void {
    if (isAlias && this.#ignoresCase()) return;
    if ("body" in source) this.#writer.write(path, source.body);
    else if ("sameAs" in source) linkOrCopy(join(this.#directory, source.sameAs), this.#writer.prepare(path));
    else if (source.isImage) linkOrCopy(source.file, this.#writer.prepare(path));
    else copyFileSync(source.file, this.#writer.prepare(path), constants.COPYFILE_EXCL);
    this.fileCount++;
  }

  /** As disks of macOS and Windows do. */
  #ignoresCase(): boolean {
    return existsSync(join(this.#directory, SITE_MARKER.toUpperCase()));
  }

  /** Puts the finished site in the old one's place. */
  async commit(): Promise<void> {
    try {
      await this.#writer.finish();
      await swap(this.#directory, this.#out);
    } catch (error) {
      throw new StowageError("output", `${this.#out}: cannot be replaced: ${messageOf(error)}`, {
        cause: error,
      });
    }
    removeStrays(this.#out);
  }

  async discard(): Promise<void> {
    await this.#writer.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A hard link, or a copy where the file lies on another file system. */
function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes(systemCode(error) ?? "")) throw error;
    copyFileSync(source, target, constants.COPYFILE_EXCL);
  }
}

/** Where `--out` really is: a link to a folder is replaced behind the link. */
function realTarget(out: string): string {
  const path = resolve(out);
  return existsSync(path) ? realpathSync(path) : path;
}

function refuseForeign(target: string, out: string): void {
  const stats = lstatSync(target, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isDirectory()) {
    throw new StowageError("output", `${out}: is not a folder; name another with --out`);
  }
  const entries = readdirSync(target);
  if (entries.length > 0 && !entries.includes(SITE_MARKER)) {
    throw new StowageError(
      "output",
      `${out}: holds files that Stowage did not write, so it is left alone; name another folder with --out, or empty this one`,
    );
  }
}

/** Another machine may share the disk, and its processes cannot be asked whether they live. */
function strayPrefix(target: string): string {
  const host = hostname().replaceAll(/[^A-Za-z0-9]/g, "_");
  return join(dirname(target), `.${basename(target)}.stowage-${host}-`);
}

/** Removes what this run put aside and what killed runs on this machine left beside the site. */
function removeStrays(target: string): void {
  const prefix = basename(strayPrefix(target));
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    const isOurs = pid === process.pid && name.endsWith(PUT_ASIDE);
    if (isOurs || !isAlive(pid)) removeWhole(join(dirname(target), name));
  }
}

/** Ends the name of an old site that has been replaced. */
const PUT_ASIDE = "-old";

/** Takes the folder away under another name first, so that nobody ever puts half a folder in a site's place. */
function removeWhole(directory: string): void {
  const doomed = `${directory}-${randomBytes(4).toString("hex")}${PUT_ASIDE}`;
  if (tryRename(directory, doomed)) rmSync(doomed, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/**
 * Moves `staged` to `out`, and what was there aside. No portable call exchanges two folders, so there are two
 * renames; a process of its own, out of reach of whoever kills this one, does them, so that no kill falls between.
 */
async function swap(staged: string, out: string): Promise<void> {
  if (tryRename(staged, out)) return;
  const child = spawn(process.execPath, ["-e", SWAP_SCRIPT, staged, out, PUT_ASIDE], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {},
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(complaint.trim());
}

/** False where something is in the way: a rename replaces nothing but an empty folder. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "ENOENT"].includes(systemCode(error) ?? "")) return false;
    throw error;
  }
}

/**
 * Another run may put its own site in between the two renames: then that one is moved away in turn. If the second
 * rename fails for any other reason, the old site goes back.
 */
const SWAP_SCRIPT = `
const { renameSync, existsSync } = require("node:fs");
const [staged, out, suffix] = process.argv.slice(1);
for (let attempt = 0; ; attempt++) {
  const old = staged + "-" + attempt + suffix;
  try { renameSync(out, old); } catch (error) { if (error.code !== "ENOENT") throw error; }
  try { renameSync(staged, out); break; } catch (error) {
    const isTaken = error.code === "ENOTEMPTY" || error.code === "EEXIST";
    if (isTaken && attempt < 100) continue;
    if (!isTaken && existsSync(old)) renameSync(old, out);
    throw error;
  }
}
`;
