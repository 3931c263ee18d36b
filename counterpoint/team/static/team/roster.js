// The roster editor: people × half hours of a day, people × days of a week. Draws from JSON, saves cell by cell.
// A change that moves under the hand, by keyboard or by typed times is held: asked about, drawn, but not saved.
import { band } from "./band.js";
import { card as cardOf } from "./card.js";
import { curve } from "./curve.js";
import { present } from "./leave.js";
import { weekTable } from "./week.js";
import { asker } from "./whatif.js";

const root = document.getElementById("roster");
const state = JSON.parse(document.getElementById("roster-state").textContent);
const words = JSON.parse(document.getElementById("roster-words").textContent);
const tones = Object.fromEntries(Object.keys(state.skills).map((key, index) => [key, index % 5]));
const span = state.end - state.start;
const perDay = span / state.step;
const past = [];
const future = [];
let day = Math.max(0, state.days.findIndex((d) => d.open !== null));
let view = "day";
let skill = "";
let busy = Promise.resolve();
let held = null; // { person, day, before, cell, answer }: not saved
let chosen = null; // { person, day } whose card is open
let dragging = false;
let status = { state: "", text: "" };
let last = null; // what the newest save did
let parts = {};

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const place = (element, from, to) => {
  element.style.left = `${(100 * (from - state.start)) / span}%`;
  element.style.width = `${(100 * (to - from)) / span}%`;
  return element;
};
const savedOf = (person, at) => state.shifts.find((s) => s.person === person && s.day === at) ?? null;
const holds = (person, at) => held !== null && held.person === person && held.day === at;
const shiftOf = (person, at) => (holds(person, at) ? held.cell && { ...held.cell, tasks: held.answer?.shift?.start === held.cell.start && held.answer?.shift?.end === held.cell.end ? held.answer.shift.tasks : held.cell.tasks } : savedOf(person, at));
const seen = () => (held?.answer ? { ...state, ...pick(held.answer, ["coverage", "violations", "short_hours"]) } : state);
const pick = (from, keys) => Object.fromEntries(keys.map((key) => [key, from[key]]));
const personOf = (id) => state.people.find((p) => p.id === id);
const copy = (value) => JSON.parse(JSON.stringify(value));
const snap = (minutes) => Math.round(minutes / state.step) * state.step;
const filled = (pattern, values) => Object.entries(values).reduce((text, [key, value]) => text.replace(`%(${key})s`, value), pattern);

function draw() {
  const focus = document.activeElement?.dataset?.key;
  root.replaceChildren(bar(), view === "week" ? weekTable({ state, words, make, clock, shiftOf, open: openDay }) : dayGrid());
  waivers();
  if (box.open) remedies();
  if (focus) root.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  showCard();
}

// Broken rules that are not law may be published with a written reason; what was typed survives a redraw.
function waivers() {
  const box = document.getElementById("roster-waivers");
  if (!box) return;
  const typed = Object.fromEntries([...box.querySelectorAll("input")].map((field) => [field.name, field.value]));
  const broken = new Map(state.violations.filter((v) => v.hard && v.mark !== "V").map((v) => [v.key, v]));
  box.replaceChildren(...[...broken.values()].map((v) => make("input", { class: "form-control", name: `waive-${v.key}`, value: typed[`waive-${v.key}`] ?? "", placeholder: v.text, "aria-label": `${words.waive}: ${v.text}`, title: words.waive, maxlength: "200" })));
}

function openDay(number) {
  if (number !== day) shut();
  day = number;
  view = "day";
  draw();
}

