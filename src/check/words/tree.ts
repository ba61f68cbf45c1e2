import { type Words, quote } from "./words.ts";

/** What can be wrong with files, folders and what stands in them. */
export const TREE_WORDS = {
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
  "bad-key": {
    severity: "error",
    describe: ({ reason }) => `is not served: ${reason}; expected armored public keys (gpg --armor --export)`,
  },
} satisfies Record<string, Words>;
