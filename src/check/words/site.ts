import type { Words } from "./words.ts";

/** What a site cannot do that its registry asks for. */
export const SITE_WORDS = {
  "protocol-refused": {
    severity: "warning",
    describe: ({ protocol, reason }) => `${protocol} is not offered: ${reason}`,
    example: { protocol: "oci", reason: "GitHub Pages cannot set a Content-Type" },
    remedy:
      "A protocol is switched on in registry.yml, or keys are there to be served, and the host of the site cannot do what the protocol's clients need. Its endpoints are left out, and pages name no command for it. Choose another `host:`, or take the line away; `docs/hosting.md` has a chapter on each host.",
  },
  "protocol-skips": {
    severity: "warning",
    describe: ({ protocol, reference, reason }) => `${protocol} cannot serve ${reference}: ${reason}`,
    example: {
      protocol: "shub",
      reference: "lab/sub/tool:1.0",
      reason: "its clients take names of two parts",
    },
    remedy:
      "A protocol that registry.yml switches on cannot serve one of the images. The image is left out of that protocol alone, and its page says why. Rename or move the image, or accept it: the other ways to pull remain.",
  },
  "site-size": {
    severity: "warning",
    describe: ({ size, limit, host, remedy }) =>
      `the site has ${size}, and ${host} takes ${limit}; ${remedy}`,
    example: {
      size: "1.2 GiB",
      limit: "954 MiB",
      host: "GitHub Pages",
      remedy: "keep images in another storage",
    },
    remedy:
      "The finished site has more bytes than its host takes. The next deployment would fail, or be cut. Keep images out of the site (`storage:` in registry.yml), or switch off the protocol that has most of it; `docs/hosting.md` has the limits.",
  },
  "site-files": {
    severity: "warning",
    describe: ({ count, limit, remedy }) => `the site has ${count} files, more than ${limit}; ${remedy}`,
    example: {
      count: "120000",
      limit: "100000",
      remedy: "protocols: { labels: false } would take away 60 %, or make several registries of it",
    },
    remedy:
      "The finished site has more files than its host takes, or than anybody waits for while they are uploaded. Switch off the protocol that is named in registry.yml, or divide the registry.",
  },
  "site-redirects": {
    severity: "warning",
    describe: ({ count, limit, host }) =>
      `${count} paths lead to images that lie elsewhere, and ${host} obeys ${limit} redirects; protocols: { library: false } would take away most of them`,
    example: { count: "2400", limit: "2000", host: "Cloudflare Pages" },
    remedy:
      "The site needs more redirects to images that lie elsewhere than its host obeys, and the host forgets the rest without a word. Pulls of some images would fail. Switch off `library` in registry.yml, choose another `host:`, or keep the images on the site.",
  },
  "image-too-large": {
    severity: "warning",
    describe: ({ image, size, limit, host }) =>
      `${image} has ${size}, and ${host} takes files of at most ${limit}; keep it in another storage`,
    example: {
      image: "images/sha256/3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f.sif",
      size: "30 MiB",
      limit: "25 MiB",
      host: "Cloudflare Pages",
    },
    remedy:
      "An image below `images/` is larger than a file of a site may be at its host. The next deployment would fail. Keep it in another storage (`storage:` in registry.yml) and record it there: `stowage push FILE REF`.",
  },
  "git-too-large": {
    severity: "warning",
    describe: ({ file, size, limit }) =>
      `${file} has ${size}, and GitHub takes files of at most ${limit} in a repository; keep it in another storage`,
    example: {
      file: "images/sha256/3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f.sif",
      size: "120 MiB",
      limit: "100 MiB",
    },
    remedy:
      "An image that the registry keeps itself, below `images/`, is larger than the 100 MiB that GitHub takes for a file in a repository, and `repository:` or the host is GitHub's. The push will be refused, and the commit must then be taken out of the branch. Keep images in another storage (`storage:` in registry.yml, such as `github-release`), which takes larger ones. Whether Git LFS keeps the file is not looked at.",
  },
} satisfies Record<string, Words>;
