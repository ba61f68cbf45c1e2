// Filters the rows of a listing while somebody types. Without this script the box stays hidden.
const form = document.querySelector("[data-filter]");
const table = document.querySelector("[data-filter-rows]");
if (form && table) {
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const input = form.querySelector("input");
  const count = form.querySelector("output");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    count.value = words.length > 0 ? `${shown} of ${rows.length}` : "";
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", filter);
  form.closest("search").hidden = false;
  filter();
}
