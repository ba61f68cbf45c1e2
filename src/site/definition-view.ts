import { baseOf } from "../definition/base.ts";
import type { Section, Stage } from "../definition/definition.ts";
import { highlightDefinition } from "../definition/highlight.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { definitionPath } from "../endpoints/paths.ts";
import { escapeHtml } from "../html.ts";
import { commandOf } from "../protocols/pull-line.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Definition, ImageRecord, Tag } from "../registry/model.ts";
import { href } from "./links.ts";
import { commandHtml } from "./pull-view.ts";

/** What a tag's definition file says; nothing beside its text where it cannot be parsed. */
export interface DefinitionView {
  readonly fileName: string;
  readonly definitionHref: string;
  readonly definitionHtml: string;
  readonly base?: string;
  readonly help?: string;
  /** Sections that are part of the image, each to be unfolded. */
  readonly scriptsHtml: string;
  readonly appsHtml: string;
  readonly moreApps: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A stranger's definition file may have a thousand; it is shown as a whole anyway. */
const MOST_APPS = 100;

/** The labels come from the record where it has some. `file` is what the image is called on a puller's disk. */
export function definitionView(
  collection: Collection,
  { name, record }: Pick<Tag, "name" | "record">,
  definition: Definition,
  site: Site,
  file: string,
): DefinitionView {
  const result = parseDefinition(definition.text);
  const parsed = "definition" in result ? result.definition : undefined;
  const stage = parsed?.stages.at(-1);
  const base = parsed && baseOf(parsed);
  const help = trimmed(stage?.sections["help"]);
  const apps = Object.entries(stage?.apps ?? {});
  return {
    fileName: definition.fileName,
    definitionHref: href(site, definitionPath(collection.name, name)),
    definitionHtml: highlightDefinition(definition.text),
    ...(base !== undefined && { base }),
    ...(help !== "" && { help }),
    scriptsHtml: stage ? scriptsHtml(stage) : "",
    appsHtml: apps
      .slice(0, MOST_APPS)
      .map(([app, { sections }]) => appHtml(app, trimmed(sections["help"]), file))
      .join(""),
    moreApps: Math.max(apps.length - MOST_APPS, 0),
    labels: labelsOf(record, stage),
  };
}

function labelsOf(record: ImageRecord | undefined, stage: Stage | undefined): DefinitionView["labels"] {
  return record?.labels ?? stage?.labels ?? {};
}

/** Without the empty lines around it. */
function trimmed(section: Section | undefined): string {
  return (section?.script ?? "").replace(/^\s*\n/, "").trimEnd();
}

const SCRIPTS = [
  ["runscript", "Runscript"],
  ["startscript", "Startscript"],
  ["environment", "Environment"],
  ["test", "Test"],
] as const;

function scriptsHtml({ sections }: Stage): string {
  return SCRIPTS.map(([section, title]) => {
    const text = trimmed(sections[section]);
    return text === ""
      ? ""
      : `<details><summary>${title}</summary>\n<pre tabindex="0" role="group" aria-label="${title}">${escapeHtml(text)}</pre>\n</details>\n`;
  }).join("");
}

function appHtml(name: string, help: string, file: string): string {
  const command = commandHtml(commandOf("apptainer", "run", "--app", name, file));
  const text = help === "" ? "" : `<p>${escapeHtml(help)}</p>`;
  return `<div><dt>${escapeHtml(name)}</dt><dd>${text}${command}</dd></div>\n`;
}
