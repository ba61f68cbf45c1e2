import { FAILSAFE_SCHEMA, YAMLException, getScalarValue, load, parseEvents } from "js-yaml";
import { parsePlainYaml } from "./plain-yaml.ts";

/** YAML that cannot be read, with the line (from 1) in the text that was given. */
export class YamlError extends Error {
  readonly line: number;

  constructor(reason: string, line: number) {
    super(reason);
    this.name = "YamlError";
    this.line = line;
  }
}

/**
 * Every scalar stays the text that it is (`1.10`, `08`, `no`): schemas say later what is a number.
 * No aliases, so that no bomb expands; the depth bounds recursion.
 */
const OPTIONS = { schema: FAILSAFE_SCHEMA, maxAliases: 0, maxDepth: 32 };

/** A mapping from keys to strings, arrays and mappings. Keys without a value are left out. Throws YamlError. */
export function parseYamlMapping(text: string): Record<string, unknown> {
  const plain = parsePlainYaml(text);
  if (plain) return withoutEmpty(plain);
  if (isBlank(text)) return {};
  const value = loadOrThrow(text);
  if (value === "" || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new YamlError("expected keys and values (`key: value`)", 1);
  }
  return withoutEmpty(value as Record<string, unknown>);
}

function isBlank(text: string): boolean {
  return /^(?:[ \t]*(?:#.*)?\r?(?:\n|$))*$/.test(text);
}

function loadOrThrow(text: string): unknown {
  try {
    return load(text, OPTIONS);
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlError(error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}

/** `key:`, `key: ~` and `key: null` mean that nothing is said. */
function withoutEmpty(mapping: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(mapping)) {
    if (value !== "" && value !== "~" && value !== "null") kept[key] = value;
  }
  return kept;
}

/**
 * The line (from 1) of the value at a path such as `["layers", "0", "url"]`, or of the nearest parent that
 * exists. The text is parsed once more: this runs only when something is wrong.
 */
export function lineOfPath(text: string, path: readonly string[]): number {
  if (isBlank(text)) return 1;
  const events = parseEvents(text, OPTIONS);
  let at = 1;
  for (const step of path) {
    const next = childOf(events, at, text, step);
    if (next === undefined) break;
    at = next;
  }
  return lineAt(text, offsetOf(events[at]));
}

type YamlEvent = ReturnType<typeof parseEvents>[number];

/** Numbers that js-yaml gives to kinds of events. */
const SEQUENCE = 2;
const MAPPING = 3;
const POP = 6;

/** Index of the event at which the child named `step` begins. */
function childOf(
  events: readonly YamlEvent[],
  parent: number,
  text: string,
  step: string,
): number | undefined {
  const kind = events[parent]?.type;
  if (kind !== SEQUENCE && kind !== MAPPING) return undefined;
  let index = 0;
  for (let at = parent + 1; at < events.length && events[at]?.type !== POP; index++) {
    if (kind === SEQUENCE) {
      if (String(index) === step) return at;
      at = afterNode(events, at);
    } else {
      const value = afterNode(events, at);
      if (keyText(events[at], text) === step) return value;
      at = afterNode(events, value);
    }
  }
  return undefined;
}

/** Index of the event that follows the whole node which begins at `at`. */
function afterNode(events: readonly YamlEvent[], at: number): number {
  let depth = 0;
  for (let i = at; i < events.length; i++) {
    const type = events[i]?.type;
    if (type === SEQUENCE || type === MAPPING) depth++;
    if (type === POP) depth--;
    if (depth <= 0) return i + 1;
  }
  return events.length;
}

function keyText(event: YamlEvent | undefined, text: string): string | undefined {
  return event && "valueStart" in event ? getScalarValue(text, event) : undefined;
}

function offsetOf(event: YamlEvent | undefined): number {
  if (event && "valueStart" in event) return event.valueStart;
  return event && "start" in event ? event.start : 0;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}
