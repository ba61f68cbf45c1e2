import { decodeBase64 } from "./base64.ts";

/** A text that was signed so that people can read it (RFC 9580, section 7). */
export interface ClearText {
  readonly text: string;
  /** The packets of the signature; empty where they cannot be read. */
  readonly signature: Uint8Array;
}

const BEGIN_TEXT = "-----BEGIN PGP SIGNED MESSAGE-----\n";
const BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n";
const END_SIGNATURE = "-----END PGP SIGNATURE-----";

/** Parts a message; undefined where it is none. */
export function readClearText(message: string): ClearText | undefined {
  if (!message.startsWith(BEGIN_TEXT)) return undefined;
  // There may be no headers: then the empty line follows at once.
  const [, text] = partAt(message.slice(BEGIN_TEXT.length - 1), "\n\n");
  const [signed, armor] = partAt(text, `\n${BEGIN_SIGNATURE}`);
  const [packets] = partAt(armor, END_SIGNATURE);
  return { text: signed.replaceAll(/^- /gm, ""), signature: decodeArmor(packets) };
}

/** What stands before a separator and behind it; all and nothing where there is none. */
function partAt(text: string, separator: string): [before: string, behind: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Headers, an empty line, lines of base64, perhaps a checksum behind `=`. */
function decodeArmor(armor: string): Uint8Array {
  const lines = armor.split("\n").map((line) => line.trim());
  const body = lines.slice(lines.indexOf("") + 1).filter((line) => !line.startsWith("="));
  return decodeBase64(body.join("")) ?? new Uint8Array();
}
