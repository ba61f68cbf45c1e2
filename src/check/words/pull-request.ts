import { type Words, quote } from "./words.ts";

/** What a pull request must not do. */
export const PULL_REQUEST_WORDS = {
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
  "record-changed": {
    severity: "error",
    describe: ({ reference, digest, before }) =>
      `${reference} was ${before} and is now ${digest}, though its definition file, recipe and source are the same; say what changed there, or choose another tag`,
  },
} satisfies Record<string, Words>;
