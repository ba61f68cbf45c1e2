// Says how long ago something was. Without this script only the day is there. Nothing stands behind it, or that would move.
for (const time of document.querySelectorAll("time[data-age]")) {
  const hours = Math.floor((Date.now() - Date.parse(time.dateTime)) / 3_600_000);
  const [count, unit] = hours < 24 ? [hours, "hour"] : [Math.floor(hours / 24), "day"];
  const age = count === 0 ? "less than an hour" : `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (hours >= 0) time.after(` (${age} ago)`);
}

// What was done for somebody, on the screen and for a screen reader.
const live = document.createElement("p");
live.className = "live";
live.role = "status";
document.body.append(live);
let spoken;

/** Says some words for a moment; other scripts use it, too. */
function say(words) {
  clearTimeout(spoken);
  live.textContent = words;
  spoken = setTimeout(() => (live.textContent = ""), 3000);
}

/** Puts a text into the clipboard and says so; other scripts use it, too. */
async function copyText(text) {
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const isDone = isCopied || copyOldWay(text);
  say(isDone ? "Copied" : "This browser does not let a page copy");
  return isDone;
}

/** Of a site that is not asked for by https, browsers keep the newer way. */
function copyOldWay(text) {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.className = "hidden";
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return isDone;
}

// A button for each text that can be copied: without scripts there is none.
for (const element of document.querySelectorAll("[data-copyable]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.copy = "";
  button.textContent = "Copy";
  element.append(button);
}

// A button names the element whose text it copies, or stands in it.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("button[data-copy]");
  if (!button) return;
  const source = button.dataset.copy ? document.querySelector(button.dataset.copy) : button.closest("pre");
  const text = (source.querySelector("code") ?? source).textContent.trim();
  if (!(await copyText(text))) return;
  const words = button.textContent;
  if (words === "Copied") return;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = words), 2000);
});

const inNaturalOrder = new Intl.Collator("en", { numeric: true }).compare;

/** Sorts the rows of a table by a column; what is empty comes last, whichever way. */
function sortRows(body, column, direction) {
  const valueOf = ({ cells }) => cells[column].dataset.sort ?? cells[column].textContent;
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row) }));
  const [filled, empty] = [rows.filter(({ value }) => value), rows.filter(({ value }) => !value)];
  filled.sort((a, b) => direction * inNaturalOrder(a.value, b.value));
  body.append(...[...filled, ...empty].map(({ row }) => row));
}

// A listing that is all on one page is sorted in place. One of several pages has its orders as links.
for (const table of document.querySelectorAll("table[data-listing='']")) {
  const heads = [...table.tHead.rows[0].cells];
  for (const [column, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isFirst = !head.ariaSort;
      const startsHigh = head.matches(".number, [data-newest-first]");
      const isUp = isFirst ? !startsHigh : head.ariaSort === "descending";
      for (const other of heads) other.ariaSort = null;
      head.ariaSort = isUp ? "ascending" : "descending";
      sortRows(table.tBodies[0], column, isUp ? 1 : -1);
    });
  }
}

// Filters the rows of a listing while somebody types. Without this script the box stays hidden.
const filterBox = document.querySelector("[data-filter]");
const listing = document.querySelector("[data-listing]");
if (filterBox && listing) {
  const rows = [...listing.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const input = filterBox.querySelector("input");
  const count = filterBox.querySelector("output");
  const everywhere = filterBox.querySelector("a");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    const where = everywhere ? "on this page" : "collections";
    count.value = words.length > 0 ? `${shown} of ${rows.length} ${where}` : "";
    if (everywhere) everywhere.search = new URLSearchParams({ q: input.value });
  };
  input.addEventListener("input", filter);
  filterBox.hidden = false;
  // A browser that goes back restores what was typed.
  filter();
}
