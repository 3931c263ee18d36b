// Tables that fit one page sort and filter in the browser; longer ones send ?sort= and ?q= to the server.
export function watchTables(root) {
  for (const table of root.querySelectorAll("table[data-sorts]:not([data-watched])")) {
    table.setAttribute("data-watched", "");
    table.tHead.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-column]");
      if (button) sort(table, button.closest("th"));
    });
  }
  for (const field of root.querySelectorAll("input[data-filters]:not([data-watched])")) {
    field.setAttribute("data-watched", "");
    field.addEventListener("input", () => filter(document.getElementById(field.dataset.filters), field.value));
  }
}

function sort(table, heading) {
  const up = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[heading.cellIndex]) }));
  rows.sort((a, b) => (up ? 1 : -1) * compare(a.key, b.key));
  body.append(...rows.map(({ row }) => row));
}

function keyOf(cell) {
  const text = cell?.dataset.value ?? cell?.textContent.trim() ?? "";
  const number = Number(text.replaceAll(",", ""));
  return text !== "" && Number.isFinite(number) ? number : text;
}

export function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (a === "" || b === "") return (a === "") - (b === "");
  return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
}

function filter(table, words) {
  const wanted = words.trim().toLocaleLowerCase().split(/\s+/);
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const text = row.textContent.toLocaleLowerCase();
    row.hidden = !wanted.every((one) => text.includes(one));
    shown += row.hidden ? 0 : 1;
  }
  const empty = document.querySelector(`[data-nothing-for="${CSS.escape(table.id)}"]`);
  if (empty) empty.hidden = shown > 0;
}
