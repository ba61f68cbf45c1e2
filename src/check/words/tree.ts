import { type Words, quote } from "./words.ts";

/** What can be wrong with files, folders and what stands in them. */
export const TREE_WORDS = {
  "bad-name": {
    severity: "error",
    describe: ({ name, expected }) => `the name ${quote(name)} cannot be served; expected ${expected}`,
    example: { name: "my tool", expected: "letters, digits, and . _ + - after the first character" },
    remedy:
      "A namespace, a collection or a tag has a name that cannot be part of an address. What lies in that folder is left out of the site, for no client could ask for it. Rename the folder (`git mv`): a name begins with a letter or a digit and goes on with those and `.`, `_`, `+`, `-`.",
  },
  "reserved-name": {
    severity: "error",
    describe: ({ name, expected }) =>
      `the name ${quote(name)} is taken by the site itself; expected ${expected}`,
    example: { name: "api", expected: "another name" },
    remedy:
      "A name is one that the site needs for its own files, such as `tags`, `manifests`, or `api` as a namespace. What lies there is left out, since one would hide the other. Rename the folder.",
  },
  "no-namespace": {
    severity: "error",
    describe: ({ name }) =>
      `the collection ${quote(name)} has no namespace; move it into a folder: <namespace>/${name}`,
    example: { name: "tool" },
    remedy:
      "A collection lies directly in the tree, without a namespace above it. References have at least two parts, `namespace/name`, so that it cannot be served. Move it: `git mv registry/tool registry/lab/tool`.",
  },
  "case-clash": {
    severity: "warning",
    describe: ({ name, other }) =>
      `${quote(name)} and ${quote(other)} differ by case alone; some disks and clients take them for one`,
    example: { name: "Tool", other: "tool" },
    remedy:
      "Two names beside each other differ by upper and lower case alone. Both are served, but a checkout on macOS or Windows holds only one of them, and the sregistry client takes them for the same. Rename one.",
  },
  "symbolic-link": {
    severity: "error",
    describe: ({ name }) =>
      `the link ${quote(name)} is not followed: it leads nowhere, out of the tree, or to a folder of collections; put a copy here`,
    example: { name: "latest" },
    remedy:
      "A symbolic link leads nowhere, out of the tree, into a hidden folder, or to a folder of collections. It is not followed, for a link that somebody else committed could publish any file of the machine that builds the site. Put a copy in its place; a tag that is a link to another tag of the tree works.",
  },
  "not-a-file": {
    severity: "error",
    describe: () => "is not a regular file, so it is not read",
    example: {},
    remedy:
      "Where a file is expected there is something else: a folder, a pipe, a device. It is not read, since that could block or never end. Delete it or put the file there.",
  },
  unreadable: {
    severity: "error",
    describe: () => "cannot be read; look at its permissions",
    example: {},
    remedy:
      "A file or a folder cannot be read by the user who runs Stowage. What it holds is missing from the site. Look at its permissions: `chmod -R a+rX registry`.",
  },
  "too-large": {
    severity: "error",
    describe: ({ size, limit }) => `has ${size} bytes, and at most ${limit} are read`,
    example: { size: "2097152", limit: "1 MiB" },
    remedy:
      "A definition file or a `README.md` is longer than what is read. That is nearly always a mistake, such as an archive under a wrong name. The entry is left out. Shorten it; data that a recipe needs belongs to where the recipe can fetch it.",
  },
  "not-utf8": {
    severity: "warning",
    describe: () => "is not UTF-8; the bytes that are not are shown as \uFFFD",
    example: {},
    remedy:
      "A text file has bytes that are not UTF-8. A definition file is built and served byte for byte all the same, but pages show `\uFFFD` for what they cannot read. Convert it: `iconv -f latin1 -t utf-8 README.md > new && mv new README.md`.",
  },
  "bad-front-matter": {
    severity: "error",
    describe: ({ reason }) =>
      `the front matter cannot be read: ${reason}; the entry is left out until it is mended`,
    example: { reason: "bad indentation of a mapping entry" },
    remedy:
      "What stands between the `---` lines of a `README.md` is no YAML that can be read, or has aliases or more nesting than is taken. The whole collection or tag is left out until it is mended, since it could be meant to be private. Look at the line that is named: most often a colon or a quote in a text needs quotes around all of it.",
  },
  "bad-value": {
    severity: "error",
    describe: ({ key, expected }) => `${key} is not right; expected ${expected}`,
    example: { key: "visibility", expected: "one of public, private" },
    remedy:
      "A key in the front matter of a collection's `README.md` has a value that it cannot have. The value is ignored; where it is `visibility` the collection is left out, since it could be meant to be private. Write what is expected: `docs/registry.md` has all keys.",
  },
  "bad-key": {
    severity: "error",
    describe: ({ reason }) => `is not served: ${reason}; expected armored public keys (gpg --armor --export)`,
    example: { reason: "it is not armored" },
    remedy:
      "A file in `keys/` is not what a key server gives out. It is left out, so that clients cannot verify images that were signed with it. Export it anew, and never a secret key: `gpg --armor --export ada@example.org > keys/ada.asc`.",
  },
} satisfies Record<string, Words>;
