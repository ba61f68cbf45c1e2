import { type Words, quote } from "./words.ts";

/** What can be wrong with definition files. */
export const DEFINITIONS_WORDS = {
  "two-definition-files": {
    severity: "warning",
    describe: ({ name, other }) =>
      `${name} is not read, because ${other} stands beside it; delete one of them`,
    example: { name: "Apptainer", other: "Singularity" },
    remedy:
      "A tag has both a `Singularity` and an `Apptainer` file. Only the first is read, built and shown, so that a change of the other one does nothing. Delete the one that is not meant.",
  },
  "bad-definition": {
    severity: "error",
    describe: ({ reason }) => `the definition file cannot be built: ${reason}`,
    example: { reason: "there is no section %porst" },
    remedy:
      "Apptainer would refuse the definition file before anything is built; what is wrong stands in the line that is named. The tag would fail in continuous integration, after somebody has waited for a runner. Mend the line. Tags with a `build.sh`, which may use the file as it likes, and frozen tags, which are never built again, are left alone.",
  },
  "unpinned-base": {
    severity: "warning",
    describe: ({ base }) => `the base ${quote(base)} changes as it likes; name a version or a digest`,
    example: { base: "docker://ubuntu:latest" },
    remedy:
      "A definition file begins with an image that has no tag, or one that is moved on purpose, such as `latest`, `stable` or `edge`. The same recipe then builds another image tomorrow, and nobody can say from what an old one was made. Name a version (`From: debian:12.11-slim`) or, stricter, a digest (`From: debian@sha256:…`).",
  },
  "end-of-life-base": {
    severity: "warning",
    describe: ({ base, release, date }) =>
      `the base ${quote(base)} gets no security updates: ${release} ended on ${date}`,
    example: { base: "docker://debian:9", release: "Debian 9", date: "2022-06-30" },
    remedy:
      "A definition file begins with a release of a system or language of which the free public updates have ended by the day of the check; Debian's years of long-term support count as updates. Its security holes stay open in every image that is built from it. Move to a release that is looked after, or freeze the tag (`.frozen`) where exactly this image is wanted. The dates are a table in Stowage, and releases that it does not know are not told of.",
  },
} satisfies Record<string, Words>;
