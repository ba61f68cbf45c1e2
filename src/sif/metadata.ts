import { memberOf, parseJson } from "../json.ts";
import { decodeText } from "./fields.ts";
import type { SifObject } from "./objects.ts";

/** The texts in an image: what apptainer keeps of how it was made. */
export interface SifMetadata {
  readonly labels: Readonly<Record<string, string>>;
  /** The definition file. */
  readonly definition?: string;
  /** Names of its apps, in code-point order. */
  readonly apps: readonly string[];
  /** Its objects of JSON. */
  readonly documents: readonly SifDocument[];
}

export interface SifDocument {
  /** The object's id. */
  readonly id: number;
  readonly name?: string;
  readonly value: unknown;
}

/** The object that holds what `apptainer inspect --all` prints. */
export const METADATA = "inspect-metadata.json";

/** What a record has room for, which must stay below 1 MiB however its labels have to be escaped. */
const MOST_LABELS = 1000;
const ROOM_FOR_LABELS = 128 * 1024;
/** As the record's schema has it. */
const LONGEST_LABEL = 65_536;
const MOST_APPS = 1000;
/** Whoever prints a value goes as deep as it does; what is nested like this is an attack. */
const DEEPEST = 100;

/** Reads the objects whose bytes are there; what is not as it should be is left out and said in `problems`. */
export function readMetadata(contents: ReadonlyMap<SifObject, Uint8Array>, problems: string[]): SifMetadata {
  const documents = documentsIn(contents, problems);
  const inspected = memberOf(documents.find(({ name }) => name === METADATA)?.value, "data");
  const attributes = memberOf(inspected, "attributes");
  const definition = textOf("definition", contents) ?? textIn(memberOf(attributes, "deffile"));
  const apps = memberOf(attributes, "apps");
  return {
    labels: labelsOf(memberOf(attributes, "labels") ?? oldLabels(contents)),
    ...(definition !== undefined && { definition }),
    apps: typeof apps === "object" && apps !== null ? Object.keys(apps).sort().slice(0, MOST_APPS) : [],
    documents,
  };
}

function documentsIn(contents: ReadonlyMap<SifObject, Uint8Array>, problems: string[]): SifDocument[] {
  const documents: SifDocument[] = [];
  for (const [{ id, type, name }, bytes] of contents) {
    if (type !== "json") continue;
    const text = decodeText(bytes);
    const value = isDeep(text) ? undefined : parseJson(text);
    if (value === undefined) problems.push(`object ${id} should be JSON, and is none that can be read`);
    else documents.push({ id, ...(name !== undefined && { name }), value });
  }
  return documents.sort((a, b) => a.id - b.id);
}

/** Whether brackets stand in more brackets than any document has a use for. */
function isDeep(json: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length && depth <= DEEPEST; at++) {
    const character = json[at];
    if (character === "\\" && isInText) at++;
    else if (character === '"') isInText = !isInText;
    else if (!isInText && (character === "[" || character === "{")) depth++;
    else if (!isInText && (character === "]" || character === "}")) depth--;
  }
  return depth > DEEPEST;
}

function textOf(type: SifObject["type"], contents: ReadonlyMap<SifObject, Uint8Array>): string | undefined {
  for (const [object, bytes] of contents) if (object.type === type) return decodeText(bytes);
  return undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Older images have an object for their labels. */
function oldLabels(contents: ReadonlyMap<SifObject, Uint8Array>): unknown {
  const text = textOf("labels", contents);
  return text === undefined || isDeep(text) ? undefined : parseJson(text);
}

/** Those that are texts, as many as a record has room for. */
function labelsOf(labels: unknown): SifMetadata["labels"] {
  if (typeof labels !== "object" || labels === null) return {};
  const texts = Object.entries(labels).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= LONGEST_LABEL,
  );
  texts.sort(([a], [b]) => (a < b ? -1 : 1));
  let room = ROOM_FOR_LABELS;
  const kept = texts.slice(0, MOST_LABELS).filter(([key, text]) => (room -= key.length + text.length) >= 0);
  return Object.fromEntries(kept);
}
