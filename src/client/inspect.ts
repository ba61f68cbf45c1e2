import { parseDefinition } from "../definition/parse-definition.ts";
import { messageOf } from "../errors.ts";
import { isSif } from "../sif/header.ts";
import { readSif } from "../sif/sif.ts";
import type { SifSource } from "../sif/source.ts";
import { byId } from "./dom.ts";
import { showDefinition, showProblem, showSif } from "./show.ts";
import { blobSource, openWebSource } from "./web-source.ts";

/** The page that shows what is in an image: everything is read in the browser, and nothing is sent anywhere. */

/** No definition file is longer. */
const LARGEST_TEXT = 1024 * 1024;
const START = 128;

const result = byId("inspect-result", HTMLElement);
const said = byId("inspect-said", HTMLElement);
const file = byId("inspect-file", HTMLInputElement);
const address = byId("inspect-address", HTMLInputElement);
const zone = byId("inspect-zone", HTMLElement);
/** The last wins, however long an earlier one takes. */
let asked = 0;

async function inspect(name: string, look: () => Promise<Node[]>): Promise<void> {
  const turn = ++asked;
  said.textContent = `Reading ${name}…`;
  result.replaceChildren();
  const shown = await look().catch((error: unknown) => [showProblem(name, messageOf(error))]);
  if (turn !== asked) return;
  result.replaceChildren(...shown);
  said.textContent = result.querySelector(".notice")?.textContent ?? `${name} is shown below.`;
}

async function lookAtFile(blob: File): Promise<Node[]> {
  const source = blobSource(blob, blob.name);
  if (isSif(await source.bytesAt(0, START)) || blob.size > LARGEST_TEXT) return lookAtImage(source);
  const text = await blob.text();
  const parsed = parseDefinition(text);
  if ("definition" in parsed) return showDefinition(blob.name, parsed.definition, text);
  const { line, reason } = parsed.problem;
  return [showProblem(blob.name, `it is no image, and no definition file: line ${line}: ${reason}`)];
}

async function lookAtImage(source: SifSource): Promise<Node[]> {
  return showSif(source.path, await readSif(source));
}

function takeFile([chosen]: FileList | readonly File[] = []): void {
  if (chosen) void inspect(chosen.name, () => lookAtFile(chosen));
}

file.addEventListener("change", () => takeFile(file.files ?? []));
zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  takeFile(event.dataTransfer?.files);
});
address.form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const url = address.value.trim();
  void inspect(url, async () => lookAtImage(await openWebSource(new URL(url, location.href).href)));
});
zone.hidden = false;

const linked = new URLSearchParams(location.search).get("url");
if (linked !== null) {
  // Whoever follows a link decides whether that address is asked.
  address.value = linked;
  address.focus();
}
