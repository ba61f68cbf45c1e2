/** The numbers in a SIF file, and what they are called here. */

export type ObjectType =
  | "definition"
  | "environment"
  | "labels"
  | "partition"
  | "signature"
  | "json"
  | "generic"
  | "crypto message"
  | "sbom"
  | "oci root index"
  | "oci blob"
  | "unknown";

type Names<Name extends string = string> = ReadonlyMap<number, Name>;

/** Names of the numbers that follow one another from `first`. */
function named<Name extends string>(first: number, ...names: readonly Name[]): Names<Name> {
  return new Map(names.map((name, index) => [first + index, name]));
}

export const OBJECT_TYPES: Names<ObjectType> = named(
  0x4001,
  "definition",
  "environment",
  "labels",
  "partition",
  "signature",
  "json",
  "generic",
  "crypto message",
  "sbom",
  "oci root index",
  "oci blob",
);

export const FILE_SYSTEMS: Names = named(
  1,
  "squashfs",
  "ext3",
  "archive",
  "raw",
  "encrypted squashfs",
  "gocryptfs squashfs",
);

export const ENCRYPTED_FILE_SYSTEMS: ReadonlySet<string | undefined> = new Set([
  "encrypted squashfs",
  "gocryptfs squashfs",
]);

export const PARTITION_TYPES: Names = named(1, "system", "primary system", "data", "overlay");

export const HASHES: Names = named(1, "sha256", "sha384", "sha512", "blake2s", "blake2b");

export const SBOM_FORMATS: Names = named(
  1,
  "cyclonedx-json",
  "cyclonedx-xml",
  "github-json",
  "spdx-json",
  "spdx-rdf",
  "spdx-tag-value",
  "spdx-yaml",
  "syft-json",
);

export const MESSAGE_FORMATS: Names = named(1, "openpgp", "pem");

export const MESSAGE_TYPES: Names = new Map([
  [0x100, "clear signature"],
  [0x200, "rsa-oaep"],
]);

/** As Go names them. */
const ARCHITECTURES = named(
  1,
  "386",
  "amd64",
  "arm",
  "arm64",
  "ppc64",
  "ppc64le",
  "mips",
  "mipsle",
  "mips64",
  "mips64le",
  "s390x",
  "riscv64",
);

/** The name of an architecture that is written in two digits; undefined where it is none. */
export function architectureOf(code: string): string | undefined {
  return /^\d\d$/.test(code) ? ARCHITECTURES.get(Number(code)) : undefined;
}
