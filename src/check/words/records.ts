import type { Words } from "./words.ts";

/** What can be wrong with records, and with the images that they name. */
export const RECORDS_WORDS = {
  "bad-record": {
    severity: "error",
    describe: ({ key, expected }) =>
      `the record cannot be served: ${key}: expected ${expected}; delete the README.md to have the tag built again`,
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
  "record-2019": {
    severity: "note",
    describe: ({ trouble }) =>
      `a record of 2019: ${trouble}; stowage check --fix measures the image and writes a new one`,
  },
  "image-conflict": {
    severity: "error",
    describe: ({ image, digest, other, file }) =>
      `${image} cannot be both ${digest} and ${other}, as ${file} says; delete the README.md that is wrong`,
  },
  "image-not-sif": {
    severity: "error",
    describe: ({ image, found }) => `${image} is no image: ${found}`,
  },
  "image-architecture": {
    severity: "error",
    describe: ({ image, architecture, recorded }) =>
      `the record says ${recorded}, but the image at ${image} is for ${architecture}`,
  },
  "bad-health": {
    severity: "warning",
    describe: ({ reason }) =>
      `cannot be read: ${reason}; delete it, and stowage check --remote writes a new one`,
  },
} satisfies Record<string, Words>;
