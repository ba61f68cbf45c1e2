import type { Finding } from "../finding.ts";
import { splitFrontMatter } from "./front-matter.ts";
import type { Digest } from "./digest.ts";
import { imageObjectOf } from "./image-object.ts";
import type { Collection, ImageRecord, Layer } from "./model.ts";
import { type SchemaIssue, type SchemaName, validate } from "./schema.ts";
import { YamlError, lineOfPath, parseYamlMapping } from "./yaml.ts";

/** What a README.md says, with findings; `value` is undefined where it cannot be used at all. */
export interface ReadmeResult<T> {
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
}

/** The part of a collection that its README.md tells. */
export type CollectionReadme = Omit<Collection, "name" | "folder" | "updated" | "tags">;

export const NO_README: CollectionReadme = { isPrivate: false, owners: [], topics: [], readme: "" };

/**
 * Reads a collection's README.md. A wrong value is dropped with a finding; where the front matter cannot be read
 * or `visibility` is wrong the whole collection is withheld, since it may be meant to be private.
 */
export function parseCollectionReadme(text: string, file: string): ReadmeResult<CollectionReadme> {
  const parsed = parseFrontMatter(text, file);
  if (!("data" in parsed)) return { value: undefined, findings: [parsed.finding] };
  const { data, yaml, body } = parsed;
  const issues = validate("collection-readme", data);
  for (const issue of issues) delete data[issue.path[0] ?? ""];
  const isWithheld = issues.some((issue) => issue.path[0] === "visibility");
  return {
    value: isWithheld ? undefined : { ...collectionFields(data), readme: body },
    findings: issues.map((issue) => findingOf(issue, yaml, file, "bad-value")),
  };
}

function collectionFields(data: Record<string, unknown>): Omit<CollectionReadme, "readme"> {
  const { description, visibility, owners, topics, license, deprecated } = data as {
    description?: string;
    visibility?: "public" | "private";
    owners?: string[];
    topics?: string[];
    license?: string;
    deprecated?: string;
  };
  return {
    isPrivate: visibility === "private",
    owners: owners ?? [],
    topics: topics ?? [],
    ...(description !== undefined && { description }),
    ...(license !== undefined && { license }),
    ...(deprecated !== undefined &&
      deprecated !== "false" && { deprecated: deprecated === "true" || deprecated }),
  };
}

/** Reads a tag's README.md. Anything wrong withholds the record: half a manifest would be a lie. */
export function parseRecord(text: string, file: string): ReadmeResult<ImageRecord> {
  const parsed = parseFrontMatter(text, file);
  if (!("data" in parsed)) return { value: undefined, findings: [parsed.finding] };
  const { data, yaml } = parsed;
  const schema: SchemaName = "schema" in data ? "record" : "record-2019";
  const [issue = sizeIssue(data)] = validate(schema, data);
  if (issue) return { value: undefined, findings: [findingOf(issue, yaml, file, "bad-record")] };
  return { value: recordOf(data, schema), findings: [] };
}

/** Conversion lets `1e999` through, which is no number that JSON has. */
function sizeIssue(data: Record<string, unknown>): SchemaIssue | undefined {
  const { size, layers, objects } = data as unknown as ImageRecord;
  const isExact = [size, ...(layers ?? []).map((layer) => layer.size)].every(Number.isSafeInteger);
  if (!isExact) return { path: ["size"], isUnknownKey: false, expected: "a whole number" };
  const isExactInside = (objects ?? []).every(
    ({ offset, size: length }) => Number.isSafeInteger(offset) && Number.isSafeInteger(length),
  );
  return isExactInside
    ? undefined
    : { path: ["objects"], isUnknownKey: false, expected: "places and sizes that are whole numbers" };
}

/** The keys of the schema in a fixed order; what else a record of 2019 carries is not ours to serve. */
function recordOf(data: Record<string, unknown>, schema: SchemaName): ImageRecord {
  const valid = data as unknown as ImageRecord;
  const basics = { size: valid.size, digest: valid.digest, layers: valid.layers.map(layerOf) };
  if (schema === "record-2019") return { schema: 2019, ...basics };
  const { created, architecture, recipe, md5, sha1, builder, source, labels, log, objects, signers } = valid;
  return {
    schema: 2,
    ...basics,
    ...(created !== undefined && { created }),
    ...(architecture !== undefined && { architecture }),
    ...(recipe !== undefined && { recipe }),
    ...(md5 !== undefined && { md5 }),
    ...(sha1 !== undefined && { sha1 }),
    ...(builder !== undefined && { builder }),
    ...(source !== undefined && { source }),
    ...(labels !== undefined && { labels }),
    ...(log !== undefined && { log }),
    ...(objects !== undefined && { objects: objects.map(imageObjectOf) }),
    ...(signers !== undefined && { signers }),
  };
}

function layerOf({ size, digest, url }: { size: number; digest: Digest; url: string }): Layer {
  return { size, digest, url };
}

type Parsed =
  | { readonly data: Record<string, unknown>; readonly yaml: string; readonly body: string }
  | { readonly finding: Finding };

function parseFrontMatter(text: string, file: string): Parsed {
  const { yaml, language, body } = splitFrontMatter(text);
  if (yaml === undefined) return { data: {}, yaml: "", body };
  if (language !== "" && language !== "yaml" && language !== "yml") {
    return {
      finding: badFrontMatter(
        file,
        1,
        `front matter in ${JSON.stringify(language)} is not read, only YAML is`,
      ),
    };
  }
  try {
    return { data: parseYamlMapping(yaml), yaml, body };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { finding: badFrontMatter(file, error.line, error.message) };
  }
}

function badFrontMatter(file: string, line: number, reason: string): Finding {
  return { code: "bad-front-matter", file, line, args: { reason } };
}

function findingOf(
  issue: SchemaIssue,
  yaml: string,
  file: string,
  code: "bad-value" | "bad-record",
): Finding {
  const line = lineOfPath(yaml, issue.path);
  return {
    code,
    file,
    line,
    args: { key: issue.path.join(".") || "front matter", expected: issue.expected },
  };
}
