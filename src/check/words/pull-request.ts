import { type Words, quote } from "./words.ts";

/** What a pull request must not do. */
export const PULL_REQUEST_WORDS = {
  "record-scope": {
    severity: "error",
    describe: ({ collection, path }) =>
      `the pull request brings a record of ${collection} and also touches ${quote(path)}; one that brings records may touch their collection alone`,
    example: { collection: "lab/tool", path: "registry/lab/other/README.md" },
    remedy:
      "A pull request that brings a record touches something outside of that record's collection. A repository that may propose images of one collection must not change another, nor a workflow, on the way. Split it: one pull request with the records, one with the rest.",
  },
  "frozen-changed": {
    severity: "error",
    describe: ({ reference }) =>
      `${reference} is frozen, and the pull request changes it; choose another tag, or unfreeze it in a pull request of its own`,
    example: { reference: "lab/tool:1.0" },
    remedy:
      "A pull request changes a tag that has a `.frozen` file. Frozen means that people rely on exactly this image, in a paper for instance. Give the new image another tag; or delete `.frozen` in a pull request that does nothing else, so that somebody decides on that alone.",
  },
  "record-changed": {
    severity: "error",
    describe: ({ reference, digest, before }) =>
      `${reference} was ${before} and is now ${digest}, though neither its definition file nor its source changed; let the change be seen there, or choose another tag`,
    example: {
      reference: "lab/tool:1.0",
      digest: "sha256:3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f",
      before: "sha256:6c9b857f9c4f2a1bb1f4d3b0c6f6e9a4b5de5fd0a0f0e6a8d5a3c1f2b4e6d8fa",
    },
    remedy:
      "A pull request gives a tag another image, while its definition file and the `revision` of its source are what they were, or are no longer told; a `recipe` counts only where it is that of the definition file, or there is none. An image that changes without a reason looks like one that somebody slipped in, and those who pulled the old one cannot tell why it differs. Choose another tag, or let the change that caused it be seen: the definition file, or the revision that it was built from. To have a tag built again from the same recipe, delete its `README.md` first.",
  },
} satisfies Record<string, Words>;
