import { escapeHtml } from "../html.ts";
import { isBuildLabel } from "../registry/build-labels.ts";
import { plural } from "../format.ts";

/**
 * Labels as a list: what people wrote first, and folded what every build writes. Written here, for it is on every page of
 * a tag (see pull-view.ts). Empty where there are none.
 */
export function labelsHtml(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const human = entries.filter(([key]) => !isBuildLabel(key));
  const build = entries.filter(([key]) => isBuildLabel(key));
  const folded =
    build.length === 0
      ? ""
      : `<details><summary>${plural(build.length, "label")} of the build</summary>\n${listHtml(build)}</details>\n`;
  return human.length === 0 ? folded : listHtml(human) + folded;
}

function listHtml(entries: readonly (readonly [string, string])[]): string {
  const rows = entries.map(
    ([key, value]) => `<div><dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value)}</dd></div>\n`,
  );
  return `<dl class="facts labels">\n${rows.join("")}</dl>\n`;
}
