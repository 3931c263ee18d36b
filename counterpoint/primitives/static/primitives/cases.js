// Countdown of deadlines by the server's clock, ticking all rows of a list, and moving cards with the keyboard.
const seen = new WeakMap();

function countdown() {
  for (const mark of document.querySelectorAll("[data-due]")) {
    if (!seen.has(mark)) seen.set(mark, Date.now());
    const passed = Date.now() - seen.get(mark);
    const left = Date.parse(mark.dataset.due) - Date.parse(mark.dataset.now) - passed;
    const minutes = Math.floor(Math.abs(left) / 60000);
    const clock = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
    mark.textContent = Math.abs(left) > 86400000 ? "" : ` · ${left < 0 ? "−" : ""}${clock}`;
  }
}
countdown();
setInterval(countdown, 5000);
document.body.addEventListener("htmx:afterSwap", countdown);

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-tick-all]")) return;
  for (const box of event.target.form.querySelectorAll("[name=case]")) box.checked = event.target.checked;
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".board-card");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!card || !step || !event.altKey) return;
  event.preventDefault();
  const lists = [...document.querySelectorAll(".board [data-key]")];
  const to = lists[lists.indexOf(card.parentElement) + step];
  if (!to) return;
  to.prepend(card);
  card.focus();
  document.getElementById("board-said").textContent = to.closest("section").getAttribute("aria-label");
  window.htmx.ajax("POST", to.dataset.url, { values: { item: card.dataset.item, to: to.dataset.key, index: 0 }, source: to, swap: "none" });
});
