import { formatBytes, formatNumber, plural } from "../format.ts";
import type { DefinitionChange, Difference, FactChange, LabelChange } from "../history/difference.ts";
import type { DiffLine, Hunk } from "../history/line-diff.ts";
import { escapeHtml } from "../html.ts";
import { rowHtml, signedBytes } from "./history-html.ts";

/*
 * How one image differs from another, as HTML. templates/assets/compare.js makes the same of any two in the browser.
 */

/** How many labels are compared on a page. */
const MOST_LABELS = 500;

/** Facts and labels as the rows of one table, empty where none differs, and the definition file below. */
export function differenceView({ facts, labels, definition }: Difference): object {
  const rows = [...facts.map(factRow), ...labels.slice(0, MOST_LABELS).map(labelRow)];
  return {
    rowsHtml: rows.join(""),
    moreLabels: Math.max(labels.length - MOST_LABELS, 0),
    summary: definitionSummary(definition),
    diffHtml: typeof definition === "string" ? undefined : definition.hunks.map(hunkHtml).join(""),
  };
}

function factRow({ name, before, after }: FactChange): string {
  const [old, young] = [factText(name, before), factText(name, after)];
  const isSize = typeof before === "number" && typeof after === "number";
  return changeRow(name, old, isSize ? `${young} (${signedBytes(after - before)})` : young);
}

function factText(name: FactChange["name"], value: string | number | undefined): string {
  if (value === undefined) return ABSENT;
  return name === "Size" ? formatBytes(Number(value)) : `<code>${escapeHtml(String(value))}</code>`;
}

const ABSENT = '<span class="quiet">none</span>';

function labelRow({ name, before, after }: LabelChange): string {
  return changeRow(
    `<span class="quiet">label</span> ${escapeHtml(name)}`,
    labelText(before),
    labelText(after),
  );
}

function labelText(text: string | undefined): string {
  return text === undefined ? ABSENT : escapeHtml(text);
}

/** Where there is no room for columns, a word stands for the head of the last. */
function changeRow(head: string, before: string, after: string): string {
  return rowHtml([head, before, `<span class="narrow">then </span>${after}`]);
}

function definitionSummary(change: DefinitionChange): string {
  if (change === "same") return "The definition file is the same.";
  if (change === "not-known") return "Of one of the two the definition file is not known.";
  if (change === "too-much") return "The definition files differ in too much to be compared line by line.";
  const { added, removed } = change;
  const lines = `${plural(added, "line")} added, ${formatNumber(removed)} removed`;
  return `The definition file: ${lines}.`;
}

function hunkHtml({ header, lines }: Hunk): string {
  return `<span class="hunk">${header}\n</span>${lines.map(lineHtml).join("")}`;
}

/** Signs say what colours do. */
const MARKS = { same: " ", added: "+", removed: "-", note: "\\" } as const;
const ELEMENTS = { same: "span", added: "ins", removed: "del", note: "span" } as const;

function lineHtml({ kind, text }: DiffLine): string {
  const element = ELEMENTS[kind];
  return `<${element}>${MARKS[kind]}${escapeHtml(text)}\n</${element}>`;
}
