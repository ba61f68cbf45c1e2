import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";

/** The files of schemas/, published with the site under /schema/. */
export const SCHEMA_NAMES = [
  "registry",
  "collection-readme",
  "record",
  "record-2019",
  "build",
  "health",
  "tags",
  "manifest",
  "api-index",
  "api-collections",
  "api-collection",
  "api-health",
  "api-groups",
  "api-group",
  "api-label",
  "api-sizes",
  "api-history",
  "json-feed",
  "health-badge",
  "badge",
  "schemas",
  "container",
  "container-collection",
  "container-collections",
  "container-search",
  "labels",
  "library-config",
  "library-image",
  "library-search",
  "library-version",
  "oci-base",
  "oci-catalog",
  "oci-manifest",
  "oci-tags",
] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** One thing that a schema refuses. */
export interface SchemaIssue {
  /** Keys and indexes down to the value. */
  readonly path: readonly string[];
  readonly isUnknownKey: boolean;
  readonly expected: string;
}

/** The text of a schema, as it is published. */
export function schemaText(name: SchemaName): string {
  return readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8");
}

const ajv = new Ajv2020({
  allErrors: true,
  // Scalars arrive as text (see yaml.ts); the schema says which are numbers or booleans.
  coerceTypes: true,
  strict: true,
  allowUnionTypes: true,
  verbose: true,
  // Our own schemas are held to the meta-schema by a test; compiling that takes longer than all of them.
  validateSchema: false,
  meta: false,
});
ajvFormats.default(ajv, ["date-time"]);

const compiled = new Map<SchemaName, ValidateFunction>();

const keys = new Map<SchemaName, ReadonlySet<string>>();

/** The keys that a schema names at its top, in its order. */
export function keysOf(name: SchemaName): ReadonlySet<string> {
  let known = keys.get(name);
  if (!known) {
    const { properties } = JSON.parse(schemaText(name)) as { properties: object };
    known = new Set(Object.keys(properties));
    keys.set(name, known);
  }
  return known;
}

/** What the schema refuses in `data`, one issue a key; numbers and booleans are converted in place. */
export function validate(name: SchemaName, data: unknown): readonly SchemaIssue[] {
  let check = compiled.get(name);
  if (!check) {
    check = ajv.compile(JSON.parse(schemaText(name)) as object);
    compiled.set(name, check);
  }
  return check(data) ? [] : firstOfEachKey(check.errors ?? []);
}

/** A list may hold a hundred thousand mistakes. */
function firstOfEachKey(errors: readonly ErrorObject[]): SchemaIssue[] {
  const issues = new Map<string, SchemaIssue>();
  for (const error of errors) {
    const key = error.instancePath.split("/", 2)[1] ?? String(error.params.additionalProperty);
    if (!issues.has(key)) issues.set(key, issueOf(error));
  }
  return [...issues.values()];
}

function issueOf(error: ErrorObject): SchemaIssue {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  if (error.keyword === "additionalProperties") {
    const key = String(error.params.additionalProperty);
    const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
    return { path: [...path, key], isUnknownKey: true, expected: `one of ${known.join(", ")}` };
  }
  return { path, isUnknownKey: false, expected: expectation(error) };
}

/** RFC 6901. */
function unescapePointer(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

function expectation({ keyword, params, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case "required":
      return `the key ${String(params.missingProperty)}`;
    case "enum":
      return `one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "const":
      return JSON.stringify(params.allowedValue);
    case "type":
      return params.type === "object" ? "keys with values" : `a value of type ${String(params.type)}`;
    case "maxLength":
      return `at most ${String(params.limit)} characters`;
    case "format":
      return "a date and time such as 2026-01-31T12:00:00Z";
    case "pattern":
      return patternExpectation(String(params.pattern), parentSchema?.examples);
    default:
      return `${keyword} ${String(params.limit ?? "")}`.trim();
  }
}

function patternExpectation(pattern: string, examples: unknown): string {
  return Array.isArray(examples) ? `something like ${String(examples[0])}` : `text that matches ${pattern}`;
}
