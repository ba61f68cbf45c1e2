/** A mapping, a list or text: what YAML says when no scalar is converted. */
export type PlainYaml = string | readonly PlainYaml[] | { readonly [key: string]: PlainYaml };

/** One line: how far it is indented, whether it begins an item of a list, its key and the rest. */
interface Line {
  readonly indent: number;
  readonly isItem: boolean;
  readonly key: string | undefined;
  readonly value: string | readonly string[];
}

const LINE = /^( {0,12})(- )?(?:([A-Za-z_][A-Za-z0-9_.-]{0,99}):(?:$| (?=[^ ]))|(?=[^ ]))(.*)$/;
/** Scalars that mean themselves: no indicator at the start, no `: `, no ` #`, no quotes to be undone. */
const PLAIN = /^[A-Za-z0-9_./](?:[A-Za-z0-9_./+@=%~,;()-]|:(?=[^ ])| (?=[^ #]))*$/;
/** A carriage return alone ends a line, and with it a comment, and other control characters are an error. */
const COMMENT = /^#\P{C}*$/u;
/** A list on one line, of scalars that are plain within one: `[hpc, genomics tools]`. */
const FLOW_LIST =
  /^\[(?:[A-Za-z0-9_./](?:[A-Za-z0-9_./+@=%~;()-]| (?=[^ #\],]))*(?:, (?=[^\]])|(?=\]$)))*\]$/;
const DOUBLE_QUOTED = /^"[^"\\\p{C}]*"$/u;
const SINGLE_QUOTED = /^'[^'\p{C}]*'$/u;

/**
 * The mapping in a text of the plainest YAML: block mappings and lists, one line a scalar, as every record is
 * written. Undefined for anything else, errors included: that is for js-yaml, which a test holds this to. It is
 * there because of its speed: a large registry is mostly records (docs/performance.md).
 */
export function parsePlainYaml(text: string): Record<string, PlainYaml> | undefined {
  const lines = readLines(text);
  if (!lines || lines[0]?.indent !== 0 || lines[0].isItem) return undefined;
  const reader = new Reader(lines);
  const mapping = reader.readMapping(0);
  return reader.isAtEnd ? mapping : undefined;
}

function readLines(text: string): Line[] | undefined {
  const lines: Line[] = [];
  for (const row of text.split(/\r?\n/)) {
    if (row === "" || COMMENT.test(row)) continue;
    const match = LINE.exec(row);
    if (!match) return undefined;
    const value = valueOf(match[4] ?? "");
    const key = match[3];
    const isBareText = key === undefined && (value === "" || match[2] === undefined);
    if (value === undefined || isBareText) return undefined;
    lines.push({ indent: match[1]?.length ?? 0, isItem: match[2] !== undefined, key, value });
  }
  return lines;
}

/** The text of a scalar, or the items of a list; empty where the line says none; undefined where it is not plain. */
function valueOf(value: string): Line["value"] | undefined {
  if (value === "" || PLAIN.test(value)) return value;
  if (value.length > 2 && FLOW_LIST.test(value)) return value.slice(1, -1).split(", ");
  if (value.length > 2 && (DOUBLE_QUOTED.test(value) || SINGLE_QUOTED.test(value))) return value.slice(1, -1);
  return undefined;
}

/** Reads blocks from lines. A line that fits nowhere is left over, and the text is then not plain. */
class Reader {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** `isItem` tells that the first line follows a dash, which counts as indentation. */
  readMapping(indent: number, startsItem = false): Record<string, PlainYaml> {
    const mapping: Record<string, PlainYaml> = {};
    let isFirst = startsItem;
    for (let line = this.#lines[this.#at]; line; line = this.#lines[this.#at]) {
      const isEntry = isFirst || (line.indent === indent && !line.isItem);
      // A key that is there twice is an error; js-yaml finds its words.
      if (!isEntry || line.key === undefined || line.key === "__proto__" || Object.hasOwn(mapping, line.key))
        break;
      isFirst = false;
      this.#at++;
      mapping[line.key] = line.value === "" ? this.#readBlock(indent) : line.value;
    }
    return mapping;
  }

  /** What belongs to a key without a scalar. */
  #readBlock(indent: number): PlainYaml {
    const line = this.#lines[this.#at];
    if (line?.isItem && line.indent >= indent) return this.#readList(line.indent);
    if (line && !line.isItem && line.indent > indent) return this.readMapping(line.indent);
    return "";
  }

  #readList(indent: number): PlainYaml[] {
    const list: PlainYaml[] = [];
    for (
      let line = this.#lines[this.#at];
      line?.isItem && line.indent === indent;
      line = this.#lines[this.#at]
    ) {
      if (line.key === undefined) {
        list.push(line.value);
        this.#at++;
      } else {
        list.push(this.readMapping(indent + "- ".length, true));
      }
    }
    return list;
  }
}
