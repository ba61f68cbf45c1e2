import type { App, ParsedDefinition, Section, Stage } from "../definition/definition.ts";
import { plural } from "../format.ts";
import { printable } from "../printable.ts";
import { type Fact, type Look, factLines, section } from "./text-layout.ts";

/** What a definition file says, for people. */
export function definitionText(definition: ParsedDefinition, path: string, look: Look): string {
  const stages = plural(definition.stages.length, "stage");
  return [
    `${look.paint("bold", printable(path))}: a definition file, ${stages}`,
    ...definition.stages.flatMap((stage, index) => stageLines(stage, index, look)),
  ].join("\n");
}

/** One line for each stage: what it begins with. */
export function baseLines({ stages }: ParsedDefinition, look: Look): string[] {
  return factLines(
    stages.map((stage, index): Fact => [stages.length === 1 ? "Base" : titleOf(stage, index), baseOf(stage)]),
    look,
  );
}

function titleOf({ header }: Stage, index: number): string {
  return header["stage"] === undefined ? `Stage ${index + 1}` : `Stage ${header["stage"]}`;
}

function baseOf({ header }: Stage): string {
  return [header["bootstrap"] ?? "no bootstrap agent", header["from"]].filter(Boolean).join(" ");
}

function stageLines(stage: Stage, index: number, look: Look): string[] {
  const title = titleOf(stage, index);
  const parts: readonly (readonly [title: string, facts: readonly Fact[]])[] = [
    [
      title,
      [["Base", baseOf(stage)], ...otherHeaders(stage), ...Object.entries(stage.sections).map(sectionFact)],
    ],
    [
      `${title}: files`,
      stage.files.map(({ args, files }): Fact => [["%files", args].join(" ").trim(), filesOf(files)]),
    ],
    [`${title}: labels`, Object.entries(stage.labels)],
    [`${title}: apps`, Object.entries(stage.apps).map(appFact)],
  ];
  return parts.flatMap(([name, facts]) =>
    facts.length === 0 ? [] : section(name, factLines(facts, look), look),
  );
}

function otherHeaders({ header }: Stage): Fact[] {
  return Object.entries(header).filter(([key]) => !["bootstrap", "from", "stage"].includes(key));
}

function sectionFact([name, { args, script }]: readonly [string, Section]): Fact {
  const lines = script.split("\n").filter((line) => line.trim() !== "").length;
  return [`%${name}`, [plural(lines, "line"), args].filter(Boolean).join(", ")];
}

const MOST_FILES = 10;

function filesOf(files: Stage["files"][number]["files"]): string {
  const shown = files
    .slice(0, MOST_FILES)
    .map(({ source, destination }) => (destination === "" ? source : `${source} → ${destination}`));
  const left = files.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(", ") || "none";
}

function appFact([name, { sections, labels, files }]: readonly [string, App]): Fact {
  const parts = [
    ...Object.keys(sections).map((key) => `%app${key}`),
    ...(Object.keys(labels).length > 0 ? [plural(Object.keys(labels).length, "label")] : []),
    ...(files.length > 0 ? [plural(files.length, "file")] : []),
  ];
  return [name, parts.join(", ") || "empty"];
}
