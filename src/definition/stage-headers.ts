import type { Stage } from "./definition.ts";
import { readHeader } from "./header.ts";
import { parseDefinition } from "./parse-definition.ts";
import { isProblem } from "./problem.ts";
import { splitStages } from "./stages.ts";

/**
 * The headers of a file's stages, in a small part of the time that it takes to parse all of it. A file that cannot be
 * built because of something behind its headers has them, too; one with a header that cannot be read has none.
 */
export function readStageHeaders(text: string): readonly Stage["header"][] {
  // Variables are filled in from a section.
  if (text.includes("{{")) return parsedHeaders(text);
  const headers: Stage["header"][] = [];
  for (const headerText of headerTexts(text)) {
    const header = splitStages(headerText)[0]?.header;
    const read = header && readHeader(header);
    if (!read) continue;
    if (isProblem(read)) return [];
    // What stands above the first stage may be no more than a comment.
    if (read.size > 0)
      headers.push(Object.fromEntries([...read.values()].map(({ key, value }) => [key, value])));
  }
  return headers;
}

/** A stage begins where `Bootstrap:` does a line, and its header has ended where a percent sign does: see lines.ts. */
function* headerTexts(text: string): Iterable<string> {
  const starts = [0, ...[...text.matchAll(/\nbootstrap:/giu)].map(({ index }) => index + 1)];
  for (const [index, start] of starts.entries()) {
    const stage = text.slice(start, starts[index + 1]);
    const section = stage.startsWith("%") ? 0 : stage.indexOf("\n%");
    yield section === -1 ? stage : stage.slice(0, section + 1);
  }
}

function parsedHeaders(text: string): readonly Stage["header"][] {
  const result = parseDefinition(text);
  return "problem" in result ? [] : result.definition.stages.map(({ header }) => header);
}
