// Says how long ago something was. Without this script only the day is there.
for (const time of document.querySelectorAll("time[data-age]")) {
  const hours = Math.floor((Date.now() - Date.parse(time.dateTime)) / 3_600_000);
  const [count, unit] = hours < 24 ? [hours, "hour"] : [Math.floor(hours / 24), "day"];
  if (hours >= 0) time.after(` (${count} ${unit}${count === 1 ? "" : "s"} ago)`);
}

// Filters the rows of a listing while somebody types. Without this script the box stays hidden.
const search = document.querySelector("[data-filter]");
const table = document.querySelector("[data-filter-rows]");
if (search && table) {
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const input = search.querySelector("input");
  const count = search.querySelector("output");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    count.value = words.length > 0 ? `${shown} of ${rows.length} collections` : "";
  };
  input.addEventListener("input", filter);
  search.hidden = false;
  // A browser that goes back restores what was typed.
  filter();
}