function bar() {
  const button = (text, pressed, act, more = {}) =>
    make("button", { type: "button", class: "btn btn-plain", "aria-pressed": String(pressed), on: { click: act }, ...more }, text);
  const days = state.days.map((d, n) => {
    const bad = seen().violations.some((v) => v.day === n && v.hard);
    return button(`${bad ? "⚠ " : ""}${d.label}${d.open === null ? ` (${words.closed})` : ""}`, view === "day" && n === day, () => openDay(n));
  });
  const posts = make(
    "select",
    { class: "form-select", "aria-label": words.post, on: { change: (event) => { skill = event.target.value; draw(); } } },
    ...[["", words.all], ...Object.entries(state.skills)].map(([key, name]) => make("option", { value: key, selected: key === skill }, name)),
  );
  posts.style.width = "auto";
  const tools = state.editable
    ? [make("button", { type: "button", class: "btn btn-plain", disabled: !past.length, on: { click: undo }, "aria-keyshortcuts": "Control+Z" }, "↶"),
       make("button", { type: "button", class: "btn btn-plain", disabled: !future.length, on: { click: redo }, "aria-keyshortcuts": "Control+Y" }, "↷")]
    : [];
  return make("div", { class: "roster-bar" }, button(words.week, view === "week", () => { view = "week"; draw(); }), ...days, posts, ...tools);
}

function dayGrid() {
  parts = { curve: curvePart(), short: shortPart(), band: bandPart(), waits: waits() };
  const rows = [make("div", { class: "head" }, `${words.onpost} / ${words.needed}`), parts.curve, parts.short];
  rows.push(make("div"), axis(), make("div"));
  if (state.waits.length) {
    rows.push(make("div", { class: "head" }, words.band), parts.band, make("div", { class: "head" }, words.legend));
    rows.push(make("div", { class: "head" }, words.waits), parts.waits, make("div"));
  }
  const people = [...state.people].sort((a, b) => (savedOf(a.id, day)?.start ?? 9999) - (savedOf(b.id, day)?.start ?? 9999));
  for (const person of people) rows.push(nameOf(person), track(person), says(person));
  const general = seen().violations.filter((v) => v.day === day && !v.person);
  if (general.length) rows.push(make("div"), make("div", { class: "roster-says" }, ...general.slice(0, 8).map(line)), make("div"));
  return make("div", { class: "roster-grid" }, ...rows);
}

// While a shift is under the hand only the pictures and the card follow; the grid stays in place.
function refresh() {
  const fresh = { curve: curvePart(), short: shortPart(), band: bandPart(), waits: waits() };
  for (const [name, part] of Object.entries(fresh)) parts[name]?.replaceWith(part);
  parts = fresh;
  showCard();
}

const curvePart = () => curve({ state: seen(), day, skill, perDay, saved: held?.answer ? state.coverage : null });
const shortPart = () => make("div", { class: "head" }, `${seen().short_hours} ${words.short}`);
const savedDay = () => state.waits.find((d) => d.date === state.days[day].date) ?? null;
const triedDay = () => (held?.answer && held.day === day ? held.answer.waits : null);
const bandPart = () => band({ saved: held?.answer && held.day === day ? held.answer.saved : savedDay(), tried: triedDay(), start: state.start, end: state.end, promise: state.promise ?? 0, label: held?.answer?.finding ?? words.band });

function axis() {
  const marks = [];
  for (let minute = Math.ceil(state.start / 60) * 60; minute <= state.end; minute += 60) {
    const mark = make("span", {}, clock(minute));
    mark.style.left = `${(100 * (minute - state.start)) / span}%`;
    marks.push(mark);
  }
  return make("div", { class: "roster-axis" }, ...marks);
}

