import { type Words, quote } from "./words.ts";

/** What can be missing from a collection. */
export const COLLECTIONS_WORDS = {
  "no-description": {
    severity: "note",
    describe: ({ collection }) =>
      `${collection} has no description; say in the front matter of its README.md what it is for`,
  },
  "no-latest": {
    severity: "note",
    describe: ({ collection }) =>
      `${collection} has no tag latest, which clients ask for where no tag is named; add one, or name a tag in the README.md`,
  },
  "unknown-owner": {
    severity: "warning",
    describe: ({ owner }) =>
      `the owner ${quote(owner)} is no team of registry.yml; expected one of its teams:`,
  },
  "dead-key": {
    severity: "warning",
    describe: ({ key, expected }) => `${key} has no effect; ${expected}`,
  },
  "dead-link": {
    severity: "warning",
    describe: ({ target, reason }) => `the link to ${quote(target)} leads nowhere: ${reason}`,
  },
  unpullable: {
    severity: "note",
    describe: ({ reference, protocol, reason }) => `${reference} cannot be pulled by ${protocol}: ${reason}`,
  },
} satisfies Record<string, Words>;
