// The roster editor: people × half hours of a day, people × days of a week. Draws from JSON, saves cell by cell.
import { curve } from "./curve.js";
import { weekTable } from "./week.js";

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
const shiftOf = (person, at) => state.shifts.find((s) => s.person === person && s.day === at) ?? null;
const copy = (value) => JSON.parse(JSON.stringify(value));
const snap = (minutes) => Math.round(minutes / state.step) * state.step;
const filled = (pattern, values) => Object.entries(values).reduce((text, [key, value]) => text.replace(`%(${key})s`, value), pattern);

function draw() {
  const focus = document.activeElement?.dataset?.key;
  root.replaceChildren(bar(), view === "week" ? weekTable({ state, words, make, clock, shiftOf, open: openDay }) : dayGrid());
  waivers();
  if (focus) root.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
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
  day = number;
  view = "day";
  draw();
}

function bar() {
  const button = (text, pressed, act, more = {}) =>
    make("button", { type: "button", class: "btn btn-plain", "aria-pressed": String(pressed), on: { click: act }, ...more }, text);
  const days = state.days.map((d, n) => {
    const bad = state.violations.some((v) => v.day === n && v.hard);
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
  const rows = [make("div", { class: "head" }, `${words.onpost} / ${words.needed}`), curve({ state, day, skill, perDay }), make("div", { class: "head" }, `${state.short_hours} ${words.short}`)];
  rows.push(make("div"), axis(), make("div"));
  if (state.waits.length) rows.push(make("div", { class: "head" }, words.waits), waits(), make("div"));
  const people = [...state.people].sort((a, b) => (shiftOf(a.id, day)?.start ?? 9999) - (shiftOf(b.id, day)?.start ?? 9999));
  for (const person of people) rows.push(nameOf(person), track(person), says(person));
  const general = state.violations.filter((v) => v.day === day && !v.person);
  if (general.length) rows.push(make("div"), make("div", { class: "roster-says" }, ...general.slice(0, 8).map(line)), make("div"));
  return make("div", { class: "roster-grid" }, ...rows);
}

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
  const found = state.waits.find((d) => d.date === state.days[day].date);
  const cells = (found?.cells ?? []).map((cell) => {
    const limit = state.promise ?? 15;
    const level = cell.p90 > limit ? "act" : cell.p90 > 0.7 * limit ? "watch" : "fine";
    return place(make("span", { "data-level": level, title: `${clock(cell.minute)} P50 ${cell.median.toFixed(1)} · P90 ${cell.p90.toFixed(1)}` }, String(Math.round(cell.p90))), cell.minute, cell.minute + 30);
  });
  return make("div", { class: "roster-waits" }, ...cells);
}

function nameOf(person) {
  const minutes = state.shifts.filter((s) => s.person === person.id).reduce((sum, s) => sum + s.end - s.start - (s.lunch ? s.lunch.end - s.lunch.start : 0), 0);
  return make("div", { class: "roster-name" }, make("span", {}, person.name), make("small", {}, `${minutes / 60} ${words.hours}`));
}

function line(violation) {
  return make("div", { class: violation.hard ? null : "soft-rule", title: `${violation.source} (${violation.mark})` }, `${violation.hard ? "⚠ " : ""}${violation.text} · ${violation.source}`);
}

function says(person) {
  const own = state.violations.filter((v) => v.person === person.id && (v.day === day || v.day === null));
  return make("div", { class: "roster-says" }, ...own.slice(0, 3).map(line));
}

function track(person) {
  const shift = shiftOf(person.id, day);
  const box = make("div", { class: "roster-track" });
  for (let minute = state.start; minute < state.end; minute += 60) box.append(place(make("i", { class: "slot" }), minute, minute + 60));
  for (const window of person.away.filter((w) => w.day === day))
    box.append(place(make("i", { class: "away", title: words.away }), Math.max(window.start, state.start), Math.min(window.end, state.end)));
  if (shift) box.append(bar_of(person, shift));
  else if (state.editable && state.days[day].open !== null)
    box.append(make("button", { type: "button", class: "roster-add", "data-key": `${person.id}:${day}`, on: { click: () => add(person) } }, `+ ${words.add}`));
  return box;
}

function bar_of(person, shift) {
  const bad = state.violations.some((v) => v.person === person.id && v.day === day && v.hard);
  const label = filled(words.shift, { name: person.name, from: clock(shift.start), to: clock(shift.end) });
  const element = make("div", { class: "shift", "data-key": `${person.id}:${day}`, "data-bad": bad, "data-fixed": !state.editable, tabindex: "0", role: "button", "aria-label": label, title: `${clock(shift.start)}–${clock(shift.end)}` });
  place(element, shift.start, shift.end);
  fill(element, shift);
  if (state.editable) {
    element.append(make("i", { class: "edge start" }), make("i", { class: "edge end" }));
    element.addEventListener("pointerdown", (event) => drag(event, element, shift));
    element.addEventListener("keydown", (event) => keys(event, shift));
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

function drag(event, element, shift) {
  const kind = event.target.classList.contains("start") ? "start" : event.target.classList.contains("end") ? "end" : event.target.classList.contains("lunch") ? "lunch" : "move";
  const width = element.parentElement.clientWidth;
  const from = event.clientX;
  let next = shift;
  element.setPointerCapture(event.pointerId);
  const move = (now) => {
    next = moved(shift, kind, snap(((now.clientX - from) / width) * span));
    place(element, next.start, next.end);
  };
  const stop = () => {
    element.removeEventListener("pointermove", move);
    if (next.start !== shift.start || next.end !== shift.end || next.lunch?.start !== shift.lunch?.start) change(shift, next);
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", stop, { once: true });
  element.addEventListener("pointercancel", stop, { once: true });
}

function keys(event, shift) {
  const step = { ArrowLeft: -state.step, ArrowRight: state.step }[event.key];
  if (step) {
    event.preventDefault();
    change(shift, moved(shift, event.altKey ? "lunch" : event.shiftKey ? "end" : "move", step));
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    change(shift, null);
  }
}

function add(person) {
  const { open, close } = state.days[day];
  const end = Math.min(close, open + 480);
  const lunch = end - open >= 360 ? { start: snap(open + 180), end: snap(open + 180) + 30 } : null;
  const post = person.skills.find((key) => key in state.skills);
  const tasks = post ? [{ start: open, end, skill: post }] : [];
  change(null, { person: person.id, day, start: open, end, lunch, tasks });
}

function change(before, after) {
  past.push({ before: copy(before), after: copy(after) });
  future.length = 0;
  save(after ?? { person: before.person, day: before.day, off: true });
}

function undo() {
  const last = past.pop();
  if (!last) return;
  future.push(last);
  save(last.before ?? { person: last.after.person, day: last.after.day, off: true });
}

function redo() {
  const next = future.pop();
  if (!next) return;
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