function waits() {
  const found = triedDay() ?? savedDay();
  const changes = new Map((triedDay() ? held.answer.change?.cells ?? [] : []).map((c) => [c.minute, c]));
  const cells = (found?.cells ?? []).map((cell) => {
    const limit = state.promise ?? 15;
    const level = cell.p90 > limit ? "act" : cell.p90 > 0.7 * limit ? "watch" : "fine";
    const moved = changes.get(cell.minute);
    const clear = moved && (moved.low > 0 || moved.high < 0);
    const effect = moved ? ` (${moved.mean.toFixed(1)}; ${moved.low.toFixed(1)} … ${moved.high.toFixed(1)})` : "";
    const title = `${clock(cell.minute)} P50 ${cell.median.toFixed(1)} · P90 ${cell.p90.toFixed(1)}${effect}`;
    return place(make("span", { "data-level": level, title }, `${clear ? (moved.mean > 0 ? "▲" : "▼") : ""}${Math.round(cell.p90)}`), cell.minute, cell.minute + 30);
  });
  return make("div", { class: "roster-waits", "data-stale": status.state === "asking" }, ...cells);
}

function nameOf(person) {
  const own = [...state.shifts.filter((s) => s.person === person.id && !holds(s.person, s.day)), ...(held?.person === person.id && held.cell ? [held.cell] : [])];
  const minutes = own.reduce((sum, s) => sum + s.end - s.start - (s.lunch ? s.lunch.end - s.lunch.start : 0), 0);
  return make("div", { class: "roster-name" }, make("span", {}, person.name), make("small", {}, `${minutes / 60} ${words.hours}`));
}

function line(violation) {
  return make("div", { class: violation.hard ? null : "soft-rule", title: `${violation.source} (${violation.mark})` }, `${violation.hard ? "⚠ " : ""}${violation.text} · ${violation.source}`);
}

function says(person) {
  const own = seen().violations.filter((v) => v.person === person.id && (v.day === day || v.day === null));
  return make("div", { class: "roster-says" }, ...own.slice(0, 3).map(line));
}

function track(person) {
  const shift = shiftOf(person.id, day);
  const box = make("div", { class: "roster-track" });
  for (let minute = state.start; minute < state.end; minute += 60) box.append(place(make("i", { class: "slot" }), minute, minute + 60));
  for (const window of person.away.filter((w) => w.day === day))
    box.append(place(make("i", { class: "away", title: words.away }), Math.max(window.start, state.start), Math.min(window.end, state.end)));
  const gone = !shift && holds(person.id, day) ? held.before : null;
  if (shift ?? gone) box.append(bar_of(person, shift ?? gone, Boolean(gone)));
  else if (state.editable && state.days[day].open !== null)
    box.append(make("button", { type: "button", class: "roster-add", "data-key": `${person.id}:${day}`, on: { click: () => add(person) } }, `+ ${words.add}`));
  else box.append(make("button", { type: "button", class: "roster-add", "data-key": `${person.id}:${day}`, on: { click: () => choose(person.id) } }, words.why));
  return box;
}

function bar_of(person, shift, gone) {
  const bad = seen().violations.some((v) => v.person === person.id && v.day === day && v.hard);
  const pattern = state.editable ? words.shift : words.look;
  const label = filled(pattern, { name: person.name, from: clock(shift.start), to: clock(shift.end) });
  const element = make("div", { class: "shift", "data-key": `${person.id}:${day}`, "data-bad": bad, "data-fixed": !state.editable, "data-held": holds(person.id, day), "data-gone": gone, "data-chosen": chosen?.person === person.id && chosen.day === day, tabindex: "0", role: "button", "aria-label": label, title: `${clock(shift.start)}–${clock(shift.end)}` });
  place(element, shift.start, shift.end);
  fill(element, shift);
  if (state.editable) {
    element.append(make("i", { class: "edge start" }), make("i", { class: "edge end" }));
    element.addEventListener("pointerdown", (event) => drag(event, element, person, shift));
    element.addEventListener("keydown", (event) => keys(event, person));
  } else {
    element.addEventListener("click", () => choose(person.id));
    element.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(person.id); } });
  }
  return element;
}

