import { escapeHtml } from "../html.ts";

const SECTION = /^(\s*)(%[A-Za-z]+)(.*)$/;
const HEADER = /^(\s*[A-Za-z]+\s*)(:)(.*)$/;
const STAGE = /^\s*bootstrap\s*:/i;

/** Above this a file is shown without marks: they are many times the size of short lines. */
const MOST_LINES = 5000;

/**
 * A definition file as HTML: one `<span id="L12">` a line, with sections (`<b>`), header keys (`<u>`) and
 * comments (`<i>`) marked. The text is a stranger's and is escaped; the marking reads one line at a time and
 * cannot fail.
 */
export function highlightDefinition(text: string): string {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines.length > MOST_LINES) return escapeHtml(lines.join("\n"));
  let inHeader = true;
  return lines
    .map((line, index) => {
      const first = line.trimStart()[0];
      if (first === "%") inHeader = false;
      // A second stage begins a header again.
      else if (!inHeader && (first === "b" || first === "B")) inHeader = STAGE.test(line);
      return `<span id="L${index + 1}">${highlightLine(line, first, inHeader)}</span>`;
    })
    .join("\n");
}

function highlightLine(line: string, first: string | undefined, inHeader: boolean): string {
  if (first === "#") return `<i>${escapeHtml(line)}</i>`;
  const section = first === "%" ? SECTION.exec(line) : null;
  if (section) return `${section[1]}<b>${section[2]}</b>${escapeHtml(section[3] ?? "")}`;
  const header = inHeader ? HEADER.exec(line) : null;
  return header ? `<u>${header[1]}</u>:${escapeHtml(header[3] ?? "")}` : escapeHtml(line);
}
