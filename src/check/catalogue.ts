import type { Finding, FindingCode } from "../finding.ts";
import { printable } from "../printable.ts";

/** error: the entry, or a part of it, is left out. warning: it is served, and may surprise somebody. */
export type Severity = "error" | "warning";

interface Words {
  readonly severity: Severity;
  /** One sentence: what is wrong; what to do. */
  readonly describe: (args: Readonly<Record<string, string>>) => string;
}

/** The words of every finding: the one place where they stand. */
const CATALOGUE: Readonly<Record<FindingCode, Words>> = {
  "bad-name": {
    severity: "error",
    describe: ({ name, expected }) => `the name ${quote(name)} cannot be served; expected ${expected}`,
  },
  "reserved-name": {
    severity: "error",
    describe: ({ name, expected }) =>
      `the name ${quote(name)} is taken by the site itself; expected ${expected}`,
  },
  "no-namespace": {
    severity: "error",
    describe: ({ name }) =>
      `the collection ${quote(name)} has no namespace; move it into a folder: <namespace>/${name}`,
  },
  "case-clash": {
    severity: "warning",
    describe: ({ name, other }) =>
      `${quote(name)} and ${quote(other)} differ by case alone; some disks and clients take them for one`,
  },
  "symbolic-link": {
    severity: "error",
    describe: ({ name }) =>
      `the link ${quote(name)} is not followed: it leads nowhere, out of the tree, or to a folder of collections; put a copy here`,
  },
  "not-a-file": { severity: "error", describe: () => "is not a regular file, so it is not read" },
  unreadable: { severity: "error", describe: () => "cannot be read; look at its permissions" },
  "too-large": {
    severity: "error",
    describe: ({ size, limit }) => `has ${size} bytes, and at most ${limit} are read`,
  },
  "not-utf8": {
    severity: "warning",
    describe: () => "is not UTF-8; the bytes that are not are shown as \uFFFD",
  },
  "bad-front-matter": {
    severity: "error",
    describe: ({ reason }) =>
      `the front matter cannot be read: ${reason}; the entry is left out until it is mended`,
  },
  "bad-value": {
    severity: "error",
    describe: ({ key, expected }) => `${key} is not right; expected ${expected}`,
  },
  "bad-record": {
    severity: "error",
    describe: ({ key, expected }) =>
      `the record cannot be served: ${key}: expected ${expected}; delete the README.md to have the tag built again`,
  },
  "two-definition-files": {
    severity: "warning",
    describe: ({ name, other }) =>
      `${name} is not read, because ${other} stands beside it; delete one of them`,
  },
  "image-missing": {
    severity: "error",
    describe: ({ image }) => `the record names ${image}, which is not there`,
  },
  "image-size": {
    severity: "error",
    describe: ({ image, size, recorded }) => `the record says ${recorded} bytes, but ${image} has ${size}`,
  },
  "image-digest": {
    severity: "error",
    describe: ({ image, digest }) =>
      `the record says ${digest}, but names ${image}; no client that compares them can pull it`,
  },
  "image-unreachable": {
    severity: "error",
    describe: ({ image, reason }) => `the image at ${image} cannot be fetched: ${reason}`,
  },
  "image-differs": {
    severity: "error",
    describe: ({ image, digest, found }) =>
      `the record says ${digest}, but the image at ${image} has ${found}`,
  },
  "image-expires": {
    severity: "warning",
    describe: ({ image }) =>
      `${image} is an artifact of CircleCI, which vanishes 30 days after its build; push it to another storage`,
  },
  "stale-record": {
    severity: "warning",
    describe: () =>
      "the definition file is not the one that the image was built from; delete the README.md beside it to have it built again",
  },
  "record-scope": {
    severity: "error",
    describe: ({ collection, path }) =>
      `the pull request brings a record of ${collection} and also touches ${quote(path)}; one that brings records may touch their collection alone`,
  },
  "frozen-changed": {
    severity: "error",
    describe: ({ reference }) =>
      `${reference} is frozen, and the pull request changes it; choose another tag, or unfreeze it in a pull request of its own`,
  },
  "bad-key": {
    severity: "error",
    describe: ({ reason }) => `is not served: ${reason}; expected armored public keys (gpg --armor --export)`,
  },
  "protocol-refused": {
    severity: "warning",
    describe: ({ protocol, reason }) => `${protocol} is not offered: ${reason}`,
  },
  "protocol-skips": {
    severity: "warning",
    describe: ({ protocol, reference, reason }) => `${protocol} cannot serve ${reference}: ${reason}`,
  },
  "site-size": {
    severity: "warning",
    describe: ({ size, limit, host, remedy }) =>
      `the site has ${size}, and ${host} takes ${limit}; ${remedy}`,
  },
  "site-files": {
    severity: "warning",
    describe: ({ count, limit, remedy }) => `the site has ${count} files, more than ${limit}; ${remedy}`,
  },
  "site-redirects": {
    severity: "warning",
    describe: ({ count, limit, host }) =>
      `${count} paths lead to images that lie elsewhere, and ${host} obeys ${limit} redirects; protocols: { library: false } would take away most of them`,
  },
  "image-too-large": {
    severity: "warning",
    describe: ({ image, size, limit, host }) =>
      `${image} has ${size}, and ${host} takes files of at most ${limit}; keep it in another storage`,
  },
};

export function severityOf({ code }: Finding): Severity {
  return CATALOGUE[code].severity;
}

/** One sentence on a finding, without its place. What in it comes from a stranger cannot command a terminal. */
export function describeFinding({ code, args }: Finding): string {
  return printable(CATALOGUE[code].describe(args));
}

function quote(text: string | undefined): string {
  return JSON.stringify(text ?? "");
}