function fill(element, shift) {
  const width = shift.end - shift.start;
  const inside = (part, from, to) => {
    part.style.left = `${(100 * (from - shift.start)) / width}%`;
    part.style.width = `${(100 * (to - from)) / width}%`;
    return part;
  };
  for (const task of shift.tasks) element.append(inside(make("span", { class: "task", "data-tone": String(tones[task.skill] ?? 4) }, state.skills[task.skill] ?? task.skill), task.start, task.end));
  if (shift.lunch) element.append(inside(make("span", { class: "lunch", title: words.lunch }), shift.lunch.start, shift.lunch.end));
}

function moved(shift, kind, minutes) {
  const next = copy(shift);
  if (kind === "move") {
    const shifted = Math.min(Math.max(minutes, state.start - shift.start), state.end - shift.end);
    next.start += shifted;
    next.end += shifted;
    if (next.lunch) next.lunch = { start: next.lunch.start + shifted, end: next.lunch.end + shifted };
  } else if (kind === "start") next.start = Math.min(Math.max(shift.start + minutes, state.start), shift.end - state.step);
  else if (kind === "end") next.end = Math.max(Math.min(shift.end + minutes, state.end), shift.start + state.step);
  else if (kind === "lunch" && next.lunch) next.lunch = { start: next.lunch.start + minutes, end: next.lunch.end + minutes };
  if (next.lunch && (next.lunch.start < next.start || next.lunch.end > next.end)) next.lunch = null;
  next.tasks = [];
  return next;
}

function drag(event, element, person, shift) {
  if (event.button > 0) return;
  const kind = event.target.classList.contains("start") ? "start" : event.target.classList.contains("end") ? "end" : event.target.classList.contains("lunch") ? "lunch" : "move";
  const width = element.parentElement.clientWidth;
  const from = event.clientX;
  let next = shift;
  const same = (one, other) => one.start === other.start && one.end === other.end && one.lunch?.start === other.lunch?.start;
  element.setPointerCapture(event.pointerId);
  const move = (now) => {
    const to = moved(shift, kind, snap(((now.clientX - from) / width) * span));
    if (same(to, next)) return;
    next = to;
    dragging = true;
    place(element, next.start, next.end);
    hold(person.id, next);
  };
  const stop = (end) => {
    for (const name of ["pointermove", "pointerup", "pointercancel"]) element.removeEventListener(name, name === "pointermove" ? move : stop);
    document.removeEventListener("keydown", escape, true);
    dragging = false;
    if (end.type !== "pointerup") back();
    else if (held && !same(next, shift)) keep();
    else if (same(next, shift) && !holds(person.id, day)) choose(person.id);
    else draw();
  };
  const escape = (key) => { if (key.key === "Escape") { key.stopPropagation(); stop(key); } };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", stop);
  element.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", escape, true);
}

function keys(event, person) {
  const step = { ArrowLeft: -state.step, ArrowRight: state.step }[event.key];
  const shift = shiftOf(person.id, day);
  if (step && shift) hold(person.id, moved(shift, event.altKey ? "lunch" : event.shiftKey ? "end" : "move", step));
  else if (event.key === "Delete" || event.key === "Backspace") hold(person.id, null);
  else if (event.key === "Escape") held ? back() : shut();
  else if (event.key === "Enter" || event.key === " ") holds(person.id, day) ? keep() : choose(person.id);
  else return;
  event.preventDefault();
}

function add(person) {
  const { open, close } = present(state.days[day], person.away.filter((w) => w.day === day));
  const end = Math.min(close, open + 480);
  const lunch = end - open >= 360 ? { start: snap(open + 180), end: snap(open + 180) + 30 } : null;
  hold(person.id, { person: person.id, day, start: open, end, lunch, tasks: [] });
}

function posted(person, start, end) {
  const post = person.skills.find((key) => key in state.skills);
  return post ? [{ start, end, skill: post }] : [];
}

function typed({ start, end, lunch }) {
  const base = shiftOf(chosen.person, chosen.day);
  const length = base?.lunch ? base.lunch.end - base.lunch.start : 30;
  const eats = lunch !== null && lunch >= start && lunch + length <= end ? { start: lunch, end: lunch + length } : null;
  hold(chosen.person, { person: chosen.person, day, start, end, lunch: eats, tasks: [] });
}

