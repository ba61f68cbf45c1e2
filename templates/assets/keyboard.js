// Keys for who does not want to reach for a mouse. They are single letters, so that they can be switched off
// (WCAG 2.1.4), and none of them counts while somebody types.

const SWITCH = "stowage-shortcuts";

/** A private window may refuse to remember anything. */
function areKeysOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function rememberKeys(isOn) {
  try {
    localStorage.setItem(SWITCH, isOn ? "on" : "off");
  } catch {
    // Until the page is left.
  }
}

let isOn = areKeysOn();

const find = (selector) => document.querySelector(selector);
const searchInput = find("#site-search input");

const ROWS = ".listing tbody tr, [data-row]";

/** Gives the focus to the link of the next row that is shown. False where there is none. */
function move(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const next = current === -1 ? rows.at(step > 0 ? 0 : -1) : rows[current + step];
  const link = next?.matches("a[href]") ? next : next?.querySelector("a[href]");
  link?.focus();
  return Boolean(link);
}

/** Arrows scroll, until somebody is in a listing. */
function moveInside(step) {
  return document.activeElement?.closest(ROWS) ? move(step) : false;
}

function focusSearch() {
  searchInput?.focus();
  searchInput?.select();
  return Boolean(searchInput);
}

function click(selector) {
  const element = find(selector);
  element?.click();
  return Boolean(element);
}

/** The address that stays right, whatever becomes of the tag. */
function copyAddress() {
  const address = find("a[data-permalink]")?.href ?? find("link[rel=canonical]")?.href;
  copyText(address ?? location.href.replace(/#.*/, ""));
  return true;
}

/** What each key does; false: nothing here, so that the browser has it. */
const ACTIONS = {
  "/": focusSearch,
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => moveInside(1),
  ArrowUp: () => moveInside(-1),
  c: () => click("[data-copy]"),
  y: copyAddress,
  d: () => click("a[data-difference]"),
  "?": showHelp,
};

const HELP = [
  ["/", "Search"],
  ["j k", "Next and previous row of a listing; there the arrows do it, too"],
  ["Enter", "Open it"],
  ["c", "Copy the pull command"],
  ["y", "Copy the permanent address"],
  ["d", "Difference to the version before"],
  ["?", "This help"],
];

function isTyping({ target, isComposing }) {
  return isComposing || target.isContentEditable || Boolean(target.closest?.("input, textarea, select"));
}

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, altKey, metaKey } = event;
  if (!isOn || ctrlKey || altKey || metaKey || event.defaultPrevented) return;
  if (isTyping(event) || find("dialog[open]") || !Object.hasOwn(ACTIONS, key)) return;
  if (ACTIONS[key]()) event.preventDefault();
});

let help;

function showHelp() {
  help ??= makeHelp();
  help.showModal();
  return true;
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function makeHelp() {
  const keys = HELP.flatMap(([names, words]) => [
    make("dt", {}, ...names.split(" ").flatMap((name) => [make("kbd", {}, name), " "])),
    make("dd", {}, words),
  ]);
  const onOff = make("input", { type: "checkbox", checked: isOn, autofocus: true });
  onOff.addEventListener("change", () => {
    isOn = onOff.checked;
    rememberKeys(isOn);
  });
  const dialog = make(
    "dialog",
    {},
    make("h2", { id: "shortcuts-heading" }, "Keyboard"),
    make("dl", {}, ...keys),
    make(
      "form",
      { method: "dialog" },
      make("label", {}, onOff, " Single-key shortcuts"),
      make("button", {}, "Close"),
    ),
  );
  dialog.setAttribute("aria-labelledby", "shortcuts-heading");
  document.body.append(dialog);
  return dialog;
}

// Whoever switched the keys off finds the help here.
const opener = make("button", { type: "button" }, "Keyboard shortcuts");
opener.addEventListener("click", showHelp);
find(".site-footer")?.append(opener);
