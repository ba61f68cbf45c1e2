import { lstatSync } from "node:fs";
import { join } from "node:path";
import { messageOf, systemCode } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { readTextFile, statsOf } from "../read-file.ts";
import { ArmorError, armorPublicKeys, readArmoredKeys } from "./armor.ts";
import { sortedEntries } from "./tree-reader.ts";

/** Beside registry.yml. */
export const KEYS_FOLDER = "keys";

const LARGEST_KEY_FILE = 1024 * 1024;

/** The public keys in `keys/*.asc` beside registry.yml, as one armored block; undefined where there are none. */
export function readPublicKeys(root: string): { armored: string | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  const packets = findBadKeys(KEYS_FOLDER, findings, () => keyFiles(root)).flatMap((file) =>
    findBadKeys(file, findings, () => readKeyFile(join(root, file))),
  );
  return { armored: packets.length > 0 ? armorPublicKeys(packets) : undefined, findings };
}

/** What `read` gives; nothing and a finding where it cannot. */
function findBadKeys<T>(file: string, findings: Finding[], read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArmorError) && systemCode(error) === undefined) throw error;
    findings.push({ code: "bad-key", file, args: { reason: messageOf(error) } });
    return [];
  }
}

/** Relative to registry.yml. */
function keyFiles(root: string): string[] {
  const folder = join(root, KEYS_FOLDER);
  const stats = statsOf(folder, lstatSync);
  if (!stats) return [];
  if (!stats.isDirectory()) throw new ArmorError("it is not a folder");
  return sortedEntries(folder)
    .filter(({ name }) => name.endsWith(".asc"))
    .map(({ name }) => `${KEYS_FOLDER}/${name}`);
}

function readKeyFile(path: string): Buffer[] {
  const file = readTextFile(path, LARGEST_KEY_FILE);
  if ("problem" in file) throw new ArmorError(`it cannot be read (${file.problem})`);
  return readArmoredKeys(file.text);
}
