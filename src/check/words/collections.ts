import { type Words, quote } from "./words.ts";

/** What can be missing from a collection. */
export const COLLECTIONS_WORDS = {
  "no-description": {
    severity: "note",
    describe: ({ collection }) =>
      `${collection} has no description; say in the front matter of its README.md what it is for`,
    example: { collection: "lab/tool" },
    remedy:
      "A collection's `README.md` has no `description:`, or there is no `README.md`. Listings and the search then show the name alone, and nobody finds the collection by what it does. Add one sentence to its front matter: `description: The short-read aligner tool, with its index builder.`",
  },
  "no-latest": {
    severity: "note",
    describe: ({ collection }) =>
      `${collection} has no tag latest, which clients ask for where no tag is named; add one, or name a tag in the README.md`,
    example: { collection: "lab/tool" },
    remedy:
      "A collection has images, or recipes to build some, but no tag `latest`, and its `README.md` names none of its tags either. Whoever pulls without a tag asks for `latest` and finds nothing. Add that tag (a link to the newest tag's folder will do), or say in the `README.md` which tag to pull.",
  },
  "unknown-owner": {
    severity: "warning",
    describe: ({ owner }) =>
      `the owner ${quote(owner)} is neither a team of registry.yml nor a member of one; mend the name, or add it under teams:`,
    example: { owner: "ada" },
    remedy:
      "An owner of a collection is neither a team under `teams:` in registry.yml nor a member of one; without `teams:` anybody may be an owner. Nobody can then tell who looks after the collection: the name is mistyped, or the person has left. Mend the name in the collection's `README.md`, or add it to a team.",
  },
  "dead-key": {
    severity: "warning",
    describe: ({ key, expected }) => `${key} has no effect; ${expected}`,
    example: {
      key: "maintainer",
      expected: "one of description, visibility, owners, topics, license, deprecated",
    },
    remedy:
      "The front matter of a `README.md` has a key that nothing reads, or a list in it names the same twice: a key is mistyped, was for Jekyll, or belongs to records of schema 2. What it says has no effect, which is bad where somebody relies on it (`visiblity: private` hides nothing). Mend or delete it; keys of your own may begin with `x-`.",
  },
  "dead-link": {
    severity: "warning",
    describe: ({ target, reason }) => `the link to ${quote(target)} leads nowhere: ${reason}`,
    example: { target: "docs/usage.md", reason: "there is no such file" },
    remedy:
      "A link in a collection's `README.md` leads nowhere from the page that the site makes of it: no heading has that name, or no page, manifest or image lies at that path. Links to files of the repository work on its forge alone, because the site does not copy them. Link to the file by its full address there, or to a page of the site. Addresses on other hosts are not looked at.",
  },
  unpullable: {
    severity: "note",
    describe: ({ reference, protocol, reason }) => `${reference} cannot be pulled by ${protocol}: ${reason}`,
    example: {
      reference: "lab/sub/tool:1.0",
      protocol: "shub",
      reason: "its clients take names of two parts",
    },
    remedy:
      "A client would refuse an image for its name alone, though its protocol is offered and under a plainer name the image could be pulled: capitals in `oras://` references, a `+` in tags, an underscore in a namespace with `shub://`. Other clients are not concerned, and the site's pages show their commands. Where people need that client, publish the image under another name: lower-case letters, digits and single `-` are taken by all.",
  },
} satisfies Record<string, Words>;
