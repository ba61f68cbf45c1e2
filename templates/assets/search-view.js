// Draws what the search index answers. Everything becomes text by way of the document, never markup.
import { fold, partsOf, wordsOf } from "./search-words.js";

/** How many texts of a kind say why a row matched. */
const MOST_REASONS = 3;
const LONGEST_LINE = 160;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** How many results there are, or what one may have meant. Screen readers say it. */
export function showStatus(output, { query, words, count, isCorrected, isPartial, link }) {
  const results = `${count} ${count === 1 ? "result" : "results"}`;
  if (isCorrected) {
    const better = words.map(({ typed, found }) => (found.includes(typed) ? typed : found[0])).join(" ");
    const suggestion = element("a", { href: link(better) }, better);
    output.replaceChildren(`0 results for “${query.trim()}”. Did you mean `, suggestion, `? ${results}.`);
  } else if (isPartial && count > 0) {
    output.replaceChildren(`0 results with all of these words. ${results} with some of them.`);
  } else {
    output.replaceChildren(`${results}.`);
  }
}

/** Draws rows; where nothing in one shows why it matched, the line of its definition file does. */
export function showResults(list, { rows, words, site, hasDefinitions }) {
  const drawn = rows.map((row) => rowOf(row, words, site));
  const focused = document.activeElement.href;
  list.replaceChildren(...drawn.map(({ item }) => item));
  // The pause in which definition files are read must not take anybody off the row that they are on.
  if (focused) [...list.querySelectorAll("a")].find(({ href }) => href === focused)?.focus();
  if (!hasDefinitions) return;
  for (const [place, { item, unexplained }] of drawn.entries()) {
    if (unexplained.length > 0) void showLine(item, rows[place], unexplained, site);
  }
}

/** A row, and the beginnings of words that nothing in it has. */
function rowOf(row, words, site) {
  const { name, description = "" } = row;
  const cut = name.lastIndexOf("/") + 1;
  const beginnings = words.flatMap(({ found }) => found);
  const href = new URL(`${name}/`, site).href;
  const [namespace, shortName] = [name.slice(0, cut), name.slice(cut)].map((text) =>
    marked(text, beginnings),
  );
  const link = element("a", { href, "data-row": "" }, ...namespace, element("b", {}, ...shortName));
  const item = element("li", {}, link, element("p", { class: "quiet" }, factsOf(row)));
  if (description) item.append(element("p", {}, ...marked(description, beginnings)));
  const wordsMissingIn = (texts, some) =>
    some.filter(({ found }) => !texts.some((text) => matches(text, found)));
  const missing = wordsMissingIn([name, description], words);
  const kinds = otherTexts(row);
  const reasons = reasonsOf(
    name,
    kinds,
    missing.flatMap(({ found }) => found),
    site,
  );
  if (reasons.length > 0) item.append(element("ul", { class: "reasons" }, ...reasons));
  const unexplained = wordsMissingIn(Object.values(kinds).flat(), missing);
  return { item, unexplained: unexplained.flatMap(({ found }) => found) };
}

function factsOf({ tagCount = 0, architectures = [], updated, deprecated }) {
  const tags = `${tagCount} ${tagCount === 1 ? "tag" : "tags"}`;
  return [tags, architectures.join(", "), updated && `updated ${updated}`, deprecated && "deprecated"]
    .filter(Boolean)
    .join(" · ");
}

const otherTexts = ({ tags = [], topics = [], bases = [], apps = [], labels = [] }) => ({
  tag: tags,
  topic: topics,
  base: bases,
  app: apps,
  label: labels,
});

/** What matched besides the name and the description. */
function reasonsOf(name, kinds, beginnings, site) {
  return Object.entries(kinds).flatMap(([kind, texts]) => {
    const matching = texts.filter((text) => matches(text, beginnings)).slice(0, MOST_REASONS);
    return matching.map((text) => {
      const href = kind === "tag" ? new URL(`${name}/tags/${text}/`, site).href : undefined;
      const shown = element(href ? "a" : "span", { href }, ...marked(text, beginnings));
      return element("li", {}, element("span", { class: "quiet" }, `${kind} `), shown);
    });
  });
}

/** The first line of a definition file that has one of the words, or none where another tag's file has it. */
async function showLine(item, { name, definition }, beginnings, site) {
  if (!definition) return;
  const response = await fetch(new URL(`${name}/manifests/${definition}/Singularity.def`, site));
  const lines = response.ok ? (await response.text()).split("\n") : [];
  const number = lines.findIndex((line) => matches(line, beginnings));
  if (number < 0) return;
  const href = new URL(`${name}/tags/${definition}/`, site).href;
  const link = element("a", { href }, `definition file of ${definition}, line ${number + 1}`);
  const code = element("code", {}, ...marked(lines[number].trim().slice(0, LONGEST_LINE), beginnings));
  item.append(element("ul", { class: "reasons" }, element("li", {}, link, " ", code)));
}

const matches = (text, beginnings) =>
  wordsOf(text).some((word) => [word, ...partsOf(word)].some((part) => begins(part, beginnings)));
const begins = (word, beginnings) => beginnings.some((beginning) => word.startsWith(beginning));

/** A text with the words that were found in marks: of those that are made of several only the part. */
function marked(text, beginnings) {
  return text.split(/([\p{L}\p{N}\p{M}]+(?:\.\d+)*\+*)/u).map((piece) => {
    const word = fold(piece);
    const length = Math.max(0, ...beginnings.flatMap((beginning) => lengthIn(word, beginning)));
    if (length === 0) return piece;
    // Where letters were folded to more or fewer, the whole word is marked.
    if (word.length !== piece.length) return element("mark", {}, piece);
    const rest = document.createTextNode(piece.slice(length));
    const fragment = document.createDocumentFragment();
    fragment.append(element("mark", {}, piece.slice(0, length)), rest);
    return fragment;
  });
}

/** How much of a word of the text a beginning covers; a beginning such as `ncbi-bl` covers two. */
function lengthIn(word, beginning) {
  if (word !== "" && word.startsWith(beginning)) return beginning.length;
  const [first, ...others] = partsOf(beginning);
  if (first === undefined) return 0;
  if ([first, ...others.slice(0, -1)].includes(word)) return word.length;
  return word.startsWith(others.at(-1) ?? first) ? (others.at(-1) ?? first).length : 0;
}

/** The names of the facets that somebody opened. */
export function openFacets(place) {
  return [...place.querySelectorAll("details[open]")].map(({ dataset }) => dataset.facet);
}

/** Draws what results can be narrowed by: a box to tick for each value of the facets that are read. */
export function showFacets(place, names, facets) {
  if (place.children.length !== names.length) place.replaceChildren(...names.map(groupOf));
  const focused = document.activeElement;
  for (const { name, values } of facets) {
    const group = [...place.children].find(({ dataset }) => dataset.facet === name);
    group?.querySelector("ul").replaceChildren(...values.map((value) => boxOf(name, value)));
    if (group && values.some(({ isChosen }) => isChosen)) group.open = true;
  }
  const isFocused = ({ name, value }) => name === focused.name && value === focused.value;
  [...place.querySelectorAll("input")].find(isFocused)?.focus();
  place.hidden = false;
}

function groupOf(name) {
  return element("details", { "data-facet": name }, element("summary", {}, name), element("ul"));
}

function boxOf(name, { value, count, isChosen }) {
  const box = element("input", { type: "checkbox", name, value });
  box.checked = isChosen;
  const words = element("span", {}, `${value} `, element("span", { class: "quiet" }, String(count)));
  return element("li", {}, element("label", {}, box, words));
}
