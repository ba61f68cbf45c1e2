import { formatBytes, formatNumber, plural } from "../format.ts";
import { printable } from "../printable.ts";
import { isBuildLabel } from "../registry/build-labels.ts";
import type { Sif } from "../sif/sif.ts";
import { mapLines } from "./inspect-objects.ts";
import { type Fact, type Look, aside, factLines, section, wrap } from "./text-layout.ts";

/** What an image says of itself, for people. `path` is how its name is typed. */
export function sifText(sif: Sif, path: string, look: Look): string {
  const size = sif.size === undefined ? "" : `, ${formatBytes(sif.size)}`;
  return [
    `${look.paint("bold", printable(path))}: an image${size}`,
    "",
    ...factLines(factsOf(sif), look),
    ...mapLines(sif, look),
    ...signatureLines(sif, look),
    ...labelLines(sif, look),
    ...troubleLines(sif, look),
  ].join("\n");
}

/** What an image is, in a few words each. */
export function factsOf(sif: Sif): Fact[] {
  return [
    ["Architecture", sif.architecture ?? "not said"],
    ["Id", sif.id],
    ["Created", timeOf(sif.created)],
    ...(sif.modified === sif.created ? [] : [["Modified", timeOf(sif.modified)] as const]),
    ...(sif.size === undefined ? [] : [["Size", `${formatNumber(sif.size)} bytes`] as const]),
    ["Encrypted", encryptionOf(sif)],
    ...(sif.apps.length > 0 ? [["Apps", sif.apps.join(", ")] as const] : []),
  ];
}

function timeOf(time: string | undefined): string {
  return time?.replace("T", " ").replace("Z", " UTC") ?? "not said";
}

function encryptionOf({ encryption }: Sif): string {
  if (encryption.length === 0) return "no";
  return encryption
    .map(({ object, fileSystem, key }) => {
      const where = key === undefined ? "no key in the file, so a passphrase" : `its key: ${key}`;
      return `object ${object} (${fileSystem}; ${where})`;
    })
    .join(", ");
}

function signatureLines(sif: Sif, look: Look): string[] {
  if (sif.signatures.length === 0) return section("Signatures", ["  none"], look);
  const claim = "what the file claims, not verified here: apptainer verify does that";
  return section("Signatures", [...aside(claim, look), ...factLines(signatureFacts(sif), look)], look);
}

/** Who says what about which objects, by the signature's own object. */
export function signatureFacts(sif: Sif): Fact[] {
  return sif.signatures.map(({ id, format, fingerprint, keys = [], hash, objects }): Fact => {
    const signer = fingerprint ?? (keys.join(", ") || "an unnamed key");
    const how = [format, hash].filter(Boolean).join(", ");
    return [String(id), `${signer} (${how}) for ${coverage(objects, sif)}`];
  });
}

/** Objects that a signature is not about by its nature are not missed. */
function coverage(covered: readonly number[], { objects }: Sif): string {
  if (covered.length === 0) return "nothing that can be told";
  const left = objects.filter(({ id, type }) => type !== "signature" && !covered.includes(id));
  const named = `${covered.length === 1 ? "object" : "objects"} ${covered.join(", ")}`;
  if (left.length === 0) return `${named}: everything but signatures`;
  return `${named}; not for ${left.map(({ id }) => id).join(", ")}`;
}

function labelLines({ labels }: Sif, look: Look): string[] {
  const all = Object.entries(labels);
  if (all.length === 0) return section("Labels", ["  none"], look);
  const human = all.filter(([key]) => !isBuildLabel(key));
  const lines = factLines(human, look);
  const rest = all.length - human.length;
  if (rest > 0) lines.push(...aside(`${plural(rest, "label")} of the build: see --json`, look));
  return section("Labels", lines, look);
}

function troubleLines({ problems, skipped }: Sif, look: Look): string[] {
  const wrong = problems.flatMap((problem) => wrap(problem, look.width, 2));
  const left = skipped.flatMap(({ object, reason }) =>
    wrap(`object ${object} was not read: ${reason}`, look.width, 2),
  );
  return [
    ...(wrong.length > 0 ? section(look.paint("red", "Wrong with this file"), wrong, look) : []),
    ...(left.length > 0 ? section("Left out", left, look) : []),
  ];
}
