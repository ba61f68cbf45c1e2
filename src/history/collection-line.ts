import type { FileChange } from "../git/file-history.ts";
import type { CollectionName, TagName } from "../registry/reference.ts";
import { NO_README, parseCollectionReadme, parseRecord } from "../registry/readme.ts";
import type { ImageRecord } from "../registry/model.ts";
import type { Change, Moment, StoredDefinition } from "./history.ts";
import type { Place } from "./place.ts";
import { TagLine, type TagState } from "./tag-line.ts";

/** Files as git has them. */
export interface Blobs {
  /** Undefined where it is too large, or not there. */
  readonly text: (blob: string) => string | undefined;
  readonly definition: (blob: string, fileName: string) => StoredDefinition | undefined;
}

/** What stands in a tag's folder, whether visitors may know or not. */
interface Folder {
  readonly line: TagLine;
  record?: ImageRecord | undefined;
  readonly definitions: Map<string, StoredDefinition>;
}

/** What a collection's README.md says of it, as far as history goes. */
interface Readme {
  readonly isPrivate: boolean;
  readonly deprecated?: boolean | string;
}

/**
 * One collection over time. While it was private, or its README.md could not be trusted, it had no tags as far as
 * visitors know: what was there only then is never told.
 */
export class CollectionLine {
  readonly name: CollectionName;
  readonly deprecations: Change[] = [];
  readonly #folders = new Map<TagName, Folder>();
  readonly #blobs: Blobs;
  /** Tags of which something changed since the last moment. */
  readonly #touched = new Set<TagName>();
  #readme: Readme = NO_README;

  constructor(name: CollectionName, blobs: Blobs) {
    this.name = name;
    this.#blobs = blobs;
  }

  /** Every tag that there ever was. */
  get lines(): ReadonlyMap<TagName, TagLine> {
    return new Map([...this.#folders].map(([name, { line }]) => [name, line]));
  }

  lineOf(tag: TagName): TagLine {
    return this.#folderOf(tag).line;
  }

  /** Takes one file of a commit. */
  take({ tag, name }: Place, change: FileChange, moment: Moment): void {
    if (tag === undefined) return this.#takeReadme(change, moment);
    this.#touched.add(tag);
    const folder = this.#folderOf(tag);
    if (name === "README.md") this.#takeRecord(folder, change);
    else this.#takeDefinition(folder, name, change);
  }

  /** All files of a commit are taken: puts down what they mean together. */
  settle(moment: Moment): void {
    for (const tag of [...this.#touched].sort()) {
      const folder = this.#folderOf(tag);
      const state = this.#readme.isPrivate ? {} : stateOf(folder);
      folder.line.show(state, timed(moment, state));
    }
    this.#touched.clear();
  }

  #folderOf(tag: TagName): Folder {
    const known = this.#folders.get(tag);
    if (known) return known;
    const folder = { line: new TagLine(), definitions: new Map<string, StoredDefinition>() };
    this.#folders.set(tag, folder);
    return folder;
  }

  #takeReadme({ blob, isGone }: FileChange, moment: Moment): void {
    const readme = isGone ? NO_README : this.#readmeIn(blob);
    if (readme.isPrivate !== this.#readme.isPrivate)
      for (const tag of this.#folders.keys()) this.#touched.add(tag);
    const { deprecated } = readme;
    const { time } = moment;
    if (deprecated && !this.#readme.deprecated && !readme.isPrivate && time !== undefined) {
      const note = typeof deprecated === "string" ? { note: deprecated } : {};
      this.deprecations.push({
        kind: "deprecated",
        collection: this.name,
        ...note,
        moment: { ...moment, time },
      });
    }
    this.#readme = readme;
  }

  /** What cannot be read may have meant to be private. */
  #readmeIn(blob: string | undefined): Readme {
    const text = blob === undefined ? undefined : this.#blobs.text(blob);
    if (text === undefined) return { isPrivate: true };
    return parseCollectionReadme(text, "README.md").value ?? { isPrivate: true };
  }

  /** One that cannot be used is passed over: what stood there before counts on. */
  #takeRecord(folder: Folder, { blob, isGone }: FileChange): void {
    if (isGone) folder.record = undefined;
    const text = blob === undefined ? undefined : this.#blobs.text(blob);
    const record = text === undefined ? undefined : parseRecord(text, "README.md").value;
    if (record) folder.record = record;
  }

  #takeDefinition({ definitions }: Folder, name: string, { blob }: FileChange): void {
    const definition = blob === undefined ? undefined : this.#blobs.definition(blob, name);
    if (definition) definitions.set(name, definition);
    else definitions.delete(name);
  }
}

function stateOf({ record, definitions }: Folder): TagState {
  const definition = definitions.get("Singularity") ?? definitions.get("Apptainer");
  return { ...(record && { record }), ...(definition && { definition }) };
}

/** Where no commit tells when, the record may. */
export function timed(moment: Moment, { record }: TagState): Moment {
  const created = moment.commit === undefined ? timeOf(record?.created) : undefined;
  return created === undefined ? moment : { ...moment, time: created };
}

/** In UTC, to the second; undefined where it is no time that a calendar has. */
function timeOf(created: string | undefined): string | undefined {
  const milliseconds = created === undefined ? Number.NaN : Date.parse(created);
  return Number.isNaN(milliseconds) ? undefined : utcTime(milliseconds / 1000);
}

/** RFC 3339, of seconds since 1970. */
export function utcTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
