// The card of one person's day: its times to type, what a change would do, and why the shift is there.
export function card({ root, state, words, make, clock, filled, pictures, actions }) {
  let shown = null;

  // Draws the whole card; `held` is the unsaved change, `cell` what the fields show, null when the person is off.
  function open({ person, day, cell, held, editable, why }) {
    const fresh = shown !== `${person.id}:${day}:${editable}`;
    shown = `${person.id}:${day}:${editable}`;
    root.hidden = false;
    if (!fresh) return;
    root.replaceChildren(
      make("div", { class: "card-head" }, make("h3", {}, `${person.name} · ${state.days[day].label}`), close()),
      editable ? times(cell) : make("p", { class: "mb-0" }, cell ? `${clock(cell.start)}–${clock(cell.end)}` : words.off),
      make("div", { class: "card-effect", "aria-live": "polite" }),
      make("details", { class: "card-why", open: !held, "data-src": why }, make("summary", {}, words.why), make("div", { class: "card-reasons" }, make("p", { class: "loading" }, words.asking))),
    );
    const details = root.querySelector("details");
    const load = () => details.open && actions.why(details);
    details.addEventListener("toggle", load);
  }

  function close() {
    return make("button", { type: "button", class: "btn btn-quiet btn-icon", "aria-label": words.close, on: { click: actions.close } }, "×");
  }

  function times(cell) {
    const field = (name, label, value) => make("label", {}, label, make("input", { class: "form-control", type: "time", step: String(60 * state.step), name, value: value === null || value === undefined ? "" : clock(value), on: { input: typed, change: typed } }));
    return make("form", { class: "card-times", on: { submit: (event) => { event.preventDefault(); actions.save(); } } },
      field("start", words.from, cell?.start), field("end", words.until, cell?.end), field("lunch", words.lunchfrom, cell?.lunch?.start),
      make("button", { class: "btn btn-primary", "data-save": true, disabled: true }, words.save),
      make("button", { type: "button", class: "btn btn-plain", "data-back": true, disabled: true, on: { click: actions.back } }, words.back),
      make("button", { type: "button", class: "btn btn-quiet", "data-off": true, disabled: !cell, on: { click: actions.off } }, words.remove));
  }

  function typed() {
    const [start, end, lunch] = ["start", "end", "lunch"].map((name) => {
      const [hours, minutes] = root.querySelector(`[name=${name}]`).value.split(":").map(Number);
      return Number.isFinite(minutes) ? 60 * hours + minutes : null;
    });
    if (start !== null && end !== null && start < end) actions.typed({ start, end, lunch });
  }

  // The fields follow a drag; a field that is being typed in stays as it is.
  function follow(cell, pending) {
    for (const [name, value] of [["start", cell?.start], ["end", cell?.end], ["lunch", cell?.lunch?.start]]) {
      const input = root.querySelector(`[name=${name}]`);
      if (input && input !== document.activeElement) input.value = value === undefined || value === null ? "" : clock(value);
    }
    for (const button of root.querySelectorAll("[data-save], [data-back]")) button.disabled = !pending;
    const off = root.querySelector("[data-off]");
    if (off) off.disabled = !cell;
  }

  function effect(answer, status, held) {
    const box = root.querySelector(".card-effect");
    if (!box) return;
    box.toggleAttribute("data-busy", status.state === "asking" || status.state === "refining");
    const says = make("p", { class: "card-state", role: "status", "data-level": ["offline", "failed", "refused"].includes(status.state) ? "act" : null }, status.text);
    if (!answer) return box.replaceChildren(says);
    box.replaceChildren(make("p", { class: "card-finding", "data-stale": status.state === "asking" }, answer.finding), says,
      make("div", { class: "card-columns", "data-stale": status.state === "asking" }, rules(answer), cost(answer), pictures(answer, held)));
  }

  function rules(answer) {
    const list = (items, mark) => items.slice(0, 5).map((one) => make("li", { class: one.hard ? "hard" : "soft-rule" }, `${mark} ${one.text} · ${one.source}`));
    const rest = answer.broken.length - 5;
    return make("div", {}, make("h4", {}, answer.broken.length ? words.breaks : words.nobreaks),
      make("ul", {}, ...list(answer.broken, "⚠"), ...(rest > 0 ? [make("li", {}, filled(words.more, { n: rest }))] : []), ...list(answer.mended, "✓")));
  }

  function cost({ points, short_change: short, short_hours: hours }) {
    const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value)}`;
    return make("div", {}, make("h4", {}, `${words.points} ${signed(points.change)}`),
      make("ul", {}, ...points.parts.slice(0, 4).map((part) => make("li", {}, `${part.text} ${signed(part.change)}`)),
        make("li", {}, `${hours} ${words.short} (${signed(short)})`)));
  }

  function hide() {
    shown = null;
    root.hidden = true;
    root.replaceChildren();
  }

  return { open, follow, effect, hide, get shown() { return shown; } };
}
