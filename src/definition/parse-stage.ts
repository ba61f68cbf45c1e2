import type { DefinitionProblem, FilePair, Section, Stage } from "./definition.ts";
import { readAppFiles, readFiles, readLabels } from "./entries.ts";
import { type Header, readHeader } from "./header.ts";
import { isProblem } from "./problem.ts";
import { type SectionName, readSectionName } from "./section-name.ts";
import { trim, trimStart } from "./spaces.ts";
import type { Block, StageText } from "./stages.ts";

/** A stage while it is read: maps, because strangers name labels and apps. */
interface Draft {
  readonly header: Header;
  readonly sections: Map<string, Section>;
  readonly labels: Map<string, string>;
  /** By what follows `%files`. */
  readonly files: Map<string, FilePair[]>;
  readonly apps: Map<string, AppDraft>;
}

interface AppDraft {
  readonly sections: Map<string, Section>;
  readonly labels: Map<string, string>;
  readonly files: FilePair[];
}

/** Reads one stage; undefined where it says nothing at all, such as a comment above the first `Bootstrap:`. */
export function parseStage({ header, sections }: StageText): Stage | DefinitionProblem | undefined {
  const read = readHeader(header);
  if (isProblem(read)) return read;
  const draft: Draft = {
    header: read,
    sections: new Map(),
    labels: new Map(),
    files: new Map(),
    apps: new Map(),
  };
  for (const [index, block] of sections.entries()) {
    const problem = addSection(draft, index === 0 && header.lines.length === 0 ? trimFirst(block) : block);
    if (problem) return problem;
  }
  return isEmpty(draft) ? undefined : stageOf(draft);
}

/** What comes first in a stage may be indented, for apptainer trims the block, and then misses the end of a lone line. */
function trimFirst(block: Block): Block {
  const [first = "", ...body] = block.lines;
  return isBlank(body) ? { ...block, lines: [] } : { ...block, lines: [trimStart(first), ...body] };
}

function isBlank(lines: readonly string[]): boolean {
  return lines.every((line) => trim(line) === "");
}

function addSection(draft: Draft, { lines, line }: Block): DefinitionProblem | undefined {
  const [first, ...body] = lines;
  if (first === undefined)
    return {
      line,
      reason: "the first section is empty, and no header is above it; begin with Bootstrap: docker",
    };
  const name = readSectionName(first.replace(/\r$/, ""), line);
  if (isProblem(name)) return name;
  if (name.app !== undefined) {
    addAppSection(appOf(draft, name.app), name, body, line);
  } else if (name.name === "files") {
    return addFiles(draft, name, body, line);
  } else if (name.name === "labels") {
    addLabels(draft.labels, body);
  } else {
    addScript(draft.sections, name, body, line);
  }
  return undefined;
}

function appOf({ apps }: Draft, name: string): AppDraft {
  const app = apps.get(name) ?? { sections: new Map(), labels: new Map(), files: [] };
  apps.set(name, app);
  return app;
}

function addAppSection(app: AppDraft, name: SectionName, body: readonly string[], line: number): void {
  if (name.name === "labels") addLabels(app.labels, body);
  else if (name.name === "files") addAll(app.files, readAppFiles(body));
  else addScript(app.sections, name, body, line);
}

/** Those with the same words after `%files` are one. */
function addFiles(
  { files }: Draft,
  { args = "" }: SectionName,
  body: readonly string[],
  line: number,
): DefinitionProblem | undefined {
  const read = readFiles(body);
  if (typeof read === "number")
    return {
      line: line + 1 + read,
      reason: "a lone quote is no name of a file; write the name and a second quote",
    };
  const known = files.get(args) ?? [];
  files.set(args, known);
  addAll(known, read);
  return undefined;
}

function addLabels(labels: Map<string, string>, body: readonly string[]): void {
  for (const [key, value] of readLabels(body)) labels.set(key, value);
}

/** One that is repeated goes on where the first one ended, as apptainer has it. */
function addScript(
  sections: Map<string, Section>,
  { name, args }: SectionName,
  body: readonly string[],
  line: number,
): void {
  const known = sections.get(name);
  sections.set(name, {
    args: args ?? known?.args ?? "",
    script: (known?.script ?? "") + scriptOf(body),
    line: known?.line ?? line,
  });
}

/** Every character as it stands, but lines end in LF, the last one, too. */
function scriptOf(body: readonly string[]): string {
  if (body.length === 0) return "";
  const script = `${body.join("\n")}\n`;
  return script.includes("\r") ? script.replaceAll("\r\n", "\n") : script;
}

/** Not by spreading: there may be more than a call can have arguments. */
function addAll<T>(list: T[], items: readonly T[]): void {
  for (const item of items) list.push(item);
}

function isEmpty({ header, sections, labels, files, apps }: Draft): boolean {
  if (header.size + labels.size + files.size + apps.size > 0) return false;
  return [...sections.values()].every(({ args, script }) => args === "" && script === "");
}

/** `Object.fromEntries` makes own keys of all names, `__proto__`, too. */
function stageOf({ header, sections, labels, files, apps }: Draft): Stage {
  const keys = [...header.values()];
  return {
    header: Object.fromEntries(keys.map(({ key, value }) => [key, value])),
    headerLines: Object.fromEntries(keys.map(({ key, line }) => [key, line])),
    sections: Object.fromEntries(sections),
    labels: Object.fromEntries(labels),
    files: [...files].map(([args, pairs]) => ({ args, files: pairs })),
    apps: Object.fromEntries(
      [...apps].map(([name, app]) => [
        name,
        {
          sections: Object.fromEntries(app.sections),
          labels: Object.fromEntries(app.labels),
          files: app.files,
        },
      ]),
    ),
  };
}
