import type { Definition, ImageRecord } from "../registry/model.ts";
import type { Entry, EntryKind, Moment, StoredDefinition, Version } from "./history.ts";

/** What stands in a tag's folder at one moment, as far as visitors may know. */
export interface TagState {
  readonly record?: ImageRecord;
  readonly definition?: StoredDefinition;
}

/** One tag over time: is told what stands there after each change, and puts down what that means. */
export class TagLine {
  readonly entries: Entry[] = [];
  /** The last image that it had. */
  #last: Version | undefined;

  /** What it points to; undefined: nothing. */
  get current(): Version | undefined {
    return this.entries.at(-1)?.version;
  }

  /** Returns the entry that this makes, if any. */
  show(state: TagState, moment: Moment): Entry | undefined {
    const kind = this.#kindOf(state);
    if (!kind) return undefined;
    const { record } = state;
    const previous = this.#last;
    const version = record && this.#versionOf(record, state, kind);
    const entry = { kind, ...(version && { version }), ...(previous && { previous }), moment };
    this.entries.push(entry);
    this.#last = version ?? previous;
    return entry;
  }

  /** The definition file of what it points to, where none is known. */
  complete(definition: StoredDefinition): void {
    const last = this.entries.at(-1);
    if (!last?.version || last.version.definition) return;
    this.#last = { ...last.version, definition };
    this.entries[this.entries.length - 1] = { ...last, version: this.#last };
  }

  #kindOf({ record, definition }: TagState): EntryKind | undefined {
    const { current } = this;
    const before = this.entries.at(-1)?.kind;
    if (!record) {
      const isThere = current !== undefined || before === "withdrawn";
      if (!isThere) return undefined;
      if (!definition) return "removed";
      return before === "withdrawn" ? undefined : "withdrawn";
    }
    if (!current) return this.#isOther(record) && before === "withdrawn" ? "rebuilt" : "published";
    if (this.#isOther(record)) return "rebuilt";
    return JSON.stringify(record) === JSON.stringify(current.record) ? undefined : "edited";
  }

  #isOther({ digest }: ImageRecord): boolean {
    return this.#last?.digest !== digest;
  }

  /** Whoever only edits a record builds nothing: the definition file stays the one that the image was built from. */
  #versionOf(record: ImageRecord, { definition }: TagState, kind: EntryKind): Version {
    const built = kind === "edited" ? (this.#last?.definition ?? definition) : definition;
    return { digest: record.digest, record, ...(built && { definition: built }) };
  }
}

/** A definition file of the tree itself. */
export function definitionInTree(definition: Definition): StoredDefinition {
  return { id: `tree ${definition.text}`, read: () => definition };
}
