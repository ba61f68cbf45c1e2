import { StowageError } from "../errors.ts";
import { isSif, readHeader } from "../sif/header.ts";
import { bufferSource } from "../sif/source.ts";
import type { Claim } from "./named-image.ts";
import { type Trouble, notSif, wrongArchitecture } from "./trouble.ts";

/** Bytes of an image that say what it is. */
export const HEADER_LENGTH = 128;

/** What the first bytes of a file say it is. */
export type Beginning =
  | { readonly architecture?: string }
  | { readonly found: string; readonly mayBeOlder: boolean };

/** Reads the first {@link HEADER_LENGTH} bytes of what should be an image. */
export async function readBeginning(bytes: Buffer): Promise<Beginning> {
  if (!isSif(bytes)) return { found: "it does not begin as a SIF file does", mayBeOlder: isOlder(bytes) };
  try {
    return await readHeader(bufferSource(bytes));
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    return { found: "its header is damaged", mayBeOlder: false };
  }
}

/** What Singularity 2 built: a squashfs, with or without a line before it that makes it a program. */
function isOlder(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, 4);
  return start === "hsqs" || start.startsWith("#!");
}

/** What is wrong with a file that begins so, by one record. */
export function beginningTrouble(beginning: Beginning, claim: Claim): Trouble | undefined {
  if ("found" in beginning)
    return claim.schema === 2019 && beginning.mayBeOlder ? undefined : notSif(beginning.found);
  const { architecture } = beginning;
  if (architecture === undefined || claim.architecture === undefined || architecture === claim.architecture)
    return undefined;
  return wrongArchitecture(architecture, claim.architecture);
}
