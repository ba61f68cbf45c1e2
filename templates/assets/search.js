// The page to search on: asks the index while somebody types, and shows what it answers. Texts of the index are a
// stranger's, and only ever become text.
import { narrow } from "./search-facets.js";
import { SearchIndex } from "./search-index.js";
import { openFacets, showFacets, showResults, showStatus } from "./search-view.js";

const SHOWN_AT_FIRST = 10;
const SHOWN_MORE = 20;
/** In milliseconds without a key: then definition files are searched, too, and the address is set. */
const PAUSE = 300;

const site = new URL("../", import.meta.url);
const index = new SearchIndex(new URL("search/", site));
const page = document.querySelector("[data-search]");
const input = page.querySelector("input");
const status = page.querySelector("output");
const results = page.querySelector(".results");
const facets = page.querySelector(".search-facets");
const more = page.querySelector("button");
const hint = page.querySelector(".search-hint");

/** Values that were chosen, by the name of the facet. */
let chosen = new Map();
let shown = SHOWN_AT_FIRST;
let questions = 0;
let pause;
/** Done when the newest question is answered. */
let answered;
/** All that the newest answer has, before it is narrowed. */
let answeredIds = [];

const isAsked = () => input.value.trim() !== "" || chosen.size > 0;

function ask() {
  clearTimeout(pause);
  answered = answer(++questions, false).catch(sayItFailed);
  pause = setTimeout(() => {
    history.replaceState(null, "", address());
    if (isAsked()) answered = answer(++questions, true).catch(sayItFailed);
  }, PAUSE);
}

/** Answers a question, unless another one was asked meanwhile. */
async function answer(question, hasDefinitions) {
  const query = input.value;
  if (!isAsked()) return clear();
  const found = await index.search(query, { hasDefinitions });
  const { ids } = narrow(found.ids, await facetsOf(chosen.keys()), chosen);
  const rows = await index.results(ids.slice(0, shown));
  if (question !== questions) return;
  showStatus(status, { ...found, query, count: ids.length, link: addressOf });
  showResults(results, { rows, words: found.words, site, hasDefinitions });
  more.hidden = ids.length <= rows.length;
  hint.hidden = true;
  answeredIds = found.ids;
  await count(question);
}

const facetsOf = (names) => Promise.all(Array.from(names, (name) => index.facet(name)));

/** Says how many results each value would leave, of the facets that are open: only these are read. */
async function count(question) {
  const names = await index.facetNames();
  const open = new Set([...openFacets(facets), ...chosen.keys()]);
  const counted = narrow(answeredIds, await facetsOf(names.filter((name) => open.has(name))), chosen);
  if (question === questions) showFacets(facets, names, counted.facets);
}

function clear() {
  status.replaceChildren();
  results.replaceChildren();
  facets.hidden = more.hidden = true;
  hint.hidden = false;
}

function sayItFailed() {
  status.value = "The search index cannot be read. Please try again.";
}

function addressOf(query) {
  const parameters = new URLSearchParams(query.trim() === "" ? {} : { q: query });
  for (const [name, values] of chosen) for (const value of values) parameters.append(name, value);
  const text = parameters.toString();
  return text === "" ? location.pathname : `?${text}`;
}

const address = () => addressOf(input.value);

/** Asks what the address says: where somebody comes by a link, or goes back. */
function askAddress() {
  const parameters = new URLSearchParams(location.search);
  input.value = parameters.get("q") ?? "";
  parameters.delete("q");
  chosen = new Map();
  for (const [name, value] of parameters) chosen.set(name, (chosen.get(name) ?? new Set()).add(value));
  shown = SHOWN_AT_FIRST;
  ask();
}

input.addEventListener("input", () => {
  shown = SHOWN_AT_FIRST;
  ask();
});

input.addEventListener("keydown", async ({ key, isComposing }) => {
  if (key !== "Enter" || isComposing) return;
  await answered;
  results.querySelector("a")?.click();
});

facets.addEventListener("change", ({ target }) => {
  const values = chosen.get(target.name) ?? new Set();
  if (target.checked) values.add(target.value);
  else values.delete(target.value);
  if (values.size > 0) chosen.set(target.name, values);
  else chosen.delete(target.name);
  shown = SHOWN_AT_FIRST;
  history.pushState(null, "", address());
  ask();
});

// This event does not bubble.
facets.addEventListener("toggle", () => count(questions).catch(sayItFailed), { capture: true });

more.addEventListener("click", async () => {
  const first = results.children.length;
  shown += SHOWN_MORE;
  ask();
  await answered;
  results.children[first]?.querySelector("a").focus();
});

// From the box to the first result, and back.
page.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...results.querySelectorAll("[data-row]")];
  const place = links.indexOf(document.activeElement);
  if (!step || links.length === 0 || (place < 0 && (event.target !== input || step < 0))) return;
  event.preventDefault();
  (links[place + step] ?? (step < 0 ? input : links[place])).focus();
});

addEventListener("popstate", askAddress);
page.hidden = false;
askAddress();