// Hold a change: show it, ask what it would do. Only one is held; an earlier one is put back. Who was off has a post only
// through it, however often it moves before it is saved.
function hold(person, wanted) {
  const before = savedOf(person, day);
  const cell = wanted && !before ? { ...wanted, tasks: posted(personOf(person), wanted.start, wanted.end) } : wanted;
  const answer = holds(person, day) ? held.answer : null;
  held = { person, day, before, cell, answer };
  chosen = { person, day };
  last = null;
  if (same(before, cell)) return back();
  questions.ask({ ...(cell ?? { person, day, off: true }), revision: state.revision });
  dragging ? refresh() : draw();
}

function same(one, other) {
  if (!one || !other) return one === other;
  return one.start === other.start && one.end === other.end && one.lunch?.start === other.lunch?.start && one.lunch?.end === other.lunch?.end && (!other.tasks?.length || JSON.stringify(one.tasks) === JSON.stringify(other.tasks));
}

function back() {
  questions.cancel();
  held = null;
  report("");
  draw();
}

function keep() {
  if (!held) return;
  questions.cancel();
  change(held.before, held.cell);
}

function choose(person) {
  if (held && held.person !== person) back();
  chosen = { person, day };
  last = null;
  draw();
}

function shut() {
  questions.cancel();
  [held, chosen, last] = [null, null, null];
  report("");
  card.hide();
  draw();
}

function showCard() {
  if (!chosen || view !== "day") return card.hide();
  const cell = shiftOf(chosen.person, chosen.day);
  const why = `${root.dataset.why}?person=${chosen.person}&day=${chosen.day}`;
  card.open({ person: personOf(chosen.person), day: chosen.day, cell, held, editable: state.editable, why });
  card.follow(cell, held !== null);
  card.effect(held?.answer ?? last, status, held);
}

function report(kind, text = "") {
  status = { state: kind, text: text || words[`state_${kind || (held ? "held" : "")}`] || "" };
  if (chosen) showCard();
}

function pictures(answer) {
  const picture = (title, drawn) => make("figure", {}, make("figcaption", {}, title), drawn);
  const box = make("div", { class: "card-pictures" }, picture(words.onpost, curve({ state: { ...state, coverage: answer.coverage }, day, skill, perDay, saved: held ? state.coverage : null })));
  if (answer.waits) box.append(picture(filled(words.simulated, { n: answer.change.days }), band({ saved: answer.saved, tried: answer.waits, start: state.start, end: state.end, promise: state.promise ?? 0, label: answer.finding })));
  return box;
}

