// Compares any two images of the registry, from the JSON and the definition files that the site has of each. What it
// shows is made of text nodes alone: labels and definition files are strangers' texts.

const form = document.querySelector("[data-compare]");
const status = document.querySelector("[data-compare-status]");
const result = document.querySelector("[data-compare-result]");

// As in src/history/line-diff.ts, so that no two files keep a browser busy.
const CONTEXT = 3;
const MOST_EDITS = 1000;
const MOST_LINES = 40_000;

const SEGMENT = "[A-Za-z0-9][A-Za-z0-9._+-]*";
const REFERENCE = new RegExp(
  `^(${SEGMENT}(?:/${SEGMENT})+)(?:@(sha256:[0-9a-f]{64})|:([A-Za-z0-9_][A-Za-z0-9._+-]*))?$`,
);

/** What somebody wrote, in parts; without a tag it is `latest`. */
function parse(text) {
  const [, collection, digest, tag = "latest"] = REFERENCE.exec(text.trim()) ?? [];
  if (!collection)
    throw new Error(`${text || "Nothing"} is not a reference; expected one such as lab/tool:1.0`);
  return { collection, digest, tag };
}

const addressOf = (path) =>
  form.dataset.base + path.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":");

async function get(path) {
  const response = await fetch(addressOf(path));
  if (response.ok) return response;
  if (response.status === 404) return undefined;
  throw new Error(`The site answered ${response.status} for ${path}`);
}

/** One image, with the text of its definition file, if that is known. */
async function find(text) {
  const { collection, digest, tag } = parse(text);
  const answer = await get(`api/v1/history/${collection}.json`);
  if (!answer) throw new Error(`${collection}: there is no such collection`);
  const history = await answer.json();
  const wanted = digest ?? history.tags.find(({ name, built }) => name === tag && built)?.entries[0]?.digest;
  const version = history.versions.find((each) => each.digest === wanted);
  if (!version) throw new Error(`${text.trim()}: there is no such image`);
  if (!version.definition) return version;
  const file = await get(`${collection}/manifests/${version.digest}/Singularity.def`);
  return { ...version, text: await file?.text() };
}

function element(name, content = "", attributes = {}) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...[content].flat());
  return node;
}

function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const none = () => element("span", "none", { class: "quiet" });
const shown = (value) => (value === undefined ? none() : value);

function row(head, before, after) {
  return element("tr", [
    element("th", head, { scope: "row" }),
    element("td", shown(before)),
    element("td", [element("span", "then ", { class: "narrow" }), shown(after)]),
  ]);
}

const code = (value) => value && element("code", value);

function factRows(one, other) {
  const rows = [];
  if (one.size !== other.size) {
    const change = other.size - one.size;
    const sign = `${change > 0 ? "+" : "−"}${formatBytes(Math.abs(change))}`;
    const before = one.size === undefined ? undefined : formatBytes(one.size);
    const after = other.size === undefined ? undefined : formatBytes(other.size);
    rows.push(row("Size", before, before && after ? `${after} (${sign})` : after));
  }
  if (one.base !== other.base) rows.push(row("Base", code(one.base), code(other.base)));
  if (one.architecture !== other.architecture)
    rows.push(row("Architecture", code(one.architecture), code(other.architecture)));
  return rows;
}

function labelRows(one, other) {
  const [before, after] = [new Map(Object.entries(one.labels)), new Map(Object.entries(other.labels))];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) =>
      row([element("span", "label", { class: "quiet" }), ` ${name}`], before.get(name), after.get(name)),
    );
}

function table(rows) {
  const heads = ["What", "Before", "After"].map((text) => element("th", text, { scope: "col" }));
  return element("table", [element("thead", element("tr", heads)), element("tbody", rows)], {
    class: "listing difference",
  });
}

/** What differs in two definition files; undefined where that is too much. */
function diff(before, after) {
  if (before.split("\n").length + after.split("\n").length > MOST_LINES) return undefined;
  return window.Diff.structuredPatch("", "", before, after, "", "", {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  })?.hunks;
}

const ELEMENTS = { "+": "ins", "-": "del" };

function* hunkNodes({ oldStart, oldLines, newStart, newLines, lines }) {
  yield element("span", `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@\n`, { class: "hunk" });
  for (const line of lines) yield element(ELEMENTS[line[0]] ?? "span", `${line}\n`);
}

function definitionNodes(one, other) {
  const say = (text) => [element("p", text, { id: "diff-summary" })];
  if (one.text === undefined || other.text === undefined)
    return say("Of one of the two the definition file is not known.");
  if (one.text === other.text) return say("The definition file is the same.");
  const hunks = diff(one.text, other.text);
  if (!hunks) return say("The definition files differ in too much to be compared line by line.");
  const lines = element(
    "code",
    hunks.flatMap((hunk) => [...hunkNodes(hunk)]),
  );
  const attributes = { class: "diff", tabindex: "0", role: "group", "aria-labelledby": "diff-summary" };
  const count = (sign) => hunks.flatMap((hunk) => hunk.lines).filter((line) => line[0] === sign).length;
  const added = `${count("+")} ${count("+") === 1 ? "line" : "lines"}`;
  return [
    ...say(`The definition file: ${added} added, ${count("-")} removed.`),
    element("pre", lines, attributes),
  ];
}

/** With as much of a digest as tells it from its neighbours. */
const nameOf = (text) => text.trim().replace(/(@sha256:.{12}).+/, "$1");

/** Two answers may come in another order than they were asked for: only the last question counts. */
let question = 0;

async function compare(a, b) {
  const asked = ++question;
  result.hidden = true;
  status.textContent = "Comparing …";
  try {
    const [one, other] = await Promise.all([find(a), find(b)]);
    if (asked !== question) return;
    const rows = [...factRows(one, other), ...labelRows(one, other)];
    result.replaceChildren(...(rows.length > 0 ? [table(rows)] : []), ...definitionNodes(one, other));
    result.hidden = false;
    const isSame = one.digest === other.digest;
    status.textContent = isSame ? "Both are the same image." : `${nameOf(a)} and ${nameOf(b)}:`;
  } catch (error) {
    if (asked === question) status.textContent = `${error.message}.`;
  }
}

const inputs = form.elements;

/** Both are in the address, so that a comparison can be sent to others. */
function compareAsked() {
  const asked = new URLSearchParams(location.search);
  inputs.a.value = asked.get("a") ?? "";
  inputs.b.value = asked.get("b") ?? "";
  if (inputs.a.value && inputs.b.value) void compare(inputs.a.value, inputs.b.value);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = new URLSearchParams({ a: inputs.a.value.trim(), b: inputs.b.value.trim() });
  history.pushState(null, "", `?${asked}`);
  void compare(inputs.a.value, inputs.b.value);
});
addEventListener("popstate", compareAsked);
compareAsked();
