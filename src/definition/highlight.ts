import { escapeHtml } from "../html.ts";
import { type LineKind, lineKinds } from "./lines.ts";

/** Above this a file is shown without marks: they are many times the size of short lines. */
const MOST_LINES = 5000;

/** A key press goes past hundreds of lines at once, and nobody has their numbers read out. */
const QUIET = 'tabindex="-1" aria-hidden="true"';

/**
 * A definition file as HTML: one `<span id="L12">` a line, which begins with a link to itself (its
 * number is a style sheet's, so that nobody copies it with the text), with sections (`<b>`), header keys (`<u>`) and
 * comments (`<i>`) marked. The text is a stranger's and is escaped; a file that cannot be parsed is marked as far as
 * its lines can be told apart.
 */
export function highlightDefinition(text: string): string {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines.length > MOST_LINES) return escapeHtml(lines.join("\n"));
  const kinds = lineKinds(lines);
  return lines
    .map((line, index) => {
      const id = `L${index + 1}`;
      return `<span id="${id}"><a href="#${id}" ${QUIET}></a>${highlightLine(line, kinds[index])}</span>`;
    })
    .join("\n");
}

function highlightLine(line: string, kind: LineKind | undefined): string {
  switch (kind) {
    case "comment":
      return `<i>${escapeHtml(line)}</i>`;
    case "section":
      return highlightSection(line);
    case "stage":
    case "key":
      return highlightKey(line);
    default:
      return escapeHtml(line);
  }
}

function highlightSection(line: string): string {
  const start = line.indexOf("%");
  const space = line.slice(start).search(/\s/);
  const end = space === -1 ? line.length : start + space;
  return `${line.slice(0, start)}<b>${escapeHtml(line.slice(start, end))}</b>${escapeHtml(line.slice(end))}`;
}

function highlightKey(line: string): string {
  const colon = line.indexOf(":");
  if (colon === -1) return escapeHtml(line);
  return `<u>${escapeHtml(line.slice(0, colon))}</u>${escapeHtml(line.slice(colon))}`;
}