async function why(details) {
  if (details.dataset.loaded === details.dataset.src) return;
  details.dataset.loaded = details.dataset.src;
  const box = details.querySelector(".card-reasons");
  try {
    const answer = await fetch(details.dataset.src, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    box.innerHTML = await answer.text();
    for (const button of box.querySelectorAll("[data-try]")) button.addEventListener("click", () => { const cell = JSON.parse(button.dataset.try); hold(cell.person, cell.off ? null : cell); });
  } catch {
    delete details.dataset.loaded;
    box.replaceChildren(make("p", { class: "card-state", "data-level": "act" }, words[navigator.onLine ? "state_failed" : "state_offline"]));
  }
}

// Remedies of the shown day are looked for when asked; after a change they are looked for anew.
const box = document.getElementById("roster-remedies");
box.hidden = !(state.editable && state.waits.length);
box.addEventListener("toggle", remedies);
async function remedies() {
  const mine = `${root.dataset.remedies}?day=${day}`;
  const key = `${mine}&${state.revision}`;
  if (!box.open || box.dataset.loaded === key) return;
  box.dataset.loaded = key;
  const inside = box.querySelector(".remedies");
  inside.replaceChildren(make("p", { class: "loading" }, words.looking));
  try {
    const answer = await fetch(mine, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (box.dataset.loaded !== key) return;
    inside.innerHTML = text;
    for (const button of inside.querySelectorAll("[data-use]")) button.addEventListener("click", () => use(JSON.parse(button.dataset.use)));
    for (const button of inside.querySelectorAll("[data-try]")) button.addEventListener("click", () => { const cell = JSON.parse(button.dataset.try); hold(cell.person, cell); });
  } catch {
    if (box.dataset.loaded !== key) return;
    delete box.dataset.loaded;
    inside.replaceChildren(make("p", { class: "card-state", "data-level": "act" }, words[navigator.onLine ? "unknown" : "offline"]));
  }
}

function use(cell) {
  if (held) back();
  chosen = { person: cell.person, day };
  change(savedOf(cell.person, day), cell);
}

const questions = asker({
  url: root.dataset.whatIf,
  answered: (answer) => { if (!held) return; held.answer = answer; dragging ? refresh() : draw(); },
  told: report,
});
const card = cardOf({
  root: document.getElementById("roster-card"), state, words, make, clock, filled, pictures,
  actions: { close: shut, save: keep, back, typed, off: () => hold(chosen.person, null), why },
});

function change(before, after) {
  past.push({ before: copy(before), after: copy(after) });
  future.length = 0;
  save(after ?? { person: before.person, day: before.day, off: true });
}

function undo() {
  const step = past.pop();
  if (!step) return;
  held = null;
  future.push(step);
  save(step.before ?? { person: step.after.person, day: step.after.day, off: true });
}

function redo() {
  const next = future.pop();
  if (!next) return;
  held = null;
  past.push(next);
  save(next.after ?? { person: next.before.person, day: next.before.day, off: true });
}

document.addEventListener("keydown", (event) => {
  if (!state.editable || !(event.ctrlKey || event.metaKey)) return;
  if (event.key === "z" && !event.shiftKey) { event.preventDefault(); undo(); }
  if (event.key === "y" || (event.key === "z" && event.shiftKey)) { event.preventDefault(); redo(); }
});

// One change after the other: each carries the revision that the one before it returned.
function save(cell) {
  tell(words.saving);
  busy = busy.then(() => send(cell)).catch(() => problem(words.failed));
}

async function send(cell) {
  const headers = { "Content-Type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
  const answer = await fetch(root.dataset.edit, { method: "POST", headers, body: JSON.stringify({ ...cell, revision: state.revision }), credentials: "same-origin" });
  const said = await answer.json();
  if (!answer.ok) return problem(said.error);
  state.revision = said.revision;
  state.shifts = state.shifts.filter((s) => s.person !== said.person || s.day !== said.day);
  if (said.shift) state.shifts.push(said.shift);
  Object.assign(state, { coverage: said.coverage, violations: said.violations, short_hours: said.short_hours });
  if (said.waits) state.waits = [...state.waits.filter((d) => d.date !== said.waits.date), said.waits];
  for (const field of document.querySelectorAll("[data-revision]")) field.value = said.revision;
  if (holds(said.person, said.day)) held = null;
  last = chosen?.person === said.person ? said : null;
  status = { state: "", text: chosen ? words.saved : "" };
  tell(words.saved);
  draw();
}

function tell(text) {
  document.getElementById("roster-saved").textContent = text;
}

function problem(text) {
  tell("");
  draw();
  const reload = make("button", { type: "button", class: "btn btn-primary", on: { click: () => location.reload() } }, words.reload);
  root.prepend(make("div", { class: "note roster-problem", "data-level": "act", role: "alert" }, make("p", {}, text), reload));
}

draw();
const first = state.editable && state.waits.length ? state.shifts.find((s) => s.day === day) : null;
if (first) questions.warm({ ...first, revision: state.revision });
