import { escapeHtml } from "../html.ts";
import { wayName } from "../protocols/pull-line.ts";
import { pullWays } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import type { Collection, Tag } from "../registry/model.ts";

/** Commands, best first, with what people call them, and why there are no more. */
export interface PullView {
  readonly tag: string;
  readonly lines: readonly { name: string; command: string }[];
  readonly refusals: readonly { name: string; reason: string }[];
  /** Every command, with a choice between them that needs no script. */
  readonly pickerHtml: string;
  /** The names of those that are none. */
  readonly refused: string;
  /** Why there are no others, as the entries of a definition list. */
  readonly refusalsHtml: string;
}

/** How the image of a tag is pulled. */
export function pullView(collection: Collection, tag: Tag, site: Site): PullView {
  const ways = pullWays(collection, tag, site).map((way) => ({ name: wayName(way), ...way }));
  const lines = ways.filter((way) => "command" in way);
  const refusals = ways.filter((way) => "reason" in way);
  return {
    tag: tag.name,
    lines,
    refusals,
    pickerHtml: pickerHtml(lines),
    refused: refusals.map(({ name }) => name).join(", "),
    refusalsHtml: refusalsHtml(refusals),
  };
}

/** A command that a page lets people copy. */
export function commandHtml(command: string): string {
  return `<pre class="command" data-copyable><code>${escapeHtml(command)}</code></pre>`;
}

/*
 * Written here, for both are on every page of a tag: a template would take a fourth of a large build for it.
 */

/** The style sheet shows the command whose name is chosen; pull.js remembers the choice. */
function pickerHtml(lines: PullView["lines"]): string {
  const [first] = lines;
  if (!first) return "";
  if (lines.length === 1) return `${commandHtml(first.command)}\n`;
  const choices = lines.map(
    ({ name }) =>
      `<label><input type="radio" name="way" value="${name}"${name === first.name ? " checked" : ""}> ${name}</label>\n`,
  );
  const panels = lines.map(
    ({ name, command }) =>
      `<div class="way" data-way="${name}"><span class="way-name">${name}</span>${commandHtml(command)}</div>\n`,
  );
  return `<div class="picker" data-picker>
<fieldset><legend>with</legend>
${choices.join("")}</fieldset>
<div class="panels">
${panels.join("")}</div>
</div>
`;
}

function refusalsHtml(refusals: PullView["refusals"]): string {
  return refusals
    .map(({ name, reason }) => `<div><dt>${name}</dt><dd>Not here: ${escapeHtml(reason)}.</dd></div>\n`)
    .join("");
}
