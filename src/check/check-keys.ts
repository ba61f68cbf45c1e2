import type { Finding } from "../finding.ts";
import { splitFrontMatter } from "../registry/front-matter.ts";
import type { Registry } from "../registry/model.ts";
import { type SchemaName, keysOf } from "../registry/schema.ts";
import { nearestWord } from "./nearest-word.ts";
import type { ReadSource } from "./sources.ts";

/** What Jekyll, which made the sites of 2019, knows beside `layout`. */
const JEKYLL_KEYS: ReadonlySet<string> = new Set([
  "categories",
  "category",
  "date",
  "excerpt",
  "excerpt_separator",
  "permalink",
  "published",
  "redirect_from",
  "redirect_to",
  "sitemap",
  "tag",
]);

/** Keys of somebody's own begin so: nobody warns of them. */
const OWN_KEY = /^x-/i;

/** Keys in front matter that nothing reads. The model does not have them, so every README.md is read once more. */
export function* checkKeys({ collections }: Registry, readSource: ReadSource): Iterable<Finding> {
  for (const { folder, tags } of collections) {
    yield* checkFile(`${folder}/README.md`, "collection-readme", readSource);
    for (const tag of tags) {
      if (!tag.record || tag.isLink) continue;
      const schema = tag.record.schema === 2 ? "record" : "record-2019";
      yield* checkFile(`${tag.folder}/README.md`, schema, readSource);
    }
  }
}

function* checkFile(file: string, schema: SchemaName, readSource: ReadSource): Iterable<Finding> {
  const { yaml = "" } = splitFrontMatter(readSource(file) ?? "");
  const known = keysOf(schema);
  for (const { key, line } of topKeys(yaml)) {
    if (known.has(key) || OWN_KEY.test(key)) continue;
    yield { code: "dead-key", file, line, args: { key, expected: expectedFor(key, schema) } };
  }
}

const KEY = /^(?:"([^"\\]{1,200})"|'([^']{1,200})'|([A-Za-z_$][^\s:#]{0,199}))[ \t]*:(?=\s|$)/;

/** The keys that stand at the beginning of a line: all else of a mapping is indented. */
function* topKeys(yaml: string): Iterable<{ readonly key: string; readonly line: number }> {
  let line = 0;
  for (const text of yaml.split("\n")) {
    line++;
    const match = KEY.exec(text);
    const key = match?.[1] ?? match?.[2] ?? match?.[3];
    if (key !== undefined) yield { key, line };
  }
}

function expectedFor(key: string, schema: SchemaName): string {
  if (schema === "record-2019" && keysOf("record").has(key)) return "only a record with schema: 2 has it";
  const known = keysOf(schema);
  const nearest = nearestWord(key, known);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  if (JEKYLL_KEYS.has(key)) return "it was for Jekyll, which made the sites of 2019; delete it";
  return `expected one of ${[...known].filter((name) => name !== "layout").join(", ")}`;
}
