import { factsOf, signatureFacts } from "../commands/inspect-sif.ts";
import { definitionJson } from "../definition/definition-json.ts";
import type { ParsedDefinition } from "../definition/definition.ts";
import { highlightDefinition } from "../definition/highlight.ts";
import type { Sif } from "../sif/sif.ts";
import { sifMapView } from "../site/sif-map-view.ts";
import { element, facts, section, textBlock } from "./dom.ts";

/** What is in an image, as `stowage inspect` prints it. */
export function showSif(name: string, sif: Sif): Node[] {
  const { definition } = sif;
  return [
    element("h2", "", name),
    ...sif.problems.map((problem) => showProblem(name, problem)),
    facts(factsOf(sif)),
    ...mapOf(sif),
    signaturesOf(sif),
    ...labelsOf(sif),
    ...(definition === undefined ? [] : [definitionOf(definition)]),
    jsonOf({ kind: "sif", ...sif }),
  ];
}

/** What a definition file says. */
export function showDefinition(name: string, definition: ParsedDefinition, text: string): Node[] {
  const count = definition.stages.length;
  return [
    element("h2", "", name),
    element("p", "", `A definition file with ${count} stage${count === 1 ? "" : "s"}.`),
    definitionOf(text),
    jsonOf(definitionJson(definition)),
  ];
}

/** What is wrong. */
export function showProblem(name: string, reason: string): Node {
  return element("p", "notice", `${name}: ${reason}`);
}

function mapOf({ objects, size }: Sif): Node[] {
  const end = objects.reduce((most, object) => Math.max(most, object.offset + object.size), 0);
  const view = sifMapView({ schema: 2, objects, size: size ?? end });
  if (!view) return [];
  const box = element("section", "");
  // Made by the same code as the site's own pages, which escapes what is in it.
  box.innerHTML = `<h2>Map</h2>${view.mapHtml}<table class="listing"><thead><tr><th scope="col">Object</th><th scope="col">What</th><th scope="col" class="number">Size</th><th scope="col" class="number">Share</th><th scope="col" class="number">Offset</th></tr></thead><tbody>${view.rowsHtml}</tbody></table>`;
  return [box];
}

function signaturesOf(sif: Sif): Node {
  if (sif.signatures.length === 0) return section("Signatures", element("p", "", "None."));
  const claim = "What the file claims, not verified here: apptainer verify does that.";
  return section("Signatures", element("p", "quiet", claim), facts(signatureFacts(sif)));
}

function labelsOf({ labels }: Sif): Node[] {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? [] : [section("Labels", facts(pairs))];
}

function definitionOf(text: string): Node {
  const block = textBlock("", "Definition file");
  block.className = "definition";
  // The same code again: every line is escaped.
  if (block.firstElementChild) block.firstElementChild.innerHTML = highlightDefinition(text);
  return section("Definition file", block);
}

function jsonOf(value: object): Node {
  const details = element("details", "", element("summary", "", "JSON"));
  details.append(textBlock(JSON.stringify(value, null, 2), "JSON"));
  return details;
}
