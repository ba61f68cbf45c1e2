import type { Words } from "./words.ts";

/** What a site cannot do that its registry asks for. */
export const SITE_WORDS = {
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
  "git-too-large": {
    severity: "warning",
    describe: ({ file, size, limit }) =>
      `${file} has ${size}, and GitHub takes files of at most ${limit} in a repository; keep it in another storage`,
  },
} satisfies Record<string, Words>;
