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
  /** All but the first line, as the entries of a definition list. */
  readonly waysHtml: string;
}

/** How the image of a tag is pulled. */
export function pullView(collection: Collection, tag: Tag, site: Site): PullView {
  const ways = pullWays(collection, tag, site).map((way) => ({ name: wayName(way), ...way }));
  const lines = ways.filter((way) => "command" in way);
  const refusals = ways.filter((way) => "reason" in way);
  return { tag: tag.name, lines, refusals, waysHtml: waysHtml(lines.slice(1), refusals) };
}

/** Written here, for it is on every page of a tag: a template would take a fourth of a large build for it. */
function waysHtml(lines: PullView["lines"], refusals: PullView["refusals"]): string {
  const entries = [
    ...lines.map(({ name, command }) => [
      name,
      `<dd><pre class="command"><code>${escapeHtml(command)}</code></pre></dd>`,
    ]),
    ...refusals.map(({ name, reason }) => [
      name,
      `<dd class="refusal">Not here: ${escapeHtml(reason)}.</dd>`,
    ]),
  ];
  return entries.map(([name, content]) => `<div><dt>${name}</dt>${content}</div>\n`).join("");
}
