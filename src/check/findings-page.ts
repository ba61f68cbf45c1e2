import { SUBJECTS } from "./catalogue.ts";
import type { Words } from "./words/words.ts";

const INTRODUCTION = `# Findings

<!-- Generated from src/check/words/ by \`npx vitest run test/check-formats/findings-page.test.ts -u\`: change the words there. -->

What \`stowage check\` can find, and what to do then. Each finding has a code, a severity and a place:

    file:line: severity: sentence [code]

- **error**: an entry, or a part of it, is left out of the site or cannot work. \`stowage check\` fails.
- **warning**: it works, and may surprise somebody.
- **note**: it could be better.

\`stowage check\` prints them for people, and with \`--format\` as \`json\`, \`github\` (annotations of a workflow),
\`sarif\` (code scanning) or \`markdown\` (a table). With \`--changed-from REV\` it tells of what a pull request touches. \`--fix\` mends
what is safe: it measures the images that records of 2019 name, and writes the records anew where the images have the
digests that these say.`;

/** docs/findings.md: what every finding means, and how it is mended. */
export function findingsPage(): string {
  const sections = SUBJECTS.map(({ title, words }) =>
    [`## ${title}`, ...Object.entries(words).map(([code, each]) => entryOf(code, each))].join("\n\n"),
  );
  return `${[INTRODUCTION, ...sections].join("\n\n")}\n`;
}

function entryOf(code: string, { severity, describe, example, remedy }: Words): string {
  return `### ${code}\n\n    ${severity}: ${describe(example)} [${code}]\n\n${remedy}`;
}
