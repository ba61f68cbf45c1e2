import { memberOf, parseJson } from "../json.ts";
import { decodeBase64 } from "./base64.ts";
import { readClearText } from "./clear-text.ts";
import { decodeText } from "./fields.ts";
import { issuerOf } from "./issuer.ts";
import type { SifObject } from "./objects.ts";

/** What a signature in an image claims. Nothing of it was verified. */
export interface SifSignature {
  /** The id of the object that it is. */
  readonly id: number;
  /** `legacy`: made before apptainer, and singularity 3.6; it does not cover the descriptors. */
  readonly format: "pgp" | "dsse" | "legacy" | "unknown";
  /** Of the signer's OpenPGP key, in upper-case hexadecimal digits. */
  readonly fingerprint?: string;
  /** What else names the signers' keys: those of a DSSE envelope. */
  readonly keys?: readonly string[];
  readonly hash?: string;
  /** The group that it is about. */
  readonly group?: number;
  /** The ids of the objects that it covers, ascending. */
  readonly objects: readonly number[];
}

/** A signature, and what is odd about it. */
export interface ReadSignature {
  readonly signature: SifSignature;
  readonly problems: readonly string[];
}

/** The type of what a DSSE envelope in an image holds. */
const METADATA_TYPE = "application/vnd.sylabs.sif-metadata+json";
const LEGACY_TEXT = "SIFHASH:\n";
/** A stranger's list is not followed for ever: no table has more objects. */
const MOST_NAMED = 1024;

/** Reads what a signature covers; without its bytes, only what its descriptor says. */
export function readSignature(
  object: SifObject,
  bytes: Uint8Array | undefined,
  objects: readonly SifObject[],
): ReadSignature {
  const { format, text, issuer, keys = [] } = bytes ? messageIn(decodeText(bytes)) : NOTHING;
  const covered = format === "legacy" ? targetsOf(object, objects) : namedIn(text, object, objects);
  const fingerprint = object.fingerprint ?? issuer;
  const group = object.link && "group" in object.link ? object.link.group : undefined;
  return {
    signature: {
      id: object.id,
      format,
      ...(fingerprint !== undefined && { fingerprint }),
      ...(keys.length > 0 && { keys }),
      ...(object.hash !== undefined && { hash: object.hash }),
      ...(group !== undefined && { group }),
      objects: covered,
    },
    problems: problemsOf(object, { issuer, covered, format, isRead: bytes !== undefined }, objects),
  };
}

interface Message {
  readonly format: SifSignature["format"];
  readonly text: string;
  readonly issuer?: string | undefined;
  readonly keys?: readonly string[];
}

const NOTHING: Message = { format: "unknown", text: "" };

function messageIn(signature: string): Message {
  const clear = readClearText(signature);
  if (clear) {
    const format = clear.text.startsWith(LEGACY_TEXT) ? "legacy" : "pgp";
    return { format, text: clear.text, issuer: issuerOf(clear.signature) };
  }
  const envelope = parseJson(signature);
  const payload = memberOf(envelope, "payload");
  if (memberOf(envelope, "payloadType") !== METADATA_TYPE || typeof payload !== "string") return NOTHING;
  return {
    format: "dsse",
    text: decodeText(decodeBase64(payload) ?? new Uint8Array()),
    keys: listIn(envelope, "signatures")
      .map((entry) => memberOf(entry, "keyid"))
      .filter((key) => typeof key === "string"),
  };
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list.slice(0, MOST_NAMED) : [];
}

/** What a signature is linked to. */
function targetsOf({ link }: SifObject, objects: readonly SifObject[]): number[] {
  if (!link) return [];
  return "object" in link ? [link.object] : groupOf(link.group, objects);
}

function groupOf(group: number, objects: readonly SifObject[]): number[] {
  return ascending(objects.filter((object) => object.group === group).map(({ id }) => id));
}

/** `{"objects": [{"relativeId": 0, …}]}`: counted from the smallest id of the group. */
function namedIn(text: string, { link }: SifObject, objects: readonly SifObject[]): number[] {
  const [first] = link && "group" in link ? groupOf(link.group, objects) : [];
  if (first === undefined) return [];
  const relative = listIn(parseJson(text), "objects")
    .map((entry) => memberOf(entry, "relativeId"))
    .filter((id): id is number => typeof id === "number" && Number.isSafeInteger(id) && id >= 0);
  return ascending(relative.map((id) => first + id));
}

function ascending(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function problemsOf(
  { id, fingerprint }: SifObject,
  found: {
    readonly issuer: string | undefined;
    readonly covered: readonly number[];
    readonly format: SifSignature["format"];
    readonly isRead: boolean;
  },
  objects: readonly SifObject[],
): string[] {
  const there = new Set(objects.map((object) => object.id));
  const missing = found.covered.filter((covered) => !there.has(covered));
  const { issuer, format, isRead } = found;
  return [
    ...(isRead && format === "unknown" ? [`signature ${id} is in no format that is known`] : []),
    ...(missing.length > 0 ? [`signature ${id} covers object ${missing[0]}, which is not there`] : []),
    ...(issuer !== undefined && fingerprint !== undefined && issuer !== fingerprint
      ? [`signature ${id} is listed as made with the key ${fingerprint}, and says itself ${issuer}`]
      : []),
  ];
}
