import { type Words, quote } from "./words.ts";

/** What can be wrong with definition files. */
export const DEFINITIONS_WORDS = {
  "two-definition-files": {
    severity: "warning",
    describe: ({ name, other }) =>
      `${name} is not read, because ${other} stands beside it; delete one of them`,
  },
  "bad-definition": {
    severity: "error",
    describe: ({ reason }) => `the definition file cannot be built: ${reason}`,
  },
  "unpinned-base": {
    severity: "warning",
    describe: ({ base }) => `the base ${quote(base)} changes as it likes; name a version or a digest`,
  },
  "end-of-life-base": {
    severity: "warning",
    describe: ({ base, release, date }) =>
      `the base ${quote(base)} gets no security updates: ${release} ended on ${date}`,
  },
} satisfies Record<string, Words>;
